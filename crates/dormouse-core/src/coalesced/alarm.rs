//! The one timer under many sleeps.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use crate::coalesced::pace::Pace;
use crate::coalesced::queue::Queue;
use crate::sync::{Mutex, MutexGuard};
use crate::{Instant, Sleeper};

#[cfg(all(test, loom))]
mod loom_tests;

/// A queue of deadlines, and the runtime's timer armed for the first of them.
///
/// Whoever polls a sleep arms the timer if it has to be armed, and is then the `driver`: one at a
/// time, so that wake-ups go out in the order in which deadlines leave the queue. Others pass by;
/// the driver looks again before it leaves. The timer's waker is the queue's own bell, so that
/// nobody's task has to stay for the others.
///
/// # Locks
///
/// The queue's lock is held for the queue alone: never while the timer is made, polled or
/// dropped, nor while a waker is cloned, woken or dropped. The timer's lock is taken by the driver
/// alone, so nobody ever waits for it.
///
/// The bell rings inside of the runtime, where a timer must not be touched (compio holds a
/// `RefCell`, async-io its reactor). So it only lets go who is due, and wakes the next one too, who
/// arms the timer when polled.
///
/// # Panics of others
///
/// A waker that panics costs its own task. Whoever happens to wake it, another task or a thread of
/// the runtime, has nothing to do with it: the panic's message has been printed, and it ends there.
#[derive(Debug)]
pub(super) struct Alarm<S: Sleeper> {
    pub(super) sleeper: S,
    /// The zero of the queue's clock.
    base: Instant,
    bell: Arc<Bell>,
    ring: Waker,
    timer: Mutex<Pin<Box<Option<S::Sleep>>>>,
}

#[derive(Debug)]
pub(super) struct Bell {
    state: Mutex<State>,
}

/// What the lock of the queue guards; all times in nanoseconds since the base.
#[derive(Debug)]
pub(super) struct State {
    pub(super) queue: Queue,
    pace: Pace,
    /// The latest time that anybody has read.
    pub(super) clock: u64,
    /// When the timer rings; never, where it is not armed.
    armed: u64,
    /// Somebody lets go who is due.
    driven: bool,
    /// The bell rang meanwhile.
    rang: bool,
}

impl<S: Sleeper> Alarm<S> {
    pub(super) fn new(sleeper: S, pace: Pace) -> Self {
        let queue = Queue::new();
        let state = State {
            queue,
            pace,
            clock: 0,
            armed: NEVER,
            driven: false,
            rang: false,
        };
        let bell = Arc::new(Bell {
            state: Mutex::new(state),
        });
        let base = sleeper.now();
        Self {
            sleeper,
            base,
            ring: Waker::from(Arc::clone(&bell)),
            bell,
            timer: Mutex::new(Box::pin(None)),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.bell.lock()
    }

    /// An instant on the queue's clock.
    pub(super) fn nanos(&self, instant: Instant) -> u64 {
        u64::try_from(instant.saturating_duration_since(self.base).as_nanos()).unwrap_or(NEVER)
    }

    /// The time on the queue's clock.
    pub(super) fn now(&self) -> u64 {
        self.nanos(self.sleeper.now())
    }

    /// Arms the timer for the first deadline, unless it is or somebody does; lets go who is due.
    pub(super) fn drive<'a>(&'a self, mut state: MutexGuard<'a, State>) {
        if state.driven || state.wake_at() >= state.armed {
            return;
        }
        state.driven = true;
        let mut driver = Driver {
            bell: &self.bell,
            left: false,
        };
        loop {
            let wake_at = state.wake_at();
            if !state.rang && wake_at >= state.armed {
                state.driven = false;
                driver.left = true;
                return;
            }
            state.rang = false;
            state.armed = wake_at;
            drop(state);
            if self.poll_timer(wake_at).is_ready() {
                let now = self.now();
                state = self.lock();
                state.armed = NEVER;
                state.clock = state.clock.max(now);
                state = self.bell.let_go(state, now);
            } else {
                state = self.lock();
            }
        }
    }

    /// Wakes who is to arm the timer, from where it must not be touched.
    pub(super) fn hand_on(&self, successor: Option<Waker>) {
        self.bell.hand_on(successor);
    }

    /// Arms the timer anew and polls it: with the same waker each time, so that a runtime that
    /// compares them has nothing to change.
    fn poll_timer(&self, wake_at: u64) -> Poll<()> {
        if wake_at == NEVER {
            return Poll::Pending;
        }
        let mut timer = self
            .timer
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let sleep = self
            .sleeper
            .sleep_until(self.base + Duration::from_nanos(wake_at));
        timer.as_mut().set(Some(sleep));
        let mut cx = Context::from_waker(&self.ring);
        timer
            .as_mut()
            .as_pin_mut()
            .map_or(Poll::Pending, |sleep| sleep.poll(&mut cx))
    }
}

impl State {
    /// When the timer should ring.
    fn wake_at(&mut self) -> u64 {
        self.queue
            .first()
            .map_or(NEVER, |deadline| self.pace.wake_at(deadline))
    }

    /// Who is to arm the timer, where nobody does.
    pub(super) fn successor(&mut self) -> Option<Waker> {
        if self.driven || self.wake_at() >= self.armed {
            return None;
        }
        self.queue.wake_first()
    }
}

impl Bell {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing of ours panics half-way; a poisoned lock still holds a whole state.
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Lets go all whose deadlines are not behind `until`, in order.
    fn let_go<'a>(&'a self, mut state: MutexGuard<'a, State>, until: u64) -> MutexGuard<'a, State> {
        let mut gone = 0;
        loop {
            let mut due = [const { None }; WOKEN_AT_ONCE];
            for waker in &mut due {
                *waker = state.queue.pop(until);
                gone += u64::from(waker.is_some());
            }
            let more = due[WOKEN_AT_ONCE - 1].is_some();
            if !more {
                state.pace.woken(until, gone);
            }
            drop(state);
            // Who can't be woken is let go all the same.
            let _ = wake(due);
            state = self.lock();
            if !more {
                return state;
            }
        }
    }

    /// Wakes who is to arm the timer; where that fails, everybody: one of them will.
    fn hand_on(&self, successor: Option<Waker>) {
        if wake([successor]).is_err() {
            let all = self.lock().queue.wake_all();
            for waker in all {
                // One that is broken is none to arm it.
                let _ = wake([Some(waker)]);
            }
        }
    }

    fn ring(&self) {
        let mut state = self.lock();
        if state.driven {
            state.rang = true;
            return;
        }
        let until = std::mem::replace(&mut state.armed, NEVER);
        if until == NEVER {
            return;
        }
        // Who is let go by the alarm's word looks at the clock before it ends.
        state.driven = true;
        let mut driver = Driver {
            bell: self,
            left: false,
        };
        let mut state = self.let_go(state, until);
        state.driven = false;
        driver.left = true;
        let successor = state.successor();
        drop(state);
        self.hand_on(successor);
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.ring();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ring();
    }
}

/// Puts things right where a driver panics: a timer made outside of its runtime, a foreign waker.
struct Driver<'a> {
    bell: &'a Bell,
    left: bool,
}

impl Drop for Driver<'_> {
    fn drop(&mut self) {
        if !self.left {
            let mut state = self.bell.lock();
            state.driven = false;
            state.armed = NEVER;
        }
    }
}

/// Wakes in order, and a waker that comes several times in a row once; whether all of them took it
/// well.
fn wake<const N: usize>(wakers: [Option<Waker>; N]) -> thread::Result<()> {
    let mut result = Ok(());
    let mut wake = |waker: Waker| {
        let woken = catch_unwind(AssertUnwindSafe(|| waker.wake()));
        if woken.is_err() {
            result = woken;
        }
    };
    let mut last: Option<Waker> = None;
    for waker in wakers.into_iter().flatten() {
        if last.as_ref().is_some_and(|last| last.will_wake(&waker)) {
            continue;
        }
        if let Some(last) = last.replace(waker) {
            wake(last);
        }
    }
    if let Some(last) = last {
        wake(last);
    }
    result
}

const NEVER: u64 = u64::MAX;

const WOKEN_AT_ONCE: usize = 32;
