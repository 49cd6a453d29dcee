//! The queue of the coalesced sleeps against an ordered map of the standard library.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;

use proptest::prelude::*;

use super::*;

/// Tells by a wake-up whose waker it was.
#[derive(Debug, Default)]
struct Sleeper(AtomicUsize);

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Sleeper {
    fn woken(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// What is done to the queue.
#[derive(Clone, Debug)]
enum Step {
    /// So many deadlines enter, from this one on, this far apart.
    Push {
        deadline: u64,
        apart: u64,
        times: usize,
    },
    /// One of those that wait is dropped.
    Cancel(prop::sample::Index),
    /// So many in a hundred of those that wait are dropped.
    CancelMany(u8),
    /// All that are due by now are let go.
    Pop(u64),
    /// The next so many deadlines are let go, each by its own time.
    PopSome(usize),
    /// The first one is woken before its time.
    WakeFirst,
    /// One that was let go is told.
    Leave(prop::sample::Index),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let time = prop_oneof![0..100_u64, 0..100_000_u64, Just(u64::MAX)];
    let few = (time.clone(), 0..5_u64).prop_map(|(deadline, apart)| (deadline, apart, 1));
    let many = (
        0..100_000_u64,
        prop_oneof![Just(0), Just(7), 1..1_000_u64],
        2..400_usize,
    );
    let push = prop_oneof![few, many].prop_map(|(deadline, apart, times)| Step::Push {
        deadline,
        apart,
        times,
    });
    let step = prop_oneof![
        6 => push,
        4 => any::<prop::sample::Index>().prop_map(Step::Cancel),
        1 => (0..=100_u8).prop_map(Step::CancelMany),
        2 => time.prop_map(Step::Pop),
        4 => (1..100_usize).prop_map(Step::PopSome),
        1 => Just(Step::WakeFirst),
        3 => any::<prop::sample::Index>().prop_map(Step::Leave),
    ];
    prop::collection::vec(step, 1..60)
}

#[derive(Default)]
struct Pair {
    queue: Option<Queue>,
    /// Those that wait, by their deadlines and then their seats.
    model: BTreeMap<(u64, SeatNumber), Arc<Sleeper>>,
    /// Those that were let go and not told yet.
    due: Vec<SeatNumber>,
    /// The most seats that were needed at once.
    most: usize,
}

impl Pair {
    fn queue(&mut self) -> &mut Queue {
        self.queue.get_or_insert_with(Queue::new)
    }

    fn push(&mut self, deadline: u64) {
        let sleeper = Arc::new(Sleeper::default());
        let waker = Waker::from(Arc::clone(&sleeper));
        self.most = self.most.max(self.queue().len() + self.due.len() + 1);
        let seat = self.queue().push(deadline, waker);
        assert!(
            self.queue().seats.len() <= self.most,
            "a seat is not given back"
        );
        let taken = self.model.keys().any(|key| key.1 == seat) || self.due.contains(&seat);
        assert!(!taken, "seat {seat} is given away twice");
        self.model.insert((deadline, seat), sleeper);
    }

    fn cancel(&mut self, key: (u64, SeatNumber)) {
        let sleeper = self.model.remove(&key).expect("it waits");
        let waker = self.queue().leave(key.1).expect("its deadline is queued");
        waker.wake();
        assert_eq!(sleeper.woken(), 1, "somebody else's waker");
        // Those that are cancelled do not outnumber those that wait, but for a few.
        let (queued, waiting) = (self.queue().len(), self.model.len());
        assert!(
            queued <= waiting + FEW.max(queued / 2),
            "{queued} for {waiting}"
        );
    }

    fn pop(&mut self, until: u64) -> bool {
        let expected = self
            .model
            .first_key_value()
            .is_some_and(|(key, _)| key.0 <= until);
        let popped = self.queue().pop(until);
        assert_eq!(popped.is_some(), expected);
        if let Some(waker) = popped {
            let ((_, seat), sleeper) = self.model.pop_first().expect("somebody is due");
            let before = sleeper.woken();
            waker.wake();
            // Who has been woken ahead of time has another waker by then, or none.
            assert!(
                sleeper.woken() == before + 1 || before > 0,
                "somebody else's waker"
            );
            self.due.push(seat);
        }
        expected
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Push {
                deadline,
                apart,
                times,
            } => {
                for number in 0..times as u64 {
                    self.push(deadline.saturating_add(number * apart));
                }
            }
            Step::Cancel(index) => {
                if !self.model.is_empty() {
                    let at = index.index(self.model.len());
                    let key = *self.model.keys().nth(at).expect("it is in range");
                    self.queue().waker(key.1).expect("it waits");
                    if self.model[&key].woken() == 0 {
                        self.cancel(key);
                    }
                }
            }
            Step::CancelMany(percent) => {
                let waiting: Vec<_> = self
                    .model
                    .iter()
                    .map(|(key, who)| (*key, who.woken()))
                    .collect();
                for (number, (key, woken)) in waiting.into_iter().enumerate() {
                    if number * 37 % 100 < usize::from(percent) && woken == 0 {
                        self.cancel(key);
                    }
                }
            }
            Step::Pop(until) => while self.pop(until) {},
            Step::PopSome(times) => {
                for _ in 0..times {
                    let Some(&(deadline, _)) = self.model.keys().next() else {
                        break;
                    };
                    if let Some(before) = deadline.checked_sub(1) {
                        assert!(!self.pop(before), "let go before its deadline");
                    }
                    assert!(self.pop(deadline));
                }
            }
            Step::WakeFirst => {
                let first = self.model.values().next().cloned();
                let waker = self.queue().wake_first();
                assert_eq!(waker.is_some(), first.is_some());
                if let (Some(waker), Some(first)) = (waker, first) {
                    let before = first.woken();
                    waker.wake();
                    assert!(
                        first.woken() == before + 1 || before > 0,
                        "somebody else's waker"
                    );
                }
            }
            Step::Leave(index) => {
                if !self.due.is_empty() {
                    let seat = self.due.swap_remove(index.index(self.due.len()));
                    let queue = self.queue();
                    assert!(queue.waker(seat).is_none());
                    assert!(queue.leave(seat).is_none());
                }
            }
        }
    }

    fn check(&mut self) {
        let first = self.model.keys().next().map(|key| key.0);
        assert_eq!(self.queue().first(), first);
        let queued = self.queue().len();
        let waiting = self.model.len();
        assert!(queued >= waiting);
        let seats = self.queue().seats.len();
        assert!(seats >= waiting + self.due.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn goes_as_a_map_does(steps in steps()) {
        let mut pair = Pair::default();
        for step in &steps {
            pair.step(step);
            pair.check();
        }
        while pair.pop(u64::MAX) {}
        pair.check();
        assert_eq!(pair.queue().len(), 0);
    }
}

#[test]
fn a_queue_that_goes_round_takes_no_more_memory() {
    let mut pair = Pair::default();
    for round in 0..1_000 {
        for number in 0..10 {
            pair.push(round * 10 + number);
        }
        let middle = *pair.model.keys().nth(5).unwrap();
        pair.cancel(middle);
        while pair.pop(round * 10 + 9) {}
        for seat in std::mem::take(&mut pair.due) {
            assert!(pair.queue().leave(seat).is_none());
        }
    }
    assert!(pair.queue().seats.len() <= 10);
    assert_eq!(pair.queue().len(), 0);
}
