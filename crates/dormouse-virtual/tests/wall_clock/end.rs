//! The end of the wall clock: the latest time that it can show.

use std::time::{Duration, SystemTime};

use dormouse_core::{BlockOn, sleep_until_system_time, system_interval, timeout};
use dormouse_virtual::Virtual;

use crate::{HOUR, MINUTE, SECOND, beginning};

#[test]
fn the_clock_stops_at_its_end() {
    let runtime = Virtual::new();
    runtime.set_system_time(latest() - 5 * SECOND);
    for left in [5, 2, 0, 0, 0] {
        assert_eq!(runtime.system_time(), latest() - left * SECOND);
        runtime.advance(3 * SECOND);
    }
}

#[test]
fn a_sleep_until_the_end_ends_there() {
    let runtime = Virtual::new();
    runtime.set_system_time(latest() - MINUTE);
    runtime.block_on(sleep_until_system_time(&runtime, latest()));
    assert_eq!(runtime.elapsed(), MINUTE);
}

#[test]
fn after_the_last_tick_that_there_is_none_comes() {
    let runtime = Virtual::new();
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, HOUR);
    assert_eq!(runtime.block_on(ticks.tick()), beginning());
    runtime.set_system_time(latest());
    assert_eq!(runtime.block_on(ticks.tick()), last_hour());
    let mut new = system_interval(&runtime, SystemTime::UNIX_EPOCH, HOUR);
    runtime.block_on(async {
        assert!(timeout(&runtime, 9 * HOUR, ticks.tick()).await.is_err());
        assert!(timeout(&runtime, 9 * HOUR, new.tick()).await.is_err());
    });
}

/// The clock passes its end while nobody looks, instead of being set to it.
#[test]
fn a_tick_before_the_end_is_given_when_the_clock_has_stopped() {
    let runtime = Virtual::new();
    runtime.set_system_time(last_hour() - MINUTE);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, HOUR);
    runtime.advance(9 * HOUR);
    let tick = timeout(&runtime, HOUR, ticks.tick());
    assert_eq!(runtime.block_on(tick), Ok(last_hour()));
    let more = timeout(&runtime, 9 * HOUR, ticks.tick());
    assert!(runtime.block_on(more).is_err());
}

#[test]
fn a_clock_that_is_set_back_from_its_end_ticks_again() {
    let runtime = Virtual::new();
    runtime.set_system_time(last_hour());
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, HOUR);
    assert_eq!(runtime.block_on(ticks.tick()), last_hour());
    runtime.block_on(async {
        assert!(timeout(&runtime, HOUR, ticks.tick()).await.is_err());
    });
    runtime.set_system_time(beginning() + MINUTE);
    assert_eq!(runtime.block_on(ticks.tick()), beginning() + HOUR);
    assert_eq!(runtime.elapsed(), 2 * HOUR - MINUTE);
}

#[test]
fn a_period_longer_than_the_clock_has_one_tick() {
    let runtime = Virtual::new();
    let mut ticks = system_interval(&runtime, beginning(), Duration::MAX);
    assert_eq!(runtime.block_on(ticks.tick()), beginning());
    let more = timeout(&runtime, 9 * HOUR, ticks.tick());
    assert!(runtime.block_on(more).is_err());
}

/// The last full hour that the clock can show.
fn last_hour() -> SystemTime {
    let since = latest().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs() / 3_600 * 3_600)
}

/// The latest time of the wall clock.
fn latest() -> SystemTime {
    let seconds = (0..64).rev().map(|bit| Duration::from_secs(1 << bit));
    let nanos = (0..30).rev().map(|bit| Duration::from_nanos(1 << bit));
    let steps = seconds.chain(nanos);
    steps.fold(SystemTime::UNIX_EPOCH, |at, step| {
        at.checked_add(step).unwrap_or(at)
    })
}
