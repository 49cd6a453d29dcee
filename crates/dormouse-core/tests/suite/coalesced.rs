//! Coalesced sleeps, whatever the runtime does with the one timer under them.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

use dormouse_core::{Coalesced, CoalescedSleep, Sleeper};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::stage::{Move, Prompter, Stage, moves, pick};

/// Who was woken, in this order: the number, and the poll that left the waker.
type Calls = Arc<Mutex<VecDeque<(usize, usize)>>>;

struct Call {
    calls: Calls,
    number: usize,
    poll: usize,
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.calls
            .lock()
            .unwrap()
            .push_back((self.number, self.poll));
    }
}

/// Sleeps on one timer, each in a task of its own.
pub(crate) struct Dormitory {
    stage: Stage,
    sleeper: Option<Coalesced<Stage>>,
    sleeps: Vec<Option<(CoalescedSleep<Stage>, Instant)>>,
    polls: Vec<usize>,
    calls: Calls,
    /// Those that have ended: when they were to, in the order in which they did.
    pub(crate) ended: Vec<Instant>,
    pub(crate) cancelled: Vec<usize>,
    latest: Duration,
}

impl Dormitory {
    pub(crate) fn new(stage: &Stage, slack: Duration) -> Self {
        Self {
            stage: stage.clone(),
            sleeper: Some(Coalesced::with_slack(stage.clone(), slack)),
            sleeps: Vec::new(),
            polls: Vec::new(),
            calls: Calls::default(),
            ended: Vec::new(),
            cancelled: Vec::new(),
            latest: Duration::ZERO,
        }
    }

    pub(crate) fn enter(&mut self, after: Duration) -> usize {
        let sleeper = self.sleeper.as_ref().expect("it is there");
        let deadline = self.stage.start() + after;
        self.sleeps
            .push(Some((sleeper.sleep_until(deadline), deadline)));
        self.polls.push(0);
        self.sleeps.len() - 1
    }

    pub(crate) fn poll(&mut self, number: usize) {
        let Some((sleep, deadline)) = &mut self.sleeps[number] else {
            return;
        };
        self.polls[number] += 1;
        let calls = Arc::clone(&self.calls);
        let waker = Waker::from(Arc::new(Call {
            calls,
            number,
            poll: self.polls[number],
        }));
        if Pin::new(sleep)
            .poll(&mut Context::from_waker(&waker))
            .is_ready()
        {
            let late = self.stage.now().checked_duration_since(*deadline);
            self.latest = self.latest.max(late.expect("a sleep ended early"));
            self.ended.push(*deadline);
            self.sleeps[number] = None;
        }
        assert!(self.stage.live_sleeps() <= 1, "more than one timer");
    }

    /// Polls those that were woken, in that order; a waker that was replaced wakes nobody.
    pub(crate) fn poll_woken(&mut self) {
        loop {
            let call = self.calls.lock().unwrap().pop_front();
            match call {
                Some((number, poll)) if poll == self.polls[number] => self.poll(number),
                Some(_) => {}
                None => return,
            }
        }
    }

    /// Drops a sleep; whether there was one left.
    pub(crate) fn cancel(&mut self, number: usize) -> bool {
        let before = (self.stage.made_so_far(), self.stage.polls());
        let slept = self.sleeps[number].take().is_some();
        let after = (self.stage.made_so_far(), self.stage.polls());
        assert_eq!(before, after, "a drop touched the timer");
        if slept {
            self.cancelled.push(number);
        }
        slept
    }

    pub(crate) fn sleeping(&self) -> Vec<usize> {
        (0..self.sleeps.len())
            .filter(|&number| self.sleeps[number].is_some())
            .collect()
    }

    fn fire(&self, number: usize) {
        let before = (self.stage.made_so_far(), self.stage.polls());
        self.stage.fire(number);
        let after = (self.stage.made_so_far(), self.stage.polls());
        assert_eq!(before, after, "the bell touched the timer");
    }

    /// Plays to the end as a runtime without faults does.
    pub(crate) fn finish(&mut self) {
        self.poll_woken();
        while self.sleeps.iter().any(Option::is_some) {
            match self.stage.due().first() {
                Some(&timer) => self.fire(timer),
                None => assert!(self.stage.advance_to_next(), "nobody will ever wake them"),
            }
            self.poll_woken();
        }
    }

    /// One timer may stay armed for nobody, as long as the sleeper lives.
    pub(crate) fn check_nothing_left(mut self) {
        self.sleeps.clear();
        self.sleeper = None;
        assert_eq!(self.stage.live_sleeps(), 0);
    }
}

fn after() -> impl Strategy<Value = Duration> {
    prop_oneof![0..50_u64, 0..5_000_u64].prop_map(Duration::from_nanos)
}

fn slack() -> impl Strategy<Value = Duration> {
    prop_oneof![Just(0), 1..100_u64, Just(2_000)].prop_map(Duration::from_nanos)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn all_end_and_none_early(
        refuse_every in prop::option::of(2..10_usize),
        slack in slack(),
        sleeps in prop::collection::vec(after(), 0..200),
        moves in moves(),
        whom in prop::collection::vec((any::<Index>(), after()), 120),
        dropped in any::<bool>(),
    ) {
        let stage = refuse_every.map_or_else(Stage::new, Stage::refusing);
        let mut dormitory = Dormitory::new(&stage, slack);
        sleeps.iter().for_each(|&after| {
            let number = dormitory.enter(after);
            dormitory.poll(number);
        });
        let mut prompter = Prompter::new(&stage);
        for (step, (index, after)) in moves.iter().zip(&whom) {
            prompter.make(step);
            let who = pick(index, &dormitory.sleeping());
            match (step, who) {
                (Move::Poll, _) => dormitory.poll_woken(),
                // Spuriously, and with another waker.
                (Move::PollForNothing, Some(who)) => dormitory.poll(who),
                (Move::Run(_), Some(who)) => drop(dormitory.cancel(who)),
                (Move::RunForNothing(_), _) => {
                    let number = dormitory.enter(stage.time() + *after);
                    dormitory.poll(number);
                }
                _ => {}
            }
        }
        if !dropped {
            dormitory.finish();
        }
        dormitory.check_nothing_left();
    }

    #[test]
    fn they_end_in_the_order_of_their_deadlines(
        slack in slack(),
        sleeps in prop::collection::vec(after(), 1..300),
        cancelled in prop::collection::vec(any::<Index>(), 0..150),
        late in prop::collection::vec(1..500_u64, 0..20),
    ) {
        let stage = Stage::new();
        let mut dormitory = Dormitory::new(&stage, slack);
        for &after in &sleeps {
            let number = dormitory.enter(after);
            if !after.is_zero() {
                dormitory.poll(number);
            }
        }
        let mut cancelled = cancelled.into_iter();
        let mut late = late.into_iter();
        loop {
            // Those that are let go are polled in that order, and the runtime comes late.
            if let Some(who) = cancelled.next().and_then(|who| pick(&who, &dormitory.sleeping())) {
                dormitory.cancel(who);
            }
            dormitory.poll_woken();
            if let Some(&timer) = stage.due().first() {
                stage.advance(Duration::from_nanos(late.next().unwrap_or(0)));
                stage.wake_for_nothing(timer);
                dormitory.poll_woken();
                if let Some(&timer) = stage.due().first() {
                    dormitory.fire(timer);
                }
            } else if !stage.advance_to_next() {
                break;
            }
        }
        prop_assert!(dormitory.ended.is_sorted(), "{:?}", dormitory.ended);
        let unpolled = dormitory.sleeping();
        prop_assert!(unpolled.iter().all(|&number| sleeps[number].is_zero()));
        dormitory.check_nothing_left();
    }

    #[test]
    fn none_is_later_than_the_slack(
        slack in slack(),
        sleeps in prop::collection::vec(after(), 1..300),
    ) {
        let stage = Stage::new();
        let mut dormitory = Dormitory::new(&stage, slack);
        for after in sleeps {
            let number = dormitory.enter(after);
            dormitory.poll(number);
        }
        dormitory.finish();
        prop_assert!(dormitory.latest <= slack, "{:?} late", dormitory.latest);
    }
}
