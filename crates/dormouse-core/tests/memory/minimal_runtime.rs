//! A minimal runtime, so that its own allocations do not distort the count.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use dormouse_core::{JoinError, Sleeper, Spawner, Task};

/// The clock is moved by hand; sleeps check it when polled, and tasks run when told to.
#[derive(Clone)]
pub(crate) struct MinimalRuntime {
    pub(crate) start: Instant,
    pub(crate) time: Arc<AtomicU64>,
    pub(crate) tasks: Arc<Mutex<Vec<FutureSlot>>>,
}

pub(crate) type FutureSlot = Arc<Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>>;

impl MinimalRuntime {
    pub(crate) fn new() -> Self {
        Self {
            // Ahead of the system's clock: if it came near, a `Coalesced` would take it for that.
            start: Instant::now() + Duration::from_secs(3_600),
            time: Arc::default(),
            tasks: Arc::default(),
        }
    }

    pub(crate) fn half_way(&self) {
        self.time.store(500, Ordering::Relaxed);
    }

    pub(crate) fn run(&self) {
        let mut cx = Context::from_waker(Waker::noop());
        self.tasks.lock().unwrap().retain(|slot| {
            let mut slot = slot.lock().unwrap();
            let ended = slot
                .as_mut()
                .is_none_or(|task| task.as_mut().poll(&mut cx).is_ready());
            if ended {
                *slot = None;
            }
            !ended
        });
    }
}

pub(crate) struct Nap {
    runtime: MinimalRuntime,
    deadline: u64,
    waker: Option<Waker>,
    _room: Box<[u8; 40]>,
}

impl Future for Nap {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.deadline <= self.runtime.time.load(Ordering::Relaxed) {
            return Poll::Ready(());
        }
        self.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Sleeper for MinimalRuntime {
    type Sleep = Nap;

    fn now(&self) -> Instant {
        self.start + Duration::from_nanos(self.time.load(Ordering::Relaxed))
    }

    fn sleep_until(&self, deadline: Instant) -> Nap {
        let deadline = (deadline - self.start).as_nanos() as u64;
        Nap {
            runtime: self.clone(),
            deadline,
            waker: None,
            _room: Box::new([0; 40]),
        }
    }
}

pub(crate) struct Handle<T>(FutureSlot, Arc<Mutex<Option<T>>>);

impl Spawner for MinimalRuntime {
    type Task<T: Send + 'static> = Handle<T>;

    fn spawn<F>(&self, future: F) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let value = Arc::new(Mutex::new(None));
        let given = Arc::clone(&value);
        let task = async move { *given.lock().unwrap() = Some(future.await) };
        let task: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(task);
        let slot = Arc::new(Mutex::new(Some(task)));
        self.tasks.lock().unwrap().push(Arc::clone(&slot));
        Handle(slot, value)
    }
}

impl<T> Task for Handle<T> {
    type Value = T;

    fn abort(&mut self) {
        *self.0.lock().unwrap() = None;
    }

    fn is_finished(&mut self) -> bool {
        self.0.lock().unwrap().is_none()
    }
}

impl<T> Future for Handle<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        if self.0.lock().unwrap().is_some() {
            return Poll::Pending;
        }
        let value = self.1.lock().unwrap().take();
        Poll::Ready(value.ok_or_else(JoinError::cancelled))
    }
}
