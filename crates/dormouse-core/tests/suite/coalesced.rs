//! Coalesced sleeps, whatever the runtime does with their one timer.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::dormitory::Dormitory;
use crate::stage::{Move, Prompter, Stage, moves, pick};

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
                // A spurious poll, with another waker.
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
            // Woken sleeps are polled in the order of their wake-ups, and the runtime fires the
            // timer late.
            if let Some(who) = cancelled.next().and_then(|who| pick(&who, &dormitory.sleeping())) {
                dormitory.cancel(who);
            }
            dormitory.run();
            if let Some(&timer) = stage.due().first() {
                stage.advance(Duration::from_nanos(late.next().unwrap_or(0)));
                stage.wake_for_nothing(timer);
                dormitory.run();
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
