//! Intervals by the wall clock, which is set between their ticks.

use std::time::{Duration, SystemTime};

use dormouse_core::{BlockOn, Sleeper, Spawner, SystemInterval, Task, system_interval, timeout};
use dormouse_virtual::{Virtual, VirtualHandle};
use futures::FutureExt;

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

#[test]
#[should_panic(expected = "the period of an interval is zero")]
fn an_interval_of_no_time_is_refused() {
    drop(system_interval(
        &Virtual::new(),
        beginning(),
        Duration::ZERO,
    ));
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
