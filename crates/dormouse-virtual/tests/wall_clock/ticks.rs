//! Intervals by the wall clock, which is set between their ticks.

use std::time::{Duration, SystemTime};

use dormouse_core::{BlockOn, system_interval};
use dormouse_virtual::Virtual;

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
    set_at(&runtime, &[(2 * HOUR + SECOND, -3_600 * 2)]);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, MINUTE);
    runtime.block_on(async {
        for minute in 0..=120 {
            assert_eq!(ticks.tick().await, beginning() + minute * MINUTE);
        }
        assert_eq!(ticks.tick().await, beginning() + MINUTE);
        assert_eq!(runtime.elapsed(), 2 * HOUR + MINUTE);
    });
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
