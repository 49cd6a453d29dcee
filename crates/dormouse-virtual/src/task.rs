//! The handle of a task on virtual time.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use dormouse_core::{JoinError, Task};

use crate::job::{Body, Ending, Job};
use crate::world::World;

/// The handle of a task on [`Virtual`](crate::Virtual).
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct VirtualTask<T> {
    /// `None` where its runtime was gone from the start.
    job: Option<Arc<Job>>,
    shared: Arc<Shared<T>>,
}

impl<T: Send + 'static> VirtualTask<T> {
    pub(crate) fn start<F>(
        world: Option<Arc<World>>,
        future: F,
        spawned_at: &'static Location<'static>,
    ) -> Self
    where
        F: Future<Output = T> + Send + 'static,
    {
        let shared = Shared::new();
        let job = world.map(|world| {
            let given = Arc::clone(&shared);
            let body = Box::pin(async move { given.give(future.await) });
            let ending = Arc::clone(&shared) as Arc<dyn Ending>;
            Job::start(&world, Body::Anywhere(body), ending, spawned_at)
        });
        if job.is_none() {
            shared.publish();
        }
        Self { job, shared }
    }
}

impl<T> Future for VirtualTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.shared.poll(cx)
    }
}

impl<T: Send + 'static> Task<T> for VirtualTask<T> {
    fn abort(&mut self) {
        if let Some(job) = &self.job {
            job.cancel();
        }
    }

    fn is_finished(&mut self) -> bool {
        self.shared.is_finished()
    }

    fn detach(self) {}
}

impl<T> fmt::Debug for VirtualTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualTask").finish_non_exhaustive()
    }
}

/// The handle of a task on [`Virtual`](crate::Virtual) that stays on its thread.
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct VirtualLocalTask<T> {
    task: VirtualTask<()>,
    value: Rc<std::cell::Cell<Option<T>>>,
    /// Not `Send`, as its task.
    here: PhantomData<*const ()>,
}

impl<T: 'static> VirtualLocalTask<T> {
    pub(crate) fn start<F>(
        world: Option<Arc<World>>,
        future: F,
        spawned_at: &'static Location<'static>,
    ) -> Self
    where
        F: Future<Output = T> + 'static,
    {
        let value = Rc::new(std::cell::Cell::new(None));
        let shared = Shared::new();
        let job = world.map(|world| {
            let (given, result) = (Rc::clone(&value), Arc::clone(&shared));
            let body = Box::pin(async move {
                given.set(Some(future.await));
                result.give(());
            });
            let ending = Arc::clone(&shared) as Arc<dyn Ending>;
            let job = Job::start(&world, Body::OnItsThread, ending, spawned_at);
            job.keep_here(body);
            job
        });
        if job.is_none() {
            shared.publish();
        }
        Self {
            task: VirtualTask { job, shared },
            value,
            here: PhantomData,
        }
    }
}

impl<T> Unpin for VirtualLocalTask<T> {}

impl<T> Future for VirtualLocalTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let value = Rc::clone(&self.value);
        Pin::new(&mut self.task)
            .poll(cx)
            .map_ok(|()| value.take().expect("put there before the end"))
    }
}

impl<T: 'static> Task<T> for VirtualLocalTask<T> {
    fn abort(&mut self) {
        self.task.abort();
    }

    fn is_finished(&mut self) -> bool {
        self.task.is_finished()
    }

    fn detach(self) {}
}

impl<T> fmt::Debug for VirtualLocalTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualLocalTask").finish_non_exhaustive()
    }
}

/// What a task and its handle share.
struct Shared<T>(Mutex<Slot<T>>);

struct Slot<T> {
    result: Option<Result<T, JoinError>>,
    /// The future has been dropped.
    published: bool,
    taken: bool,
    waiter: Option<Waker>,
}

impl<T> Shared<T> {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Slot {
            result: None,
            published: false,
            taken: false,
            waiter: None,
        })))
    }

    fn give(&self, value: T) {
        self.lock().result = Some(Ok(value));
    }

    fn is_finished(&self) -> bool {
        self.lock().published
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<T, JoinError>> {
        let waker = cx.waker().clone();
        let mut slot = self.lock();
        if !slot.published {
            let former = slot.waiter.replace(waker);
            drop(slot);
            drop(former);
            return Poll::Pending;
        }
        let result = slot.result.take();
        let taken = std::mem::replace(&mut slot.taken, true);
        drop(slot);
        assert!(!taken, "a task was polled after its end");
        Poll::Ready(result.unwrap_or_else(|| Err(JoinError::cancelled())))
    }

    fn lock(&self) -> MutexGuard<'_, Slot<T>> {
        self.0.lock().unwrap_or_else(|lock| lock.into_inner())
    }
}

impl<T: Send> Ending for Shared<T> {
    fn publish(&self) {
        let mut slot = self.lock();
        slot.published = true;
        let waiter = slot.waiter.take();
        drop(slot);
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }

    fn panicked(&self, error: JoinError) {
        let former = self.lock().result.replace(Err(error));
        drop(former);
    }
}
