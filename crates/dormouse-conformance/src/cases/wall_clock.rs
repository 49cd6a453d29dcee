//! The wall clock, on this runtime.

use std::time::Duration;

use dormouse_core::{
    Sleeper, SystemInterval, SystemTime, sleep_until_system_time, system_interval,
};

use crate::limit::{LIMIT, within};

const SHORT: Duration = Duration::from_millis(20);

/// The wall clock moves with the clock of the sleeps, unless it is set meanwhile.
pub async fn system_time_moves_with_now<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "system_time moves with now";
    let mut last = None;
    // A time server may set the clock, but not five times in a row.
    for _ in 0..5 {
        let (wall, now) = (runtime.system_time(), runtime.now());
        runtime.sleep(SHORT).await;
        let slept = runtime.now() - now;
        let shown = runtime.system_time().duration_since(wall);
        let shown = shown.unwrap_or_default();
        if shown >= SHORT / 2 && shown < slept + LIMIT.get() {
            return;
        }
        last = Some((shown, slept));
    }
    panic!("{PROMISE}: of both it went on by {last:?}");
}

/// A sleep until a system time ends, and never before the wall clock shows it.
pub async fn a_sleep_until_a_system_time_is_never_early<R: Sleeper + Clone>(runtime: &R) {
    const PROMISE: &str = "a sleep until a system time is never early";
    for wait in [SHORT, SHORT / 3, Duration::from_nanos(1)] {
        let at = runtime.system_time() + wait;
        let slept = within(runtime, sleep_until_system_time(runtime, at)).await;
        let early = at.duration_since(runtime.system_time()).unwrap_or_default();
        assert!(
            slept.is_some(),
            "{PROMISE}: one of {wait:?} is not over after {LIMIT:?}"
        );
        assert!(
            early.is_zero(),
            "{PROMISE}: one of {wait:?} ended {early:?} early"
        );
    }
}

/// A sleep until a system time that has passed ends at once, however long ago it was.
pub async fn a_system_time_that_has_passed_ends_the_sleep_at_once<R: Sleeper + Clone>(runtime: &R) {
    const PROMISE: &str = "a system time that has passed ends the sleep at once";
    let now = runtime.system_time();
    for at in [now, now - SHORT, SystemTime::UNIX_EPOCH] {
        let slept = within(runtime, sleep_until_system_time(runtime, at)).await;
        assert!(slept.is_some(), "{PROMISE}: it is not over after {LIMIT:?}");
    }
}

/// An interval on the wall clock ticks at whole periods from its start, and never before its time.
pub async fn a_system_interval_ticks_at_whole_periods<R: Sleeper + Clone>(runtime: &R) {
    const PROMISE: &str = "a system interval ticks at whole periods";
    let period = SHORT / 2;
    // Read first: a tick may be due between the two calls.
    let mut last = runtime.system_time();
    let mut ticks = system_interval(runtime, SystemTime::UNIX_EPOCH, period);
    for number in 1..=4 {
        let tick = next(PROMISE, runtime, &mut ticks).await;
        let since = tick.duration_since(SystemTime::UNIX_EPOCH);
        let rest = since.unwrap_or_default().as_nanos() % period.as_nanos();
        assert!(
            rest == 0,
            "{PROMISE}: tick {number} is {rest} ns beside one"
        );
        assert!(tick >= last, "{PROMISE}: tick {number} was given twice");
        last = tick + period;
    }

    let start = runtime.system_time() + period;
    let mut ticks = system_interval(runtime, start, period);
    let tick = next(PROMISE, runtime, &mut ticks).await;
    assert!(tick >= start, "{PROMISE}: it ticked before its start");
}

/// The next tick, which must not come before it is due.
async fn next<R: Sleeper + Clone>(
    promise: &str,
    runtime: &R,
    ticks: &mut SystemInterval<R>,
) -> SystemTime {
    let tick = within(runtime, ticks.tick()).await;
    let tick = tick.unwrap_or_else(|| panic!("{promise}: no tick came within {LIMIT:?}"));
    let early = tick.duration_since(runtime.system_time());
    let early = early.unwrap_or_default();
    assert!(early.is_zero(), "{promise}: a tick came {early:?} early");
    tick
}
