//! `interval`, on this runtime.

use std::time::Duration;

use dormouse_core::{Instant, Interval, MissedTick, Sleeper, interval, interval_at};

use crate::cases::context::has_words;
use crate::limit::{LIMIT, within};
use crate::panics::caught;

/// 10 ms, or what a coarse timer needs: a tick is not missed if it is late by the timer's step.
fn period<R: Sleeper>(runtime: &R) -> Duration {
    runtime.timer_step().max(Duration::from_millis(10))
}

/// An interval with a period of zero is refused.
pub async fn an_interval_of_no_time_is_refused<R: Sleeper + Clone>(runtime: &R) {
    const PROMISE: &str = "an interval of no time is refused";
    let zero = Duration::ZERO;
    let made = [
        caught(|| drop(interval(runtime, zero))),
        caught(|| {
            drop(interval_at(runtime, runtime.now(), zero));
        }),
    ];
    for made in made {
        match made {
            Ok(()) => panic!("{PROMISE}: it was made"),
            Err(words) => has_words(PROMISE, "it", &words),
        }
    }
}

/// An interval ticks at once and at whole periods from the start, and never before its time.
pub async fn an_interval_ticks_at_whole_periods<R: Sleeper + Clone>(runtime: &R) {
    const PROMISE: &str = "an interval ticks at whole periods";
    let period = period(runtime);
    let mut ticks = interval(runtime, period);
    let first = next(PROMISE, runtime, &mut ticks).await;
    for number in 1..=4 {
        let tick = next(PROMISE, runtime, &mut ticks).await;
        assert!(
            tick == first + number * period,
            "{PROMISE}: tick {number} is {:?} after the first, the period is {period:?}",
            tick - first
        );
    }
    let start = runtime.now() + period / 2;
    let tick = next(PROMISE, runtime, &mut interval_at(runtime, start, period)).await;
    assert!(
        tick == start,
        "{PROMISE}: the first tick is not the one asked for"
    );
}

/// Missed ticks come in a burst by default.
pub async fn missed_ticks_come_in_a_burst<R: Sleeper + Clone>(runtime: &R) {
    const PROMISE: &str = "missed ticks come in a burst";
    let period = period(runtime);
    let start = || interval(runtime, period);
    let (mut ticks, first, late) = miss_some(PROMISE, runtime, start).await;
    for number in 1..=4 {
        let tick = next(PROMISE, runtime, &mut ticks).await;
        assert!(
            tick == first + number * period,
            "{PROMISE}: {:?} late, tick {number} is {:?} after the first",
            late - first,
            tick - first
        );
    }
}

/// With `MissedTick::Delay` the ticks after a late one move: the next one is a period after the
/// late one was taken.
pub async fn missed_ticks_move_the_next_ones<R: Sleeper + Clone>(runtime: &R) {
    const PROMISE: &str = "missed ticks move the next ones";
    let period = period(runtime);
    let start = || interval(runtime, period).missed_tick(MissedTick::Delay);
    let (mut ticks, first, late) = miss_some(PROMISE, runtime, start).await;
    take_late_one(PROMISE, runtime, &mut ticks, first + period).await;
    let tick = next(PROMISE, runtime, &mut ticks).await;
    assert!(
        tick >= late + period,
        "{PROMISE}: the next one is {:?} after the late one was taken",
        tick.saturating_duration_since(late)
    );
}

/// With `MissedTick::Skip` they are left out: the next tick is at a whole period in the future.
pub async fn missed_ticks_are_left_out<R: Sleeper + Clone>(runtime: &R) {
    const PROMISE: &str = "missed ticks are left out";
    let period = period(runtime);
    let start = || interval(runtime, period).missed_tick(MissedTick::Skip);
    let (mut ticks, first, late) = miss_some(PROMISE, runtime, start).await;
    take_late_one(PROMISE, runtime, &mut ticks, first + period).await;
    let tick = next(PROMISE, runtime, &mut ticks).await;
    let rest = (tick - first).as_nanos() % period.as_nanos();
    assert!(
        tick > late && rest == 0,
        "{PROMISE}: {:?} late, the next one is {:?} after the first, the period is {period:?}",
        late - first,
        tick - first
    );
}

/// An interval can be restarted: after a period, after any duration, and at any instant.
pub async fn an_interval_can_be_reset<R: Sleeper + Clone>(runtime: &R) {
    const PROMISE: &str = "an interval can be reset";
    let period = period(runtime);
    let mut ticks = interval(runtime, period);
    let before = runtime.now();
    ticks.reset();
    let tick = next(PROMISE, runtime, &mut ticks).await;
    assert!(
        tick >= before + period,
        "{PROMISE}: `reset` did not start a period"
    );

    let before = runtime.now();
    ticks.reset_after(3 * period);
    let tick = next(PROMISE, runtime, &mut ticks).await;
    assert!(
        tick >= before + 3 * period,
        "{PROMISE}: `reset_after` ticked too soon"
    );

    let deadline = runtime.now() + period / 2;
    // The clock may end before that.
    let far = deadline.checked_add(Duration::from_secs(1 << 20));
    let far = far.unwrap_or(deadline + period);
    let mut ticks = interval_at(runtime, far, period);
    ticks.reset_at(deadline);
    let tick = next(PROMISE, runtime, &mut ticks).await;
    assert!(
        tick == deadline,
        "{PROMISE}: `reset_at` ticked at another instant"
    );
    let tick = next(PROMISE, runtime, &mut ticks).await;
    assert!(
        tick == deadline + period,
        "{PROMISE}: the tick after `reset_at` is not a period later"
    );
}

/// Starts an interval, takes the first tick in time, and then none for three periods and a half; gives
/// the interval, that tick, and an instant before the next tick is taken.
async fn miss_some<R: Sleeper + Clone>(
    promise: &str,
    runtime: &R,
    start: impl Fn() -> Interval<R>,
) -> (Interval<R>, Instant, Instant) {
    let period = period(runtime);
    loop {
        let mut ticks = start();
        let first = next(promise, runtime, &mut ticks).await;
        // On a busy machine it may be late itself, and then the ones after it are others.
        if runtime.now() < first + period / 4 {
            runtime.sleep_until(first + 7 * period / 2).await;
            return (ticks, first, runtime.now());
        }
    }
}

/// The late tick is taken next, and gives when it was due.
async fn take_late_one<R: Sleeper + Clone>(
    promise: &str,
    runtime: &R,
    ticks: &mut Interval<R>,
    due: Instant,
) {
    let tick = next(promise, runtime, ticks).await;
    assert!(
        tick == due,
        "{promise}: the late one is not that which was due"
    );
}

/// The next tick, which must not come before it is due.
async fn next<R: Sleeper + Clone>(promise: &str, runtime: &R, ticks: &mut Interval<R>) -> Instant {
    let tick = within(runtime, ticks.tick()).await;
    let tick = tick.unwrap_or_else(|| panic!("{promise}: no tick came within {LIMIT:?}"));
    let early = tick.saturating_duration_since(runtime.now());
    assert!(early.is_zero(), "{promise}: a tick came {early:?} early");
    tick
}
