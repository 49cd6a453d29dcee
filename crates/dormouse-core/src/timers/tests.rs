//! The timers against an ordered set of the standard library.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::task::Wake;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

mod threads;

/// The numbers of the sleeps that have been woken, in this order.
type Calls = Arc<Mutex<Vec<usize>>>;

struct Call(Calls, usize);

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.0.lock().unwrap().push(self.1);
    }
}

fn waker(calls: &Calls, number: usize) -> Waker {
    Waker::from(Arc::new(Call(Arc::clone(calls), number)))
}

/// An operation on the timers.
#[derive(Clone, Debug)]
enum Step {
    /// A shard, the time from now to the first deadline, the time between two, and how many to
    /// enter.
    Enter(usize, u64, u64, usize),
    /// A pending sleep gets another deadline.
    Move(Index, u64),
    /// A pending sleep is cancelled.
    Leave(Index),
    /// This percentage of the pending sleeps is cancelled.
    LeaveMany(u8),
    /// A pending sleep gets another waker.
    Renew(Index),
    /// This much time passes, and the sleeps that are due are woken.
    Fire(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let after = || prop_oneof![0..100_u64, 0..100_000_u64, any::<u64>()];
    let apart = prop_oneof![Just(0), Just(7), 1..1_000_u64];
    let times = prop_oneof![3 => Just(1), 1 => 2..900_usize];
    let step = prop_oneof![
        6 => (0..16_usize, after(), apart, times)
            .prop_map(|(shard, after, apart, times)| Step::Enter(shard, after, apart, times)),
        3 => (any::<Index>(), after()).prop_map(|(index, after)| Step::Move(index, after)),
        3 => any::<Index>().prop_map(Step::Leave),
        1 => (0..=100_u8).prop_map(Step::LeaveMany),
        1 => any::<Index>().prop_map(Step::Renew),
        4 => prop_oneof![0..100_u64, 0..100_000_u64].prop_map(Step::Fire),
    ];
    prop::collection::vec(step, 1..80)
}

/// A pending sleep.
struct Waiting {
    place: Place,
    deadline: u64,
}

struct Pair {
    timers: Timers,
    calls: Calls,
    now: u64,
    made: usize,
    waiting: BTreeMap<usize, Waiting>,
    model: BTreeSet<(u64, usize)>,
}

impl Pair {
    fn new() -> Self {
        Self {
            timers: Timers::new(1_000),
            calls: Calls::default(),
            now: 1_000,
            made: 0,
            waiting: BTreeMap::new(),
            model: BTreeSet::new(),
        }
    }

    fn enter(&mut self, shard: usize, deadline: u64) {
        let number = self.made;
        self.made += 1;
        let waker = waker(&self.calls, number);
        let place = self.timers.enter(shard, deadline, waker);
        let waiting = Waiting { place, deadline };
        self.waiting.insert(number, waiting);
        self.model.insert((deadline, number));
    }

    fn pick(&self, index: &Index) -> Option<usize> {
        let len = self.waiting.len();
        (len > 0).then(|| *self.waiting.keys().nth(index.index(len)).unwrap())
    }

    fn leave(&mut self, number: usize) {
        let Waiting { place, deadline } = self.waiting.remove(&number).unwrap();
        assert!(self.model.remove(&(deadline, number)));
        self.timers.leave(place).expect("it waits").wake();
        assert_eq!(
            self.calls.lock().unwrap().pop(),
            Some(number),
            "another's waker"
        );
    }

    fn fire(&mut self) {
        let woken = self.timers.fire(self.now);
        let calls = std::mem::take(&mut *self.calls.lock().unwrap());
        assert_eq!(calls.len() as u64, woken);
        let mut last = 0;
        for number in calls {
            let waiting = self.waiting.remove(&number).expect("it waited");
            assert!(waiting.deadline <= self.now, "woken early");
            assert!(last <= waiting.deadline, "out of order");
            last = waiting.deadline;
            assert!(self.model.remove(&(waiting.deadline, number)));
            let timers = &self.timers;
            let state = timers.set_waker(&waiting.place, Waker::noop());
            assert_eq!(state, State::Woken);
            assert!(timers.leave(waiting.place).is_none());
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Enter(shard, after, apart, times) => {
                for number in 0..*times as u64 {
                    let after = after.saturating_add(number * apart);
                    self.enter(*shard, self.now.saturating_add(after).min(NEVER - 1));
                }
            }
            Step::Move(index, after) => {
                let Some(number) = self.pick(index) else {
                    return;
                };
                let waiting = self.waiting.get_mut(&number).unwrap();
                assert!(self.model.remove(&(waiting.deadline, number)));
                waiting.deadline = self.now.saturating_add(*after).min(NEVER - 1);
                self.model.insert((waiting.deadline, number));
                let moved = self.timers.enter_again(&waiting.place, waiting.deadline);
                assert!(moved, "it waits");
            }
            Step::Leave(index) => {
                if let Some(number) = self.pick(index) {
                    self.leave(number);
                }
            }
            Step::LeaveMany(percent) => {
                let leaving = |number: &usize| number * 37 % 100 < usize::from(*percent);
                let numbers: Vec<_> = self.waiting.keys().copied().filter(leaving).collect();
                numbers.into_iter().for_each(|number| self.leave(number));
            }
            Step::Renew(index) => {
                if let Some(number) = self.pick(index) {
                    let place = &self.waiting[&number].place;
                    let waker = waker(&self.calls, number);
                    let state = self.timers.set_waker(place, &waker);
                    assert_eq!(state, State::Waiting);
                }
            }
            Step::Fire(after) => {
                self.now += after;
                self.fire();
            }
        }
    }

    /// `next` is not after the true first deadline, and the stale entries are not too many.
    fn check(&self) {
        let first = self.model.first().map_or(NEVER, |entry| entry.0);
        assert!(self.timers.next() <= first);
        for shard in &*self.timers.shards {
            shard.0.lock().unwrap().check();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn go_as_an_ordered_set_does(steps in steps()) {
        let mut pair = Pair::new();
        for step in &steps {
            pair.step(step);
            pair.check();
        }
        // The first deadline may be stale, but not twice.
        while !pair.model.is_empty() {
            pair.now = pair.now.max(pair.timers.next());
            pair.fire();
        }
        pair.now = NEVER - 1;
        pair.fire();
        prop_assert_eq!(pair.timers.next(), NEVER);
    }
}

#[test]
fn a_waker_that_comes_several_times_in_a_row_is_woken_once() {
    let (timers, calls) = (Timers::new(0), Calls::default());
    let (one, two) = (waker(&calls, 1), waker(&calls, 2));
    for (deadline, waker) in [(1, &one), (2, &one), (3, &two), (4, &two), (5, &one)] {
        timers.enter(deadline % 2, deadline as u64, waker.clone());
    }
    assert_eq!(timers.fire(5), 5);
    assert_eq!(*calls.lock().unwrap(), [1, 2, 1]);
}
