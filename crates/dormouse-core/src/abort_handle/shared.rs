//! A task's handle that several threads can reach.

use std::pin::pin;
use std::ptr;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::adapter::current::enter_destructor;
use crate::adapter::{Alarm, drop_quietly, polled_after_its_end, wake};
use crate::sync::{AtomicUsize, Mutex, MutexGuard, get_mut, lock};
use crate::{JoinError, Task};

/// The handle of a task, behind a lock that is never held while a method of that handle runs, as
/// the runtime may run foreign code there. A caller takes the handle out, calls the method, and
/// puts the handle back. Other callers do not wait meanwhile: they leave their abort or their waker
/// for the caller that has the handle.
pub(crate) struct Shared<H: Task, B = ()> {
    state: Mutex<State<H>>,
    /// How many abort handles there are.
    pub(super) handles: AtomicUsize,
    /// What the owner of the task keeps with it, as an allocation of its own would cost more.
    pub(crate) beside: B,
}

pub(super) struct State<H> {
    pub(super) place: Place<H>,
    /// An abort that came while the handle was out.
    pub(super) abort: bool,
    /// A poll that came while the handle was out.
    pub(super) waiter: Option<Waker>,
    /// The task is known to have ended.
    pub(super) ended: bool,
    /// The state of dropping a detached task's output.
    pub(super) reaping: Reaping,
}

pub(super) enum Place<H> {
    Here(H),
    /// A caller on this thread has taken it, to call one of its methods, or is about to bring it.
    Out(Thread),
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
        Self::with(Place::Here(task), ())
    }
}

impl<H: Task, B> Shared<H, B> {
    /// For a task that is about to be spawned; then its handle is [`put`](Self::put) here.
    pub(crate) fn empty(beside: B) -> Arc<Self> {
        Self::with(Place::Out(this_thread()), beside)
    }

    fn with(place: Place<H>, beside: B) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                place,
                abort: false,
                waiter: None,
                ended: false,
                reaping: Reaping::No,
            }),
            handles: AtomicUsize::new(0),
            beside,
        })
    }

    /// Says that the task goes on, if its handle is here: that may be one that would abort it when
    /// dropped.
    pub(crate) fn detach(&self) {
        let task = self.lock().place.take();
        if let Some(task) = task {
            task.detach();
        }
    }

    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<H::Value, JoinError>> {
        let mut waiter = None;
        let mut taken = loop {
            let mut state = self.lock();
            match state.place {
                Place::Here(_) => {
                    if let Some(taken) = self.take(state) {
                        break taken;
                    }
                }
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
        };
        let poll = pin!(taken.task()).poll(cx);
        if poll.is_ready() {
            taken.end();
        }
        poll
    }

    /// The handle, if it is here.
    pub(super) fn take(&self, mut state: MutexGuard<'_, State<H>>) -> Option<Taken<'_, H, B>> {
        let task = state.place.take()?;
        state.place = Place::Out(this_thread());
        Some(Taken {
            shared: self,
            task: Some(task),
        })
    }

    /// Puts the handle here, and does what others have left for it.
    pub(crate) fn put(&self, mut task: H) {
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
        lock(&self.state)
    }
}

impl<H> Place<H> {
    /// The handle, if it is here; then it is gone.
    fn take(&mut self) -> Option<H> {
        match std::mem::replace(self, Self::Gone) {
            Self::Here(task) => Some(task),
            place => {
                *self = place;
                None
            }
        }
    }
}

impl<H: Task, B> Drop for Shared<H, B> {
    fn drop(&mut self) {
        if let Some(task) = get_mut(&mut self.state).place.take() {
            task.detach();
        }
    }
}

/// The handle of a task, for one call; it is put back after that, even if the call panics, as the
/// waker of a poll may do when it is cloned.
pub(super) struct Taken<'a, H: Task, B> {
    shared: &'a Shared<H, B>,
    task: Option<H>,
}

impl<H: Task, B> Taken<'_, H, B> {
    /// The task has ended, and its result has been taken.
    pub(super) fn end(&mut self) {
        let mut state = self.shared.lock();
        state.place = Place::Gone;
        state.ended = true;
        drop(state);
        self.task = None;
    }

    /// If the task has ended, drops its output and returns `true`; if not, `waker` replaces that of the
    /// latest poll.
    pub(super) fn drop_output(&mut self, waker: &Waker) -> bool {
        // If it has ended, its handle drops the output. Polling such a handle may be refused.
        let ended = self.task().is_finished() || {
            let poll = pin!(self.task()).poll(&mut Context::from_waker(waker));
            let ended = poll.is_ready();
            let _current = enter_destructor("");
            drop_quietly(poll);
            ended
        };
        if ended {
            self.end();
        }
        ended
    }

    pub(super) fn task(&mut self) -> &mut H {
        self.task.as_mut().expect("taken at the end alone")
    }
}

impl<H: Task, B> Drop for Taken<'_, H, B> {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            self.shared.put(task);
        }
    }
}

/// Tells the running threads apart; the id of std's `Thread` costs an `Arc` more each time.
pub(super) type Thread = usize;

pub(super) fn this_thread() -> Thread {
    thread_local!(static HERE: u8 = const { 0 });
    HERE.with(|here| ptr::from_ref(here).addr())
}
