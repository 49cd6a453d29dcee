//! `Coalesced::wait_n`, and the other functions over a coalesced sleeper.

use std::task::Poll;
use std::time::Duration;

use dormouse_core::{Coalesced, CoalescedWaitN, task_wait_n_with, wait_n_with};
use proptest::prelude::*;

use crate::coalesced_model::CoalescedModel;
use crate::mock::{Mock, Move, Root, Scheduler, moves};
use crate::order::Witness;
use crate::wait_n::{mock, waits};

/// The list that the seed gives with a sleep for every wait.
fn list(n: usize, max_delay: Duration, seed: u64) -> Vec<f64> {
    let mock = Mock::new();
    Root::new(wait_n_with(&mock, n, max_delay, seed)).finish(&mock)
}

/// Checks the delays that have been released since the last call.
fn look(root: &Root<CoalescedWaitN<Mock>>, witness: &mut Witness) {
    for delay in root.future.released(witness.seen.len()) {
        witness.see(delay);
    }
}

proptest! {
    #[test]
    fn the_list_is_whole_and_in_order(
        mock in mock(),
        slack in prop_oneof![Just(0), 1..1_000_u64].prop_map(Duration::from_nanos),
        (n, max_delay, seed) in waits(),
        moves in moves(),
        migrates in any::<bool>(),
        dropped in any::<bool>(),
    ) {
        let sleeper = Coalesced::with_slack(mock.clone(), slack);
        let mut witness = Witness::new(&mock);
        let mut root = Root::new(sleeper.wait_n_with(n, max_delay, seed));
        root.moves = migrates;
        let mut scheduler = Scheduler::new(&mock);
        let mut result = None;
        for step in &moves {
            scheduler.make(step);
            let poll = match step {
                Move::Poll => root.poll_if_woken(),
                Move::PollForNothing => root.poll(),
                _ => continue,
            };
            if let Poll::Ready(delays) = poll {
                result = Some(delays);
                break;
            }
            look(&root, &mut witness);
            prop_assert!(mock.live_sleeps() <= 1);
            prop_assert!(root.is_woken() || !mock.asleep().is_empty(), "nobody will wake it");
        }
        if !dropped {
            let result = result.unwrap_or_else(|| root.finish(&mock));
            let expected = list(n, max_delay, seed);
            prop_assert_eq!(&result[..witness.seen.len()], &witness.seen);
            prop_assert_eq!(result, expected.clone());
            let last = expected.last().copied().unwrap_or(0.0);
            prop_assert!(mock.time().as_secs_f64() >= last, "it ended before the last delay");
        }
        drop(root);
        prop_assert_eq!(mock.live_sleeps(), 0);
    }

    #[test]
    fn the_others_give_the_same_list((n, max_delay, seed) in waits(), slack in 0..1_000_u64) {
        let expected = list(n, max_delay, seed);
        let mock = Mock::new();
        let sleeper = Coalesced::with_slack(mock.clone(), Duration::from_nanos(slack));
        let joined = Root::new(wait_n_with(&sleeper, n, max_delay, seed)).finish(&mock);
        prop_assert_eq!(&joined, &expected);
        let tasks = Root::new(task_wait_n_with(&sleeper, n, max_delay, seed)).finish(&mock);
        prop_assert_eq!(&tasks, &expected);
        drop(sleeper);
        mock.run_all();
        prop_assert_eq!((mock.live_tasks(), mock.live_sleeps()), (0, 0));
    }
}

#[test]
fn those_due_at_once_are_let_go_in_several_polls() {
    let mock = Mock::new();
    let sleeper = Coalesced::new(mock.clone());
    let mut root = Root::new(sleeper.wait_n_with(100_000, Duration::from_micros(100), 1));
    assert!(root.poll().is_pending());
    mock.advance(Duration::from_micros(100));
    let timer = mock.due()[0];
    mock.fire(timer);
    let mut polls = 0;
    while root.poll_if_woken().is_pending() {
        assert!(root.is_woken(), "it waits for nothing");
        polls += 1;
    }
    assert!(polls > 1, "other tasks have to run in between");
    assert_eq!(mock.time(), Duration::from_micros(100));
}

#[test]
fn a_million_sleeps_half_of_them_cancelled_end_in_order() {
    const SLEEPS: usize = 1_000_000;
    let mock = Mock::new();
    let mut model = CoalescedModel::new(&mock, Duration::from_millis(4));
    let mut random = 1_u64;
    let mut random = move || {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        random >> 33
    };
    let mut expected = Vec::with_capacity(SLEEPS);
    for _ in 0..SLEEPS {
        let after = Duration::from_nanos(1 + random() % 10_000_000_000);
        expected.push(Some(mock.start() + after));
        let number = model.enter(after);
        model.poll(number);
    }
    mock.run_all();
    let mut cancelled = 0;
    // Half of the sleeps are cancelled: two in three of those before the first one ends, the others
    // later.
    while cancelled < SLEEPS / 3 {
        cancelled += usize::from(model.cancel(random() as usize % SLEEPS));
    }
    while mock.advance_to_next() {
        for timer in mock.due() {
            mock.fire(timer);
        }
        for _ in 0..1_200 {
            if cancelled < SLEEPS / 2 {
                cancelled += usize::from(model.cancel(random() as usize % SLEEPS));
            }
        }
        model.run();
    }
    assert_eq!(cancelled, SLEEPS / 2);
    assert!(model.sleeping().is_empty());
    assert!(model.ended.is_sorted());
    model
        .cancelled
        .iter()
        .for_each(|&number| expected[number] = None);
    let mut expected: Vec<_> = expected.into_iter().flatten().collect();
    expected.sort_unstable();
    assert_eq!(expected.len(), SLEEPS / 2);
    assert!(model.ended == expected);
    model.check_nothing_left();
}
