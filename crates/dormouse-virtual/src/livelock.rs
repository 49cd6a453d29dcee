//! Detects a livelock: how long the clock has stood still, measured in polls.

use std::cell::Cell;
use std::panic::Location;

use crate::Deadlock;
use crate::deadlock::Kind;

/// What has happened since the clock moved, counted to detect a livelock.
///
/// The limits are far above what a program does in one instant. Those of one task are reached in
/// some seconds, that of all tasks in a minute of a debug build. A hundred million waits of zero
/// duration stay far below: `wait_n` takes some dozens of them in a poll.
#[derive(Default)]
pub(crate) struct LivelockDetector {
    /// The current poll: what is polled, and where it was spawned if it is a task.
    polled: Option<(usize, Option<&'static Location<'static>>)>,
    /// How much has become ready in that poll.
    pub(crate) pushed: u64,
    /// The sleeps of that poll that were ready at once, or pending as before.
    sleeps: u64,
    /// How many polls in a row, up to now, did nothing but wake their own task.
    wakes: u64,
    polls: u64,
    /// The livelock for which a sleep has panicked.
    pub(crate) report: Option<Deadlock>,
}

impl LivelockDetector {
    /// The clock has moved, or need not move.
    pub(crate) fn reset(&mut self) {
        (self.sleeps, self.wakes, self.polls) = (0, 0, 0);
    }

    /// A thread begins to drive.
    pub(crate) fn begin(&mut self) {
        self.reset();
        (self.polled, self.report) = (None, None);
    }

    /// A poll begins, of what has this address; a task also has the place where it was spawned.
    pub(crate) fn begin_poll(
        &mut self,
        address: usize,
        spawned_at: Option<&'static Location<'static>>,
    ) {
        self.polled = Some((address, spawned_at));
        (self.pushed, self.sleeps) = (0, 0);
        set_readings(0, 0);
    }

    /// Counts the poll; `last` is the last entry of the ready queue. Returns a livelock if that was
    /// one poll too many.
    pub(crate) fn end_poll(&mut self, last: Option<usize>) -> Option<Kind> {
        let (polled, _) = self.polled.take()?;
        let woke_itself_alone = self.pushed == 1 && last == Some(polled);
        self.wakes = if woke_itself_alone { self.wakes + 1 } else { 0 };
        self.polls += 1;
        if self.wakes >= WAKES {
            return Some(Kind::Wakes(self.wakes));
        }
        (self.polls >= POLLS).then_some(Kind::Polls(self.polls))
    }

    /// Counts a sleep. Returns a livelock if that was one too many.
    pub(crate) fn count_sleep(&mut self) -> Option<Kind> {
        self.sleeps += 1;
        (self.sleeps >= SLEEPS).then_some(Kind::Sleeps(self.sleeps))
    }

    /// Where the task that is being polled was spawned; `None` for a future that is blocked on.
    pub(crate) fn spawned_at(&self) -> Option<&'static Location<'static>> {
        self.polled.and_then(|(_, spawned_at)| spawned_at)
    }
}

/// Counts a reading of the clock on this thread, and says whether that was one too many: of the
/// same time, in one poll.
///
/// Clock readings are counted because a loop that only reads the clock never polls a sleep: one
/// that waits for the clock to move, or one over `Coalesced` sleeps that are due.
pub(crate) fn too_many_readings(now: u64) -> Option<Kind> {
    let (count, then) = READINGS_HERE.try_with(Cell::get).unwrap_or((0, now));
    let count = if then == now { count + 1 } else { 1 };
    set_readings(count % READINGS, now);
    (count == READINGS).then_some(Kind::Readings(count))
}

fn set_readings(count: u64, now: u64) {
    let _ = READINGS_HERE.try_with(|readings| readings.set((count, now)));
}

thread_local! {
    /// How often this thread has read the clock in the current poll, and what it showed. The count
    /// of a thread that drives no runtime means nothing.
    static READINGS_HERE: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

// How long it takes to reach a limit, measured in release builds: 0.5 s for sleeps and wakes, 0.15 s for
// readings, 13 s for polls of two tasks that send one another a message.

/// The limit in one poll. A panic is the only way to end such a poll.
const SLEEPS: u64 = 10_000_000;
/// The same for readings of the clock. A program that measures may take more of them than of
/// sleeps.
const READINGS: u64 = 50_000_000;
/// The limit in a row.
const WAKES: u64 = 10_000_000;
/// The limit for any polls: two tasks may communicate for long without a livelock.
const POLLS: u64 = 100_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    /// A poll that wakes others, which may go on for long.
    fn poll(detector: &mut LivelockDetector) -> Option<Kind> {
        detector.begin_poll(0, None);
        detector.pushed += 2;
        detector.end_poll(None)
    }

    #[test]
    fn too_many_polls_of_any_kind_are_a_livelock() {
        let mut detector = LivelockDetector::default();
        assert_eq!(poll(&mut detector), None);
        detector.polls = POLLS - 2;
        assert_eq!(poll(&mut detector), None);
        assert_eq!(poll(&mut detector), Some(Kind::Polls(POLLS)));
    }

    #[test]
    fn a_clock_that_moves_starts_the_count_anew() {
        let mut detector = LivelockDetector {
            polls: POLLS - 1,
            ..LivelockDetector::default()
        };
        detector.reset();
        assert_eq!(poll(&mut detector), None);
    }
}
