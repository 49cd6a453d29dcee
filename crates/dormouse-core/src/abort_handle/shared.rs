//! A task's handle that several threads can reach.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use crate::adapter::{drop_quietly, polled_after_its_end, wake};
use crate::sync::{Mutex, MutexGuard};
use crate::{JoinError, Task};

/// What an abort handle does with a task of any type.
pub(super) trait Abort {
    fn abort(&self);
    fn is_finished(&self) -> bool;
}

/// The handle of a task, behind a lock that is never held while a method of that handle runs, as
/// the runtime may run foreign code there. A caller takes the handle out, calls the method, and
/// puts the handle back. Other callers do not wait meanwhile: they leave their abort or their waker
/// for the caller that has the handle.
pub(super) struct Shared<H> {
    state: Mutex<State<H>>,
}

struct State<H> {
    place: Place<H>,
    /// An abort that came while the handle was out.
    abort: bool,
    /// A poll that came while the handle was out.
    waiter: Option<Waker>,
}

enum Place<H> {
    Here(H),
    /// A caller has taken it, to call one of its methods.
    Out,
    /// The task has ended, and its result has been taken.
    Gone,
}

impl<H: Task> Shared<H> {
    pub(super) fn new(task: H) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                place: Place::Here(task),
                abort: false,
                waiter: None,
            }),
        })
    }

    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<H::Value, JoinError>> {
        let mut waiter = None;
        loop {
            let mut state = self.lock();
            match state.place {
                Place::Here(_) => return self.poll_here(state, cx),
                Place::Gone => {
                    drop(state);
                    polled_after_its_end();
                }
                Place::Out if waiter.is_some() => {
                    let former = std::mem::replace(&mut state.waiter, waiter);
                    drop(state);
                    drop_quietly(former);
                    return Poll::Pending;
                }
                Place::Out => drop(state),
            }
            waiter = Some(cx.waker().clone());
        }
    }

    fn poll_here(
        &self,
        state: MutexGuard<'_, State<H>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<H::Value, JoinError>> {
        let Some(mut taken) = self.take(state) else {
            return Poll::Pending;
        };
        let poll = pin!(taken.task()).poll(cx);
        if poll.is_ready() {
            self.lock().place = Place::Gone;
            taken.task = None;
        }
        poll
    }

    /// The handle, if it is here.
    fn take(&self, mut state: MutexGuard<'_, State<H>>) -> Option<Taken<'_, H>> {
        match std::mem::replace(&mut state.place, Place::Out) {
            Place::Here(task) => Some(Taken {
                shared: self,
                task: Some(task),
            }),
            Place::Out => None,
            Place::Gone => {
                state.place = Place::Gone;
                None
            }
        }
    }

    fn put_back(&self, mut task: H) {
        loop {
            let mut state = self.lock();
            if !std::mem::take(&mut state.abort) {
                state.place = Place::Here(task);
                let waiter = state.waiter.take();
                drop(state);
                return waiter.into_iter().for_each(wake);
            }
            drop(state);
            task.abort();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<H>> {
        self.state.lock().unwrap_or_else(|lock| lock.into_inner())
    }
}

impl<H: Task> Abort for Shared<H> {
    fn abort(&self) {
        let mut state = self.lock();
        state.abort = matches!(state.place, Place::Out);
        if let Some(mut taken) = self.take(state) {
            taken.task().abort();
        }
    }

    fn is_finished(&self) -> bool {
        let state = self.lock();
        if matches!(state.place, Place::Gone) {
            return true;
        }
        // While the handle is out, the task counts as not ended.
        self.take(state)
            .is_some_and(|mut taken| taken.task().is_finished())
    }
}

impl<H: Task + Send + 'static> Shared<H> {
    /// Drops the output of the task when it ends, as its handle has been dropped.
    pub(super) fn reap(self: Arc<Self>) {
        let waker = Waker::from(Arc::clone(&self));
        let state = self.lock();
        if matches!(state.place, Place::Here(_)) {
            drop_quietly(self.poll_here(state, &mut Context::from_waker(&waker)));
        }
    }
}

/// The waker of a task whose handle has been dropped.
impl<H: Task + Send + 'static> Wake for Shared<H> {
    fn wake(self: Arc<Self>) {
        self.reap();
    }
}

/// The handle of a task, for one call; it is put back after that, even if the call panics, as the
/// waker of a poll may do when it is cloned.
struct Taken<'a, H: Task> {
    shared: &'a Shared<H>,
    task: Option<H>,
}

impl<H: Task> Taken<'_, H> {
    fn task(&mut self) -> &mut H {
        self.task.as_mut().expect("taken at the end alone")
    }
}

impl<H: Task> Drop for Taken<'_, H> {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            self.shared.put_back(task);
        }
    }
}
