//! What all sleeps of one `Coalesced` share, whatever the sleeper.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Wake;
use std::time::Duration;

use crate::coalesced::duty::Duty;
use crate::coalesced::pace::Pace;
use crate::coalesced::watch::Watch;
use crate::sync::{AtomicBool, Mutex, MutexGuard, system_now};
use crate::timers::{NEVER, Timers, nanos};
use crate::{Instant, Sleeper};

/// The deadlines, who drives them, and who watches the driver.
///
/// It is the waker of the runtime's timer, too. There the timer must not be touched (compio holds a
/// `RefCell`, async-io its reactor), and nothing does: it wakes who is due, and the driver.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) timers: Timers,
    pub(super) duty: Duty,
    pub(super) watch: Watch,
    pace: Mutex<Pace>,
    slack: Duration,
    /// The zero of the deadlines.
    base: Instant,
    /// The sleeper's clock is the system's, as far as the driver knows.
    real: AtomicBool,
    /// The last clone and the last sleep are gone.
    closed: AtomicBool,
}

impl Queue {
    pub(super) fn new(now: Instant, slack: Duration) -> Self {
        // Another runtime's clock may have been stopped before: deadlines by it count, too.
        let base = now.checked_sub(YEAR).unwrap_or(now);
        Self {
            timers: Timers::new(nanos(now.saturating_duration_since(base))),
            duty: Duty::default(),
            watch: Watch::new(slack),
            pace: Mutex::new(Pace::new(slack)),
            slack,
            base,
            real: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        }
    }

    pub(super) fn slack(&self) -> Duration {
        self.slack
    }

    /// A deadline in nanoseconds since the base; what is beyond the last of them is never.
    #[inline]
    pub(super) fn nanos(&self, deadline: Instant) -> u64 {
        at_most_never(nanos(deadline.saturating_duration_since(self.base)))
    }

    /// The time by the sleeper's clock: it never comes to never.
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
            self.pace().woken(now, woken);
        }
    }

    /// When to wake for a first deadline.
    pub(super) fn wake_at(&self, first: u64) -> u64 {
        self.pace().wake_at(first)
    }

    pub(super) fn set_real(&self, real: bool) {
        self.real.store(real, Relaxed);
    }

    /// The last clone and the last sleep are gone: the driver has nothing more to do.
    pub(super) fn close(&self) {
        self.closed.store(true, Relaxed);
        self.duty.call();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Relaxed)
    }

    /// The driver has been dropped before its end: its runtime is gone, or it was aborted.
    ///
    /// By the system's clock, the watch wakes the pending sleeps on time. By another clock nothing can:
    /// all are woken at once, and each goes on as a sleep of the runtime's own.
    pub(super) fn lose_driver(self: &Arc<Self>) {
        self.duty.abandon();
        self.timers.promise(NEVER);
        if self.is_closed() || self.real.load(Relaxed) && self.take_over().is_ok() {
            return;
        }
        self.timers.wake_everybody();
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        let lock = self.pace.lock();
        lock.unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Wake for Queue {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    /// The runtime's timer has ended, or wants to be polled.
    fn wake_by_ref(self: &Arc<Self>) {
        // By another clock than the system's, the driver looks: it alone can read that.
        if self.real.load(Relaxed) {
            self.fire(self.time(system_now()));
        }
        self.duty.call();
    }
}

/// A deadline beyond the last one that can be told is never.
#[inline]
pub(super) fn at_most_never(deadline: u64) -> u64 {
    if deadline < LAST { deadline } else { NEVER }
}

/// What `nanos` gives for all that is later, too.
const LAST: u64 = NEVER - 1;

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Whether a sleeper's clock is the system's: it reads between two readings of that.
///
/// The clock of a test, moved by hand, does not, but for a chance of some nanoseconds in its run.
pub(super) fn is_real<S: Sleeper>(sleeper: &S) -> bool {
    let before = system_now();
    let now = sleeper.now();
    before <= now && now <= system_now()
}
