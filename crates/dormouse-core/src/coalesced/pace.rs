//! How often a timer may wake.

use std::time::Duration;

/// Limits wake-ups to one per slack in the long run, and lets a few in a row pass.
///
/// The generic cell rate algorithm (ITU-T I.371, annex A) as virtual scheduling: each wake-up
/// moves the time of the next one that conforms, and `BURST` of them may come ahead of it. So
/// sleeps far apart wake on time, and crowds wake together.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    slack: u64,
    /// When the next wake-up conforms.
    conforming: u64,
}

impl Pace {
    pub(super) fn new(slack: Duration) -> Self {
        Self { slack: u64::try_from(slack.as_nanos()).unwrap_or(u64::MAX), conforming: 0 }
    }

    /// When to wake for this deadline: then, or up to a slack later.
    pub(super) fn wake_at(&self, deadline: u64) -> u64 {
        let soonest = self.conforming.saturating_sub(self.slack.saturating_mul(BURST));
        deadline.max(soonest.min(deadline.saturating_add(self.slack)))
    }

    /// There was a wake-up.
    pub(super) fn woken(&mut self, now: u64) {
        self.conforming = self.conforming.max(now).saturating_add(self.slack);
    }
}

const BURST: u64 = 16;
