//! Intervals by the wall clock, held against a model that sees the clock all the time.

use std::time::{Duration, SystemTime};

use dormouse_core::{BlockOn, system_interval, timeout};
use dormouse_virtual::Virtual;
use proptest::prelude::*;

use crate::{beginning, set_at};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// However the clock is set, the ticks are those of a model that sees the clock all the time,
    /// at most 10 s late; one that comes within 10 s before the next may be left out.
    #[test]
    fn the_ticks_are_those_of_a_model(
        start in -500..500_i64,
        period in 20..100_i64,
        sets in prop::collection::vec((11..300_i64, -300..300_i64), 0..8),
    ) {
        let runtime = Virtual::new();
        let mut at = 0;
        let sets: Vec<_> = sets.iter().map(|&(after, by)| { at += after; (at, by) }).collect();
        let steps: Vec<_> = sets.iter().map(|&(at, by)| (Duration::from_secs(at as u64), by)).collect();
        set_at(&runtime, &steps);
        let end = at + 1_500;
        let model = modelled(start, period, &sets, end);

        let since = |time: SystemTime| match time.duration_since(beginning()) {
            Ok(since) => since.as_secs() as i64,
            Err(before) => -(before.duration().as_secs() as i64),
        };
        let start = beginning() + Duration::from_secs(500) + Duration::from_secs((start + 500) as u64)
            - Duration::from_secs(1_000);
        let mut ticks = system_interval(&runtime, start, Duration::from_secs(period as u64));
        let mut given = Vec::new();
        runtime.block_on(async {
            let all = async {
                loop {
                    let due = ticks.tick().await;
                    assert!(due <= runtime.system_time(), "it is early");
                    given.push((runtime.elapsed().as_secs() as i64, since(due)));
                }
            };
            let limit = Duration::from_secs(end as u64);
            let _: Result<(), _> = timeout(&runtime, limit, all).await;
        });

        for &(at, due) in &given {
            let same = |it: &Modelled| it.due == due && (it.at..=it.at + 10).contains(&at);
            prop_assert!(model.iter().any(same), "{due} at {at} is not in {model:?}, but of {given:?}");
        }
        for (number, it) in model.iter().enumerate() {
            let came = given.iter().any(|&(at, due)| it.due == due && (it.at..=it.at + 10).contains(&at));
            let passed_over = model.get(number + 1).is_some_and(|next| next.at <= it.at + 10);
            let may_fail = it.may_fail || passed_over || it.at + 10 >= end;
            prop_assert!(came || may_fail, "{it:?} did not come: {given:?}");
        }
        for pair in given.windows(2) {
            let back: i64 = sets.iter().filter(|(at, _)| (pair[0].0..=pair[1].0).contains(at))
                .map(|(_, by)| (-by).max(0)).sum();
            prop_assert!(pair[1].1 > pair[0].1 || back > period, "twice: {pair:?}");
        }
    }
}

/// A tick of the model: when it comes, and when it was due by the clock.
#[derive(Clone, Copy, Debug)]
struct Modelled {
    at: i64,
    due: i64,
    /// The clock never showed this time, but an observer that last read it 10 s before can't know.
    may_fail: bool,
}

/// What an interval does that sees the clock all the time; all in whole seconds.
fn modelled(start: i64, period: i64, sets: &[(i64, i64)], end: i64) -> Vec<Modelled> {
    let from = |time: i64| start + (time - start + period - 1).div_euclid(period) * period;
    let mut ticks = Vec::new();
    let mut by = 0;
    let (mut begun, mut next) = (start <= 0, if start <= 0 { from(0) } else { start });
    // By how much the clock is ahead of the steady one, at most, since the last tick or new start.
    let mut ahead = 0;
    for at in 0..=end {
        by += sets.iter().find(|set| set.0 == at).map_or(0, |set| set.1);
        let shown = at + by;
        if begun && ahead - by > period {
            (next, ahead) = (from(shown), by);
            // A tick just before what the clock was set to may be given, too.
            let before = next - period;
            if shown - before <= 10 {
                let may_fail = true;
                ticks.push(Modelled {
                    at,
                    due: before,
                    may_fail,
                });
            }
        }
        ahead = ahead.max(by);
        if shown >= next {
            let due = next + (shown - next).div_euclid(period) * period;
            ticks.push(Modelled {
                at,
                due,
                may_fail: false,
            });
            (next, begun, ahead) = (due + period, true, by);
        }
    }
    ticks
}
