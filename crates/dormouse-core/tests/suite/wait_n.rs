//! `wait_n` and its stream, whatever the runtime does.

use std::task::Poll;
use std::time::Duration;

use dormouse_core::wait_n_with;
use proptest::prelude::*;

use crate::mock::{Mock, Move, Root, Scheduler, moves, play};
use crate::order::Witness;

/// How many waits, their maximum delay, and the seed.
pub(crate) fn waits() -> impl Strategy<Value = (usize, Duration, u64)> {
    // A poll lets 64 end at most, and arms 512 at most.
    let n = prop_oneof![6 => 0..40_usize, 3 => 40..200_usize, 1 => 500..1_100_usize];
    let max_delay = prop_oneof![Just(0), 1..4_u64, 100..5_000_u64];
    (n, max_delay.prop_map(Duration::from_nanos), any::<u64>())
}

/// A mock that sometimes refuses polls, as a runtime with a budget does.
pub(crate) fn mock() -> impl Strategy<Value = Mock> {
    let refusing = (2..10_usize).prop_map(Mock::refusing);
    prop_oneof![3 => Just(()).prop_map(|()| Mock::new()), 1 => refusing]
}

proptest! {
    #[test]
    fn the_list_is_whole_and_in_order(
        mock in mock(),
        (n, max_delay, seed) in waits(),
        late in 0..100_u64,
        moves in moves(),
        migrates in any::<bool>(),
        dropped in any::<bool>(),
    ) {
        let witness = Witness::new(&mock);
        let mut root = Root::new(wait_n_with(&mock, n, max_delay, seed));
        root.moves = migrates;
        mock.advance(Duration::from_nanos(late));
        let list = play(&mock, &mut root, &moves, |root| {
            assert!(root.is_woken() || !mock.asleep().is_empty(), "nobody will wake it");
        });
        if dropped {
            drop(root);
            prop_assert_eq!(mock.live_sleeps(), 0);
        } else {
            let list = list.unwrap_or_else(|| root.finish(&mock));
            prop_assert_eq!(list.len(), n);
            witness.check_list(&list);
        }
    }

    #[test]
    fn the_stream_gives_each_when_its_time_has_come(
        mock in mock(),
        (n, max_delay, seed) in waits(),
        moves in moves(),
        migrates in any::<bool>(),
        dropped in any::<bool>(),
    ) {
        let mut witness = Witness::new(&mock);
        let mut root = Root::new(wait_n_with(&mock, n, max_delay, seed).into_stream());
        root.moves = migrates;
        let mut scheduler = Scheduler::new(&mock);
        for step in &moves {
            scheduler.make(step);
            let (Move::Poll | Move::PollForNothing) = step else { continue };
            match root.poll_next() {
                Poll::Ready(Some(delay)) => {
                    witness.see(delay);
                    witness.check_ended();
                }
                Poll::Ready(None) => prop_assert_eq!(witness.seen.len(), n),
                Poll::Pending => {
                    prop_assert!(root.is_woken() || !mock.asleep().is_empty());
                }
            }
            let left = n - witness.seen.len();
            let hint = futures_core::Stream::size_hint(&*root.future);
            prop_assert_eq!(hint, (left, Some(left)));
        }
        if dropped {
            drop(root);
            prop_assert_eq!(mock.live_sleeps(), 0);
        } else {
            root.wake();
            root.collect(&mock, |delay| witness.see(delay));
            witness.check_list(&witness.seen);
        }
    }
}

#[test]
fn the_list_of_a_seed_is_the_one_of_the_single_wait() {
    let mock = Mock::new();
    let one = Root::new(dormouse_core::wait_random_with(&mock, 1, 7)).finish(&mock);
    assert_eq!(Root::new(wait_n_with(&mock, 1, 1, 7)).finish(&mock), [one]);
}

#[test]
fn it_runs_all_the_waits_at_once() {
    let mock = Mock::new();
    let mut root = Root::new(wait_n_with(&mock, 2_000, 10, 1));
    while root.is_woken() {
        assert!(root.poll().is_pending());
    }
    assert_eq!(mock.asleep().len(), 2_000, "not all are armed");
    let list = root.finish(&mock);
    let last = Duration::from_nanos((list[1_999] * 1e9).round() as u64);
    assert_eq!(
        mock.time(),
        last,
        "the longest of the delays, not their sum"
    );
}

#[test]
fn a_wait_is_polled_a_few_times_in_all() {
    let mock = Mock::new();
    let mut root = Root::new(wait_n_with(&mock, 10_000, Duration::from_nanos(10_000), 1));
    while root.is_woken() {
        assert!(root.poll().is_pending());
    }
    for time in 0..100 {
        mock.advance(Duration::from_nanos(100));
        for sleep in mock.due() {
            mock.fire(sleep);
        }
        while root.is_woken() {
            assert!(root.poll().is_pending() || time == 99);
        }
    }
    assert!(mock.polls() < 40_000, "{} polls", mock.polls());
}
