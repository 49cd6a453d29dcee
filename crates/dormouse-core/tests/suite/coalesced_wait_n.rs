//! `Coalesced::wait_n`, and the other functions over a coalesced sleeper.

use std::task::Poll;
use std::time::Duration;

use dormouse_core::{Coalesced, CoalescedWaitN, task_wait_n_with, wait_n_with};
use proptest::prelude::*;

use crate::dormitory::Dormitory;
use crate::order::Witness;
use crate::stage::{Move, Prompter, Root, Stage, moves};
use crate::wait_n::{stage, waits};

/// The list that the seed gives with a sleep for every wait.
fn list(n: usize, max_delay: Duration, seed: u64) -> Vec<f64> {
    let stage = Stage::new();
    Root::new(wait_n_with(&stage, n, max_delay, seed)).finish(&stage)
}

/// Checks the delays that have been released since the last call.
fn look(root: &Root<CoalescedWaitN<Stage>>, witness: &mut Witness) {
    for delay in root.future.released(witness.seen.len()) {
        witness.see(delay);
    }
}

proptest! {
    #[test]
    fn the_list_is_whole_and_in_order(
        stage in stage(),
        slack in prop_oneof![Just(0), 1..1_000_u64].prop_map(Duration::from_nanos),
        (n, max_delay, seed) in waits(),
        moves in moves(),
        migrates in any::<bool>(),
        dropped in any::<bool>(),
    ) {
        let sleeper = Coalesced::with_slack(stage.clone(), slack);
        let mut witness = Witness::new(&stage);
        let mut root = Root::new(sleeper.wait_n_with(n, max_delay, seed));
        root.moves = migrates;
        let mut prompter = Prompter::new(&stage);
        let mut result = None;
        for step in &moves {
            prompter.make(step);
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
            prop_assert!(stage.live_sleeps() <= 1);
            prop_assert!(root.is_woken() || !stage.asleep().is_empty(), "nobody will wake it");
        }
        if !dropped {
            let result = result.unwrap_or_else(|| root.finish(&stage));
            let expected = list(n, max_delay, seed);
            prop_assert_eq!(&result[..witness.seen.len()], &witness.seen);
            prop_assert_eq!(result, expected.clone());
            let last = expected.last().copied().unwrap_or(0.0);
            prop_assert!(stage.time().as_secs_f64() >= last, "it ended before the last delay");
        }
        drop(root);
        prop_assert_eq!(stage.live_sleeps(), 0);
    }

    #[test]
    fn the_others_give_the_same_list((n, max_delay, seed) in waits(), slack in 0..1_000_u64) {
        let expected = list(n, max_delay, seed);
        let stage = Stage::new();
        let sleeper = Coalesced::with_slack(stage.clone(), Duration::from_nanos(slack));
        let joined = Root::new(wait_n_with(&sleeper, n, max_delay, seed)).finish(&stage);
        prop_assert_eq!(&joined, &expected);
        let tasks = Root::new(task_wait_n_with(&sleeper, n, max_delay, seed)).finish(&stage);
        prop_assert_eq!(&tasks, &expected);
        drop(sleeper);
        stage.run_all();
        prop_assert_eq!((stage.live_tasks(), stage.live_sleeps()), (0, 0));
    }
}

#[test]
fn those_due_at_once_are_let_go_in_several_polls() {
    let stage = Stage::new();
    let sleeper = Coalesced::new(stage.clone());
    let mut root = Root::new(sleeper.wait_n_with(100_000, Duration::from_micros(100), 1));
    assert!(root.poll().is_pending());
    stage.advance(Duration::from_micros(100));
    let timer = stage.due()[0];
    stage.fire(timer);
    let mut polls = 0;
    while root.poll_if_woken().is_pending() {
        assert!(root.is_woken(), "it waits for nothing");
        polls += 1;
    }
    assert!(polls > 1, "other tasks have to run in between");
    assert_eq!(stage.time(), Duration::from_micros(100));
}

#[test]
fn a_million_sleeps_half_of_them_cancelled_end_in_order() {
    const SLEEPS: usize = 1_000_000;
    let stage = Stage::new();
    let mut dormitory = Dormitory::new(&stage, Duration::from_millis(4));
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
        expected.push(Some(stage.start() + after));
        let number = dormitory.enter(after);
        dormitory.poll(number);
    }
    stage.run_all();
    let mut cancelled = 0;
    // Half of the sleeps are cancelled: two in three of those before the first one ends, the others
    // later.
    while cancelled < SLEEPS / 3 {
        cancelled += usize::from(dormitory.cancel(random() as usize % SLEEPS));
    }
    while stage.advance_to_next() {
        for timer in stage.due() {
            stage.fire(timer);
        }
        for _ in 0..1_200 {
            if cancelled < SLEEPS / 2 {
                cancelled += usize::from(dormitory.cancel(random() as usize % SLEEPS));
            }
        }
        dormitory.run();
    }
    assert_eq!(cancelled, SLEEPS / 2);
    assert!(dormitory.sleeping().is_empty());
    assert!(dormitory.ended.is_sorted());
    dormitory
        .cancelled
        .iter()
        .for_each(|&number| expected[number] = None);
    let mut expected: Vec<_> = expected.into_iter().flatten().collect();
    expected.sort_unstable();
    assert_eq!(expected.len(), SLEEPS / 2);
    assert!(dormitory.ended == expected);
    dormitory.check_nothing_left();
}
