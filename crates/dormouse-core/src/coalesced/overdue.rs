//! Tells that a timer is overdue, as that of a runtime which nobody drives is.

use std::task::Waker;
use std::time::Duration;

use crate::adapter::Alarm;
use crate::coalesced::queue::{GRACE, THERE_ARE_THREADS, is_real};
use crate::sync::system_now;
use crate::{Instant, Sleeper};

/// An alarm some milliseconds after the deadline of a timer, for one that its runtime does not end:
/// the runtime may rest, or all its threads may be busy.
///
/// It is only for the system's clock. Another one is that of a test.
#[derive(Debug, Default)]
pub(super) struct Overdue {
    alarm: Alarm,
    /// For which deadline it is set.
    deadline: Option<Instant>,
}

impl Overdue {
    /// Whether a timer that is pending should have ended; if not, the waker is woken when that is so.
    pub(super) fn is_overdue<S: Sleeper>(
        &mut self,
        sleeper: &S,
        deadline: Instant,
        waker: &Waker,
    ) -> bool {
        if !THERE_ARE_THREADS || !is_real(sleeper) {
            return false;
        }
        let at = crate::sleeper::deadline(deadline, Duration::from_nanos(GRACE));
        if at <= system_now() {
            return true;
        }
        if self.deadline.replace(deadline) != Some(deadline) {
            self.alarm = Alarm::default();
        }
        // If there is no alarm thread, everything depends on the timer.
        let _ = self.alarm.arm(at, waker);
        false
    }
}
