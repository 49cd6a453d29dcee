//! A mock runtime that the test controls step by step: its clock is moved by hand, and sleeps end
//! and tasks run only when told to.

use std::collections::BTreeMap;
use std::panic::{PanicHookInfo, set_hook, take_hook};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Waker;
use std::time::{Duration, Instant};

use crate::mock::tasks::TaskTable;

mod moves;
mod root;
mod sleep;
mod tasks;

pub(crate) use moves::{Move, Scheduler, moves, pick, play};
pub(crate) use root::{Kept, Root};
pub(crate) use sleep::MockSleep;

/// Looks at each panic first; the former hook gets those for which `look` is true.
pub(crate) fn add_hook(look: impl Fn(&PanicHookInfo<'_>) -> bool + Send + Sync + 'static) {
    // Between the two calls, no other test may do the same.
    static HOOK: Mutex<()> = Mutex::new(());
    let _one = HOOK.lock();
    let former = take_hook();
    set_hook(Box::new(move |info| {
        if look(info) {
            former(info);
        }
    }));
}

/// The number of a sleep or of a task, in the order in which they were made.
pub(crate) type Number = usize;

/// The mock runtime: a clock, its sleeps, and the tasks. Clones share them.
///
/// A sleep that has been polled ends when the test says so, once its deadline has passed: at once,
/// late, or not at all. One that is first polled after its deadline ends in that poll.
#[derive(Clone, Debug)]
pub(crate) struct Mock {
    sleeps: Arc<Mutex<Sleeps>>,
    tasks: Arc<TaskTable>,
    start: Instant,
}

#[derive(Debug, Default)]
struct Sleeps {
    now: Duration,
    live: BTreeMap<Number, State>,
    /// The deadlines of all the sleeps that were ever made.
    made: Vec<Instant>,
    /// The sleeps that have ended, in this order.
    ended: Vec<Number>,
    polls: usize,
    /// Every n-th poll is refused, as by a runtime's budget.
    refuse_every: Option<usize>,
}

#[derive(Debug, Default)]
struct State {
    waker: Option<Waker>,
    over: bool,
    panics: bool,
}

impl Mock {
    pub(crate) fn new() -> Self {
        Self {
            sleeps: Arc::default(),
            tasks: Arc::default(),
            start: Instant::now(),
        }
    }

    /// A mock that refuses every n-th poll of a sleep, and wakes the task again.
    pub(crate) fn refusing(every: usize) -> Self {
        let mock = Self::new();
        mock.sleeps().refuse_every = Some(every);
        mock
    }

    fn sleeps(&self) -> MutexGuard<'_, Sleeps> {
        self.sleeps
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub(crate) fn start(&self) -> Instant {
        self.start
    }

    /// The time since the start.
    pub(crate) fn time(&self) -> Duration {
        self.sleeps().now
    }

    /// Moves the clock and nothing else: sleeps that become due stay pending.
    pub(crate) fn advance(&self, by: Duration) {
        let mut sleeps = self.sleeps();
        sleeps.now = sleeps.now.saturating_add(by);
    }

    /// How many sleeps have been made and not dropped.
    pub(crate) fn live_sleeps(&self) -> usize {
        self.sleeps().live.len()
    }

    pub(crate) fn polls(&self) -> usize {
        self.sleeps().polls
    }

    pub(crate) fn made_so_far(&self) -> usize {
        self.sleeps().made.len()
    }

    /// The deadlines of all the sleeps that were ever made.
    pub(crate) fn made(&self) -> Vec<Instant> {
        self.sleeps().made.clone()
    }

    /// The deadlines of the sleeps that have ended, in the order in which they ended.
    pub(crate) fn ended(&self) -> Vec<Instant> {
        let sleeps = self.sleeps();
        sleeps
            .ended
            .iter()
            .map(|&number| sleeps.made[number])
            .collect()
    }

    /// The sleeps that are due and have been polled, but have not been fired.
    pub(crate) fn due(&self) -> Vec<Number> {
        let sleeps = self.sleeps();
        let now = self.start + sleeps.now;
        let is_due = |(number, state): &(&Number, &State)| {
            !state.over && state.waker.is_some() && sleeps.made[**number] <= now
        };
        sleeps
            .live
            .iter()
            .filter(is_due)
            .map(|(number, _)| *number)
            .collect()
    }

    /// The sleeps that have been polled and not been fired.
    pub(crate) fn asleep(&self) -> Vec<Number> {
        let sleeps = self.sleeps();
        let waits = |(_, state): &(&Number, &State)| !state.over && state.waker.is_some();
        sleeps
            .live
            .iter()
            .filter(waits)
            .map(|(number, _)| *number)
            .collect()
    }

    /// Fires a sleep that is due, and wakes its task; gives the waker, so that it can be woken
    /// again.
    pub(crate) fn fire(&self, number: Number) -> Option<Waker> {
        let mut sleeps = self.sleeps();
        let due = sleeps.made[number] <= self.start + sleeps.now;
        let state = sleeps.live.get_mut(&number)?;
        assert!(due, "the test fires a sleep before its time");
        state.over = true;
        let waker = state.waker.take();
        drop(sleeps);
        waker.inspect(Waker::wake_by_ref)
    }

    /// Wakes the task of a sleep that has not been fired.
    pub(crate) fn wake_for_nothing(&self, number: Number) {
        let waker = self
            .sleeps()
            .live
            .get(&number)
            .and_then(|state| state.waker.clone());
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Makes the sleep panic when it is polled next, and wakes its task.
    pub(crate) fn doom(&self, number: Number) {
        if let Some(state) = self.sleeps().live.get_mut(&number) {
            state.panics = true;
        }
        self.wake_for_nothing(number);
    }

    /// Moves the clock to the next deadline of a polled sleep; whether there is one.
    pub(crate) fn advance_to_next(&self) -> bool {
        let mut sleeps = self.sleeps();
        let waiting = sleeps.live.iter();
        let waiting = waiting.filter(|(_, state)| !state.over && state.waker.is_some());
        let Some(next) = waiting.map(|(number, _)| sleeps.made[*number]).min() else {
            return false;
        };
        sleeps.now = sleeps.now.max(next.saturating_duration_since(self.start));
        true
    }
}
