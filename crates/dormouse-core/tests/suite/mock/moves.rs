//! Steps of a test on a mock, in any order.

use std::future::Future;
use std::task::{Poll, Waker};
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::mock::{Mock, Root};

/// A step of a test: something that happens, or that a runtime does.
#[derive(Clone, Debug)]
pub(crate) enum Move {
    /// This many nanoseconds pass, and no sleep is fired.
    Advance(u64),
    /// One of the due sleeps is fired: in any order, and at any time after its deadline.
    Fire(Index),
    /// All due sleeps are fired, the last ones first.
    FireAllBackwards,
    /// A task is woken though its sleep has not been fired.
    WakeForNothing(Index),
    /// Wakers that were woken are woken again.
    WakeAgain,
    /// A woken task runs.
    Run(Index),
    /// A task runs, woken or not.
    RunForNothing(Index),
    /// The future under test is polled if it is woken.
    Poll,
    /// The future under test is polled, woken or not.
    PollForNothing,
}

pub(crate) fn moves() -> impl Strategy<Value = Vec<Move>> {
    let index = any::<Index>;
    let one = prop_oneof![
        3 => (1..300_u64).prop_map(Move::Advance),
        6 => index().prop_map(Move::Fire),
        1 => Just(Move::FireAllBackwards),
        2 => index().prop_map(Move::WakeForNothing),
        1 => Just(Move::WakeAgain),
        8 => index().prop_map(Move::Run),
        1 => index().prop_map(Move::RunForNothing),
        6 => Just(Move::Poll),
        2 => Just(Move::PollForNothing),
    ];
    prop::collection::vec(one, 0..120)
}

/// Makes the moves that concern the mock.
pub(crate) struct Scheduler {
    mock: Mock,
    woken: Vec<Waker>,
}

impl Scheduler {
    pub(crate) fn new(mock: &Mock) -> Self {
        Self {
            mock: mock.clone(),
            woken: Vec::new(),
        }
    }

    /// Makes a move, except those of the future under test, which the caller makes.
    pub(crate) fn make(&mut self, step: &Move) {
        let mock = &self.mock;
        match step {
            Move::Advance(nanos) => mock.advance(Duration::from_nanos(*nanos)),
            Move::Fire(index) => {
                if let Some(sleep) = pick(index, &mock.due()) {
                    self.woken.extend(mock.fire(sleep));
                }
            }
            Move::FireAllBackwards => {
                for sleep in mock.due().into_iter().rev() {
                    self.woken.extend(mock.fire(sleep));
                }
            }
            Move::WakeForNothing(index) => {
                if let Some(sleep) = pick(index, &mock.asleep()) {
                    mock.wake_for_nothing(sleep);
                }
            }
            Move::WakeAgain => self.woken.drain(..).for_each(Waker::wake),
            Move::Run(index) => {
                if let Some(task) = pick(index, &mock.woken_tasks()) {
                    mock.run(task);
                }
            }
            Move::RunForNothing(index) => {
                if let Some(task) = pick(index, &mock.tasks()) {
                    mock.run(task);
                }
            }
            Move::Poll | Move::PollForNothing => {}
        }
    }
}

/// Makes the moves until the future is ready, or all of them; calls `pending` after each poll that
/// is pending.
pub(crate) fn play<F: Future>(
    mock: &Mock,
    root: &mut Root<F>,
    moves: &[Move],
    pending: impl Fn(&Root<F>),
) -> Option<F::Output> {
    let mut scheduler = Scheduler::new(mock);
    for step in moves {
        scheduler.make(step);
        let poll = match step {
            Move::Poll => root.poll_if_woken(),
            Move::PollForNothing => root.poll(),
            _ => continue,
        };
        if let Poll::Ready(output) = poll {
            return Some(output);
        }
        pending(root);
    }
    None
}

pub(crate) fn pick(index: &Index, among: &[usize]) -> Option<usize> {
    (!among.is_empty()).then(|| *index.get(among))
}
