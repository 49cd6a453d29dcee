//! Intervals by the wall clock, which is set between their ticks.

use std::time::{Duration, SystemTime};

use dormouse_core::{BlockOn, Sleeper, Spawner, SystemInterval, Task, system_interval, timeout};
use dormouse_virtual::{Virtual, VirtualHandle};
use futures::FutureExt;
use proptest::prelude::*;

use crate::{HOUR, MINUTE, SECOND, beginning, set_at};

#[test]
fn an_interval_ticks_at_full_hours() {
    let runtime = Virtual::new();
    runtime.advance(20 * MINUTE);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, HOUR);
    runtime.block_on(async {
        for hour in 1..=3 {
            assert_eq!(ticks.tick().await, beginning() + hour * HOUR);
            assert_eq!(runtime.elapsed(), hour * HOUR);
        }
    });
}

#[test]
fn an_interval_begins_at_its_start_and_not_before() {
    let runtime = Virtual::new();
    let start = beginning() + 5 * HOUR;
    let mut ticks = system_interval(&runtime, start, MINUTE);
    assert_eq!(runtime.block_on(ticks.tick()), start);
    assert_eq!(runtime.elapsed(), 5 * HOUR);
    let mut now = system_interval(&runtime, start, MINUTE);
    assert_eq!(
        runtime.block_on(now.tick()),
        start,
        "it is due at this very moment"
    );
}

#[test]
fn of_the_ticks_that_the_clock_skips_the_latest_is_given() {
    let runtime = Virtual::new();
    set_at(&runtime, &[(91 * SECOND, 8 * 3_600)]);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, MINUTE);
    runtime.block_on(async {
        assert_eq!(ticks.tick().await, beginning(), "midnight is a full minute");
        assert_eq!(ticks.tick().await, beginning() + MINUTE);
        // It reads the clock at 100 s, when that shows 8 h and 100 s.
        assert_eq!(ticks.tick().await, beginning() + 8 * HOUR + MINUTE);
        assert_eq!(runtime.elapsed(), 100 * SECOND);
        assert_eq!(ticks.tick().await, beginning() + 8 * HOUR + 2 * MINUTE);
        assert_eq!(runtime.elapsed(), 120 * SECOND);
    });
}

#[test]
fn set_back_by_less_than_a_period_no_tick_is_given_twice() {
    let runtime = Virtual::new();
    set_at(&runtime, &[(61 * SECOND, -30)]);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, MINUTE);
    runtime.block_on(async {
        for minute in 0..=2 {
            assert_eq!(ticks.tick().await, beginning() + minute * MINUTE);
        }
        assert_eq!(runtime.elapsed(), 150 * SECOND);
    });
}

#[test]
fn set_back_by_a_little_more_than_a_period_they_do_not_wait_for_it() {
    let runtime = Virtual::new();
    set_at(&runtime, &[(121 * SECOND, -90)]);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, MINUTE);
    runtime.block_on(async {
        for minute in 0..=2 {
            assert_eq!(ticks.tick().await, beginning() + minute * MINUTE);
        }
        // It shows 31 s now, and 40 s when it is read next, 9 s later.
        assert_eq!(ticks.tick().await, beginning() + MINUTE);
        assert_eq!(runtime.elapsed(), 150 * SECOND);
    });
}

#[test]
fn set_back_by_more_the_ticks_start_anew() {
    let runtime = Virtual::new();
    set_at(&runtime, &[(2 * HOUR + SECOND, -3_590)]);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, MINUTE);
    runtime.block_on(async {
        for minute in 0..=120 {
            assert_eq!(ticks.tick().await, beginning() + minute * MINUTE);
        }
        // It is set to 1 h and 11 s.
        assert_eq!(ticks.tick().await, beginning() + HOUR + MINUTE);
        assert_eq!(runtime.elapsed(), 2 * HOUR + 50 * SECOND);
    });
}

/// Within the hour, however far it was set back. Measured from the last tick, it would be less than
/// an hour, and the next tick 13:00.
#[test]
fn set_back_by_more_than_a_period_long_after_a_tick_they_start_anew() {
    let runtime = at(11, 1, 0);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, HOUR);
    assert_eq!(tick(&runtime, &mut ticks), (time(12, 0, 0), 59 * MINUTE));
    runtime.block_on(async {
        assert!(timeout(&runtime, 59 * MINUTE, ticks.tick()).await.is_err());
    });
    runtime.set_system_time(time(11, 58, 0));
    assert_eq!(tick(&runtime, &mut ticks), (time(12, 0, 0), 2 * MINUTE));
    assert_eq!(tick(&runtime, &mut ticks), (time(13, 0, 0), HOUR));
}

#[test]
fn set_back_twice_in_one_period_by_more_than_a_period_in_all_they_start_anew() {
    let runtime = at(12, 0, 0);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, HOUR);
    assert_eq!(tick(&runtime, &mut ticks), (time(12, 0, 0), Duration::ZERO));
    for _ in 0..2 {
        runtime.set_system_time(runtime.system_time() - 40 * MINUTE);
        assert!(
            runtime
                .block_on(async { ticks.tick().now_or_never() })
                .is_none()
        );
    }
    assert_eq!(tick(&runtime, &mut ticks), (time(11, 0, 0), 20 * MINUTE));
}

#[test]
fn set_back_before_the_first_tick_they_start_anew() {
    let runtime = at(12, 1, 0);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, HOUR);
    runtime.set_system_time(time(7, 1, 0));
    assert_eq!(tick(&runtime, &mut ticks), (time(8, 0, 0), 59 * MINUTE));
}

#[test]
fn set_back_once_more_before_the_next_tick_they_start_anew() {
    let runtime = at(12, 0, 0);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, HOUR);
    assert_eq!(tick(&runtime, &mut ticks), (time(12, 0, 0), Duration::ZERO));
    for hour in [9, 5] {
        runtime.set_system_time(time(hour, 1, 0));
        assert!(
            runtime
                .block_on(async { ticks.tick().now_or_never() })
                .is_none()
        );
    }
    assert_eq!(tick(&runtime, &mut ticks), (time(6, 0, 0), 59 * MINUTE));
}

/// The clock is read every 10 s, and shows 9:00 in between.
#[test]
fn a_tick_between_the_setting_back_and_the_next_look_is_given() {
    let runtime = at(12, 0, 0);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, HOUR);
    assert_eq!(tick(&runtime, &mut ticks), (time(12, 0, 0), Duration::ZERO));
    let handle = runtime.handle();
    let set = runtime.spawn(async move {
        handle.sleep(30 * MINUTE + 3 * SECOND).await;
        handle.set_system_time(time(8, 59, 58));
    });
    set.detach();
    // It is read at 12:30:00, and when it shows 9:00:05.
    let given = (time(9, 0, 0), 30 * MINUTE + 10 * SECOND);
    assert_eq!(tick(&runtime, &mut ticks), given);
    assert_eq!(
        tick(&runtime, &mut ticks),
        (time(10, 0, 0), HOUR - 5 * SECOND)
    );
}

#[test]
fn of_the_ticks_since_it_was_set_back_the_latest_is_given() {
    let runtime = at(12, 0, 0);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, MINUTE);
    assert_eq!(tick(&runtime, &mut ticks), (time(12, 0, 0), Duration::ZERO));
    runtime.set_system_time(time(9, 0, 1));
    runtime.advance(10 * MINUTE); // The task does not look at its ticks.
    assert_eq!(tick(&runtime, &mut ticks), (time(9, 10, 0), Duration::ZERO));
    assert_eq!(tick(&runtime, &mut ticks), (time(9, 11, 0), 59 * SECOND));
}

#[test]
fn set_back_before_the_start_they_go_on_by_the_same_periods() {
    for start in [time(12, 0, 7), time(12, 10, 7)] {
        let runtime = at(12, 0, 7);
        let mut ticks = system_interval(&runtime, start, MINUTE);
        assert_eq!(tick(&runtime, &mut ticks).0, start);
        runtime.set_system_time(time(10, 59, 17));
        assert_eq!(tick(&runtime, &mut ticks), (time(11, 0, 7), 50 * SECOND));
        runtime.set_system_time(SystemTime::UNIX_EPOCH);
        let first = SystemTime::UNIX_EPOCH + 7 * SECOND;
        assert_eq!(tick(&runtime, &mut ticks), (first, 7 * SECOND));
    }
}

/// A start that had passed as the interval was made counts as one that was due.
#[test]
fn set_back_before_a_start_that_had_passed_they_do_not_wait_for_it() {
    let runtime = at(12, 0, 10);
    let mut ticks = system_interval(&runtime, time(12, 0, 7), MINUTE);
    runtime.set_system_time(time(10, 59, 17));
    assert_eq!(tick(&runtime, &mut ticks), (time(11, 0, 7), 50 * SECOND));
}

#[test]
fn a_start_in_the_future_stays_the_first_tick() {
    let runtime = at(12, 0, 0);
    let mut ticks = system_interval(&runtime, time(15, 0, 7), MINUTE);
    for hour in [11, 8, 9] {
        runtime.set_system_time(time(hour, 0, 0));
        assert!(
            runtime
                .block_on(async { ticks.tick().now_or_never() })
                .is_none()
        );
    }
    let first = (time(15, 0, 7), 6 * HOUR + 7 * SECOND);
    assert_eq!(tick(&runtime, &mut ticks), first);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// However the clock is set, the ticks are those of a model that sees the clock all the time, at
    /// most 10 s late; one that comes within 10 s before the next may be left out.
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
    /// The clock never showed it, but may have, for who has looked 10 s before.
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

/// A runtime whose wall clock shows this time of its first day.
fn at(hour: u32, minute: u32, second: u32) -> Virtual {
    let runtime = Virtual::new();
    runtime.set_system_time(time(hour, minute, second));
    runtime
}

fn time(hour: u32, minute: u32, second: u32) -> SystemTime {
    beginning() + hour * HOUR + minute * MINUTE + second * SECOND
}

/// The next tick, and how long it takes.
fn tick(runtime: &Virtual, ticks: &mut SystemInterval<VirtualHandle>) -> (SystemTime, Duration) {
    let before = runtime.elapsed();
    let due = runtime.block_on(ticks.tick());
    (due, runtime.elapsed() - before)
}

#[test]
#[should_panic(expected = "the period of an interval is zero")]
fn an_interval_of_no_time_is_refused() {
    drop(system_interval(
        &Virtual::new(),
        beginning(),
        Duration::ZERO,
    ));
}
