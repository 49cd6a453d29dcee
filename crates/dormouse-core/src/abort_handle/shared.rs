//! A task's handle that several threads can reach.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use crate::adapter::{Alarm, drop_quietly, polled_after_its_end, wake};
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
pub(super) struct Shared<H: Task> {
    state: Mutex<State<H>>,
}

pub(super) struct State<H> {
    pub(super) place: Place<H>,
    /// An abort that came while the handle was out.
    abort: bool,
    /// A poll that came while the handle was out.
    pub(super) waiter: Option<Waker>,
    /// The task is known to have ended.
    ended: bool,
    /// The state of dropping a detached task's output.
    pub(super) reaping: Reaping,
}

pub(super) enum Place<H> {
    Here(H),
    /// A caller on this thread has taken it, to call one of its methods.
    Out(ThreadId),
    /// The task has ended, and its result has been taken.
    Gone,
}

/// How far the drop of a detached task's output has come.
pub(super) enum Reaping {
    No,
    /// It is being polled for its output.
    Polling {
        /// It has been woken meanwhile.
        woken: bool,
    },
    /// It was woken in that poll, and the alarm thread will poll it again.
    Later {
        _alarm: Alarm,
    },
}

impl<H: Task> Shared<H> {
    pub(super) fn new(task: H) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                place: Place::Here(task),
                abort: false,
                waiter: None,
                ended: false,
                reaping: Reaping::No,
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
                Place::Out(_) if waiter.is_some() => {
                    let former = std::mem::replace(&mut state.waiter, waiter);
                    drop(state);
                    drop_quietly(former);
                    return Poll::Pending;
                }
                Place::Out(_) => drop(state),
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
            taken.end();
        }
        poll
    }

    /// The handle, if it is here.
    pub(super) fn take(&self, mut state: MutexGuard<'_, State<H>>) -> Option<Taken<'_, H>> {
        match std::mem::replace(&mut state.place, Place::Out(thread::current().id())) {
            Place::Here(task) => Some(Taken {
                shared: self,
                task: Some(task),
            }),
            place => {
                state.place = place;
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

    pub(super) fn lock(&self) -> MutexGuard<'_, State<H>> {
        self.state.lock().unwrap_or_else(|lock| lock.into_inner())
    }
}

impl<H: Task> Drop for Shared<H> {
    /// Says that the task goes on: the handle may be one that would abort it when dropped.
    fn drop(&mut self) {
        let place = std::mem::replace(&mut self.lock().place, Place::Gone);
        if let Place::Here(task) = place {
            task.detach();
        }
    }
}

impl<H: Task> Abort for Shared<H> {
    fn abort(&self) {
        let mut state = self.lock();
        state.abort = matches!(state.place, Place::Out(_));
        if let Some(mut taken) = self.take(state) {
            taken.task().abort();
        }
    }

    fn is_finished(&self) -> bool {
        for _ in 0..ROUNDS {
            let state = self.lock();
            if state.ended {
                return true;
            }
            match state.place {
                Place::Out(caller) if caller == thread::current().id() => return false,
                Place::Out(_) => {
                    drop(state);
                    thread::sleep(ROUND);
                }
                _ => {
                    let taken = self.take(state);
                    let ended = taken.is_some_and(|mut taken| taken.task().is_finished());
                    self.lock().ended |= ended;
                    return ended;
                }
            }
        }
        false
    }
}

// How long to wait for a caller on another thread: its call may run foreign code, but hardly ever
// does.
const ROUND: Duration = Duration::from_micros(50);
const ROUNDS: u32 = 400;

/// The handle of a task, for one call; it is put back after that, even if the call panics, as the
/// waker of a poll may do when it is cloned.
pub(super) struct Taken<'a, H: Task> {
    shared: &'a Shared<H>,
    task: Option<H>,
}

impl<H: Task> Taken<'_, H> {
    /// The task has ended, and its result has been taken.
    pub(super) fn end(&mut self) {
        let mut state = self.shared.lock();
        state.place = Place::Gone;
        state.ended = true;
        drop(state);
        self.task = None;
    }

    pub(super) fn task(&mut self) -> &mut H {
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
