//! What all sleeps of one `Coalesced` share, whatever the sleeper.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Wake;
use std::time::Duration;

use crate::coalesced::driver_slot::DriverSlot;
use crate::coalesced::pace::Pace;
use crate::coalesced::queue::watchdog::Watchdog;
use crate::sync::{AtomicBool, Mutex, lock, system_now};
use crate::timers::{NEVER, Timers, nanos};
use crate::{Instant, Sleeper};

pub(super) use crate::coalesced::queue::watchdog::{GRACE, THERE_ARE_THREADS};

mod watchdog;

/// The deadlines, whether there is a driver, and the watchdog of that driver.
///
/// The queue is also the waker of the runtime's timer. A timer must not be touched from its waker
/// (compio has its `RefCell` borrowed then, async-io its reactor locked), so this one only wakes
/// the sleeps that are due, and the driver.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) timers: Timers,
    pub(super) driver: DriverSlot,
    watchdog: Watchdog,
    pace: Mutex<Pace>,
    pub(super) slack: Duration,
    /// Deadlines count from here.
    base: Instant,
    /// The sleeper's clock is the system's, as far as is known.
    real: AtomicBool,
    /// The last clone and the last sleep are gone.
    closed: AtomicBool,
}

impl Queue {
    pub(super) fn new(now: Instant, slack: Duration) -> Self {
        // Another runtime's clock may have been paused at an earlier time, which must not be before
        // the base.
        let base = now.checked_sub(YEAR).unwrap_or(now);
        Self {
            timers: Timers::new(nanos(now.saturating_duration_since(base))),
            driver: DriverSlot::default(),
            watchdog: Watchdog::new(slack),
            pace: Mutex::new(Pace::new(slack)),
            slack,
            base,
            real: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        }
    }

    /// A deadline in nanoseconds since the base; [`NEVER`] if it is too late for that.
    #[inline]
    pub(super) fn nanos(&self, deadline: Instant) -> u64 {
        at_most_never(nanos(deadline.saturating_duration_since(self.base)))
    }

    /// The time by the sleeper's clock; always before [`NEVER`].
    #[inline]
    pub(super) fn time(&self, now: Instant) -> u64 {
        nanos(now.saturating_duration_since(self.base))
    }

    pub(super) fn instant(&self, nanos: u64) -> Instant {
        let since = match nanos {
            NEVER => Duration::MAX,
            nanos => Duration::from_nanos(nanos),
        };
        crate::sleeper::deadline(self.base, since)
    }

    /// Wakes all sleeps whose deadlines are not after `now`.
    pub(super) fn fire(&self, now: u64) {
        let woken = self.timers.fire(now);
        if woken > 0 {
            lock(&self.pace).woken(now, woken);
        }
    }

    /// When to wake if `first` is the first deadline.
    pub(super) fn wake_at(&self, first: u64) -> u64 {
        lock(&self.pace).wake_at(first)
    }

    pub(super) fn set_real(&self, real: bool) {
        self.real.store(real, Relaxed);
    }

    pub(super) fn is_real(&self) -> bool {
        self.real.load(Relaxed)
    }

    /// The last clone and the last sleep are gone: the driver has nothing more to do.
    pub(super) fn close(&self) {
        self.closed.store(true, Relaxed);
        self.driver.wake();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Relaxed)
    }
}

/// What the one driver of a queue holds, whose `DriverSlot` says that there is one.
pub(super) struct Claim {
    queue: Arc<Queue>,
    ended: bool,
}

impl Claim {
    pub(super) fn new(queue: &Arc<Queue>) -> Self {
        let queue = Arc::clone(queue);
        Self {
            queue,
            ended: false,
        }
    }

    pub(super) fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    /// The driver has nothing more to do.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }
}

impl Drop for Claim {
    /// If the driver has not ended, its runtime is gone, it was aborted, or the sleeper has panicked.
    ///
    /// On the system's clock, the watchdog wakes the pending sleeps on time. On another clock that is
    /// impossible: all are woken at once, to be polled anew.
    fn drop(&mut self) {
        let queue = &self.queue;
        if self.ended {
            return;
        }
        queue.driver.abandon();
        queue.timers.promise(NEVER);
        if queue.is_closed() || queue.is_real() && queue.take_over().is_ok() {
            return;
        }
        queue.timers.wake_everybody();
    }
}

impl Wake for Queue {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    /// The runtime's timer has ended, or wants to be polled.
    fn wake_by_ref(self: &Arc<Self>) {
        // Only the driver can read a clock that is not the system's: then it wakes the sleeps.
        if self.is_real() {
            self.fire(self.time(system_now()));
        }
        self.driver.wake();
    }
}

/// The deadline, or [`NEVER`] if it is too late to represent.
#[inline]
pub(super) fn at_most_never(deadline: u64) -> u64 {
    if deadline < LAST { deadline } else { NEVER }
}

/// The clock's maximum: `nanos` returns this for everything later, too.
pub(super) const LAST: u64 = NEVER - 1;

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Whether a sleeper's clock is the system's: a reading of it lies between two of the system's.
///
/// That of a test's clock, moved by hand, does not, except by a coincidence within nanoseconds.
pub(super) fn is_real<S: Sleeper>(sleeper: &S) -> bool {
    let before = system_now();
    let now = sleeper.now();
    before <= now && now <= system_now()
}
