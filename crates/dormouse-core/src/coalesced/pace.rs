//! How often a timer may wake.

use std::time::Duration;

use crate::timers::nanos;

/// Wakes sparse deadlines on time, and dense ones once per slack.
///
/// Deadlines are dense if there are more than `CROWD` of them per slack. That is measured by the
/// generic cell rate algorithm (ITU-T I.371, annex A) as virtual scheduling: each deadline advances
/// the theoretical arrival time by one step, and up to `BURST` deadlines may arrive early.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    slack: u64,
    /// The theoretical arrival time of the next deadline.
    conforming: u64,
    woken: u64,
}

impl Pace {
    pub(super) fn new(slack: Duration) -> Self {
        Self {
            slack: nanos(slack),
            conforming: 0,
            woken: 0,
        }
    }

    /// When to wake for this deadline: then, or up to a slack later.
    pub(super) fn wake_at(&self, deadline: u64) -> u64 {
        let crowded =
            self.conforming > self.woken.saturating_add(self.step().saturating_mul(BURST));
        if crowded {
            deadline.max(self.woken.saturating_add(self.slack))
        } else {
            deadline
        }
    }

    /// Records that a wake-up has released this many deadlines.
    pub(super) fn woken(&mut self, now: u64, deadlines: u64) {
        self.woken = now;
        let moved = self
            .conforming
            .max(now)
            .saturating_add(deadlines.saturating_mul(self.step()));
        // Capped: a crowd, however large, is forgotten as soon as two bursts would be.
        self.conforming = moved.min(now.saturating_add(self.step().saturating_mul(2 * BURST)));
    }

    fn step(&self) -> u64 {
        self.slack / CROWD
    }
}

/// With the default slack, a rate of 4,000 a second is the limit. A wake-up for each deadline takes
/// smol some 30 us of CPU time, so at that rate an eighth of a core.
const CROWD: u64 = 16;

/// What falls due in two slacks at that rate may fall due at once, and is on time.
const BURST: u64 = 32;

#[cfg(test)]
mod tests {
    use super::*;

    const SLACK: u64 = 4_000_000;

    /// Simulates a deadline every `gap` nanoseconds for a second; the wake-ups, and the latest.
    fn wake_ups(gap: u64) -> (u64, u64) {
        let mut pace = Pace::new(Duration::from_nanos(SLACK));
        let (mut wake_ups, mut latest, mut deadline) = (0, 0, gap);
        while deadline < 1_000_000_000 {
            let now = pace.wake_at(deadline);
            let due = (now - deadline) / gap + 1;
            latest = latest.max(now - deadline);
            pace.woken(now, due);
            wake_ups += 1;
            deadline += due * gap;
        }
        (wake_ups, latest)
    }

    #[test]
    fn deadlines_far_apart_wake_on_time() {
        assert_eq!(wake_ups(1_000_000), (999, 0));
    }

    #[test]
    fn a_crowd_shares_a_wake_up_per_slack() {
        let (wake_ups, latest) = wake_ups(1_000);
        assert!((250..300).contains(&wake_ups), "{wake_ups} wake-ups");
        assert!(latest <= SLACK, "{latest} ns late");
    }

    #[test]
    fn a_crowd_that_has_passed_is_forgotten() {
        let mut pace = Pace::new(Duration::from_nanos(SLACK));
        pace.woken(1_000_000, 1_000_000);
        assert!(pace.wake_at(1_000_001) > 1_000_001);
        pace.woken(20_000_000, 1);
        assert_eq!(pace.wake_at(20_000_001), 20_000_001);
    }

    #[test]
    fn without_a_slack_every_deadline_has_its_wake_up() {
        let mut pace = Pace::new(Duration::ZERO);
        pace.woken(1, 1_000_000);
        assert_eq!(pace.wake_at(2), 2);
    }
}
