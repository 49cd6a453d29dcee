//! Wakes the sleeps that are due if the driver fails to.

use std::io;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::{Arc, Weak};
use std::task::{Wake, Waker};
use std::time::Duration;

use crate::Sleeper;
use crate::adapter::Alarm;
use crate::coalesced::queue::{Queue, is_real};
use crate::sync::{AtomicBool, AtomicU64, Mutex, lock, system_now};
use crate::timers::{NEVER, nanos};

/// The alarm that makes the process's alarm thread check on the driver.
///
/// A driver is a task, and a task can be kept from running: its runtime may no longer be driven,
/// every thread of it may be busy, or the one thread that was given the task may be. So the alarm
/// fires some milliseconds after the driver should have run. If the driver has not run, the alarm
/// thread wakes the sleeps that are due, and does so on time from then on, until the driver runs
/// again.
///
/// It is only for sleepers on the system's clock. Another clock is that of a test, which stands
/// still while code runs.
#[derive(Debug)]
pub(super) struct Watchdog {
    /// When the alarm fires.
    at: AtomicU64,
    /// The alarm thread acts for the driver, which has missed a deadline by more than the grace
    /// period, was dropped, or could not be started.
    acting: AtomicBool,
    alarm: Mutex<Alarm>,
    /// The grace period: how long after a deadline the driver may still run.
    grace: u64,
}

impl Watchdog {
    pub(super) fn new(slack: Duration) -> Self {
        Self {
            at: AtomicU64::new(NEVER),
            acting: AtomicBool::new(false),
            alarm: Mutex::default(),
            grace: nanos(slack).saturating_add(GRACE),
        }
    }

    /// When to check on the driver of this deadline.
    #[inline]
    fn due(&self, deadline: u64) -> u64 {
        if self.acting.load(Relaxed) {
            deadline
        } else {
            deadline.saturating_add(self.grace)
        }
    }
}

impl Queue {
    /// Sets the alarm for a deadline that has been entered.
    #[inline]
    pub(in crate::coalesced) fn watch<S: Sleeper>(self: &Arc<Self>, deadline: u64, sleeper: &S) {
        let due = self.watchdog.due(deadline);
        if due < self.watchdog.at.load(SeqCst) && THERE_ARE_THREADS && is_real(sleeper) {
            // If there is no alarm thread, everything depends on the driver.
            let _ = self.set_alarm(due);
        }
    }

    /// Ends what [`take_over`](Self::take_over) began.
    pub(in crate::coalesced) fn driver_is_here(&self) {
        self.watchdog.acting.store(false, Relaxed);
    }

    /// Lets the alarm thread do the driver's work.
    pub(in crate::coalesced) fn take_over(self: &Arc<Self>) -> io::Result<()> {
        if !THERE_ARE_THREADS {
            return Err(io::ErrorKind::Unsupported.into());
        }
        self.watchdog.acting.store(true, SeqCst);
        self.set_alarm(self.timers.next())
    }

    #[cold]
    fn set_alarm(self: &Arc<Self>, due: u64) -> io::Result<()> {
        let mut alarm = lock(&self.watchdog.alarm);
        if due < self.watchdog.at.load(SeqCst) {
            // Stored first: the alarm may fire before this is over, and then resets it.
            self.watchdog.at.store(due, SeqCst);
            *alarm = Alarm::default();
            let waker = Waker::from(Arc::new(AlarmWaker(Arc::downgrade(self))));
            let armed = alarm.arm(self.instant(due), &waker);
            if armed.is_err() {
                self.watchdog.at.store(NEVER, SeqCst);
            }
            return armed;
        }
        Ok(())
    }

    /// Called on the alarm thread, when the alarm fires.
    fn check_driver(self: &Arc<Self>) {
        // Stored first, so that a sleep that is entered from here on sets the alarm by itself.
        self.watchdog.at.store(NEVER, SeqCst);
        let now = self.time(system_now());
        let first = self.timers.next();
        if self.watchdog.due(first) <= now {
            self.watchdog.acting.store(true, SeqCst);
            self.fire(now);
        }
        let first = self.timers.next();
        if first != NEVER {
            let due = self.watchdog.due(first).max(now.saturating_add(STEP));
            // This can't fail: the thread exists, as it runs this code.
            let _ = self.set_alarm(due);
        }
    }
}

struct AlarmWaker(Weak<Queue>);

impl Wake for AlarmWaker {
    fn wake(self: Arc<Self>) {
        if let Some(queue) = self.0.upgrade() {
            queue.check_driver();
        }
    }
}

/// A driver that runs is at most this late, beyond the slack: tokio's timer is up to 2 ms late. The
/// alarm fires at most 200 times a second for this, which takes a thousandth of a core.
pub(in crate::coalesced) const GRACE: u64 = 5_000_000;

/// While it acts for a driver, the alarm thread checks no more often than this.
const STEP: u64 = 1_000_000;

/// A browser has no threads.
pub(in crate::coalesced) const THERE_ARE_THREADS: bool = cfg!(not(target_family = "wasm"));
