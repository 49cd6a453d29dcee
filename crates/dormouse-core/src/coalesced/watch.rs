//! Wakes the sleeps that are due where the driver fails to.

use std::io;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::{Arc, Weak};
use std::task::{Wake, Waker};
use std::time::Duration;

use crate::Sleeper;
#[cfg(not(loom))]
use crate::adapter::AlarmSleep;
#[cfg(loom)]
use crate::coalesced::loom_system::AlarmSleep;
use crate::coalesced::queue::{Queue, is_real};
use crate::sync::{AtomicBool, AtomicU64, Mutex, system_now};
use crate::timers::{NEVER, nanos};

/// The alarm by which the process's alarm thread looks after the driver.
///
/// A driver is a task, and a task can be kept from running: nobody drives its runtime any more, or
/// every thread of it is busy, or the thread that was just given the task is. So the alarm rings some
/// milliseconds after the driver should have looked. If it has not, the alarm thread wakes the sleeps
/// that are due, and does so on time from then on, until the driver runs again.
///
/// It is only for sleepers by the system's clock. Another clock is that of a test, which stands still
/// while something runs.
#[derive(Debug)]
pub(super) struct Watch {
    /// When the alarm rings.
    at: AtomicU64,
    /// The driver has failed to come.
    acting: AtomicBool,
    alarm: Mutex<Option<AlarmSleep>>,
    /// How much later than a deadline the driver may come.
    patience: u64,
}

impl Watch {
    pub(super) fn new(slack: Duration) -> Self {
        Self {
            at: AtomicU64::new(NEVER),
            acting: AtomicBool::new(false),
            alarm: Mutex::new(None),
            patience: nanos(slack).saturating_add(PATIENCE),
        }
    }

    pub(super) fn driver_is_here(&self) {
        self.acting.store(false, Relaxed);
    }

    /// When to look after who drives this deadline.
    #[inline]
    fn due(&self, deadline: u64) -> u64 {
        if self.acting.load(Relaxed) {
            deadline
        } else {
            deadline.saturating_add(self.patience)
        }
    }
}

impl Queue {
    /// Has a deadline that has been entered looked after.
    #[inline]
    pub(super) fn watch<S: Sleeper>(self: &Arc<Self>, deadline: u64, sleeper: &S) {
        let due = self.watch.due(deadline);
        if due < self.watch.at.load(SeqCst) && THERE_ARE_THREADS && is_real(sleeper) {
            // Without the alarm thread, everything hangs on the driver.
            let _ = self.ring_at(due);
        }
    }

    /// The alarm thread does what the driver did.
    pub(super) fn take_over(self: &Arc<Self>) -> io::Result<()> {
        if !THERE_ARE_THREADS {
            return Err(io::ErrorKind::Unsupported.into());
        }
        self.watch.acting.store(true, SeqCst);
        self.ring_at(self.timers.next())
    }

    #[cold]
    fn ring_at(self: &Arc<Self>, due: u64) -> io::Result<()> {
        let lock = self.watch.alarm.lock();
        let mut alarm = lock.unwrap_or_else(|poisoned| poisoned.into_inner());
        if due < self.watch.at.load(SeqCst) {
            // First, as the alarm may ring before this is over, and then there is none any more.
            self.watch.at.store(due, SeqCst);
            let mut sleep = AlarmSleep::until(self.instant(due));
            let armed = sleep.arm(&Waker::from(Arc::new(Ring(Arc::downgrade(self)))));
            *alarm = Some(sleep);
            if armed.is_err() {
                self.watch.at.store(NEVER, SeqCst);
            }
            return armed;
        }
        Ok(())
    }

    /// The alarm rings, on its thread.
    fn look(self: &Arc<Self>) {
        // First, so that a sleep that is entered from here on sets the alarm by itself.
        self.watch.at.store(NEVER, SeqCst);
        let now = self.time(system_now());
        let first = self.timers.next();
        if self.watch.due(first) <= now {
            self.watch.acting.store(true, SeqCst);
            self.fire(now);
        }
        let first = self.timers.next();
        if first != NEVER {
            let due = self.watch.due(first).max(now.saturating_add(STEP));
            // The thread is there: this is it.
            let _ = self.ring_at(due);
        }
    }
}

struct Ring(Weak<Queue>);

impl Wake for Ring {
    fn wake(self: Arc<Self>) {
        if let Some(queue) = self.0.upgrade() {
            queue.look();
        }
    }
}

/// No later than this is a driver that runs, beyond the slack: tokio's timer is by 2 ms. The alarm
/// rings no more than 200 times a second for it, which is a thousandth of a core.
const PATIENCE: u64 = 5_000_000;

/// The alarm thread looks no more often than this, in the place of a driver.
const STEP: u64 = 1_000_000;

/// A browser has none.
const THERE_ARE_THREADS: bool = cfg!(not(target_family = "wasm"));
