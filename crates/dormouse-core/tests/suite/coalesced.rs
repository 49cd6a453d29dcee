//! Coalesced sleeps, whatever the runtime does with their one timer.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::coalesced_model::CoalescedModel;
use crate::mock::{Mock, Move, Scheduler, moves, pick};

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
        let mock = refuse_every.map_or_else(Mock::new, Mock::refusing);
        let mut model = CoalescedModel::new(&mock, slack);
        sleeps.iter().for_each(|&after| {
            let number = model.enter(after);
            model.poll(number);
        });
        let mut scheduler = Scheduler::new(&mock);
        for (step, (index, after)) in moves.iter().zip(&whom) {
            scheduler.make(step);
            let who = pick(index, &model.sleeping());
            match (step, who) {
                (Move::Poll, _) => model.poll_woken(),
                // A spurious poll, with another waker.
                (Move::PollForNothing, Some(who)) => model.poll(who),
                (Move::Run(_), Some(who)) => drop(model.cancel(who)),
                (Move::RunForNothing(_), _) => {
                    let number = model.enter(mock.time() + *after);
                    model.poll(number);
                }
                _ => {}
            }
        }
        if !dropped {
            model.finish();
        }
        model.check_nothing_left();
    }

    #[test]
    fn they_end_in_the_order_of_their_deadlines(
        slack in slack(),
        sleeps in prop::collection::vec(after(), 1..300),
        cancelled in prop::collection::vec(any::<Index>(), 0..150),
        late in prop::collection::vec(1..500_u64, 0..20),
    ) {
        let mock = Mock::new();
        let mut model = CoalescedModel::new(&mock, slack);
        for &after in &sleeps {
            let number = model.enter(after);
            if !after.is_zero() {
                model.poll(number);
            }
        }
        let mut cancelled = cancelled.into_iter();
        let mut late = late.into_iter();
        loop {
            // Woken sleeps are polled in the order of their wake-ups, and the runtime fires the
            // timer late.
            if let Some(who) = cancelled.next().and_then(|who| pick(&who, &model.sleeping())) {
                model.cancel(who);
            }
            model.run();
            if let Some(&timer) = mock.due().first() {
                mock.advance(Duration::from_nanos(late.next().unwrap_or(0)));
                mock.wake_for_nothing(timer);
                model.run();
                if let Some(&timer) = mock.due().first() {
                    model.fire(timer);
                }
            } else if !mock.advance_to_next() {
                break;
            }
        }
        prop_assert!(model.ended.is_sorted(), "{:?}", model.ended);
        let unpolled = model.sleeping();
        prop_assert!(unpolled.iter().all(|&number| sleeps[number].is_zero()));
        model.check_nothing_left();
    }

    #[test]
    fn none_is_later_than_the_slack(
        slack in slack(),
        sleeps in prop::collection::vec(after(), 1..300),
    ) {
        let mock = Mock::new();
        let mut model = CoalescedModel::new(&mock, slack);
        for after in sleeps {
            let number = model.enter(after);
            model.poll(number);
        }
        model.finish();
        prop_assert!(model.latest <= slack, "{:?} late", model.latest);
    }
}
