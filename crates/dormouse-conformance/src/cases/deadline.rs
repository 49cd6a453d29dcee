//! Deadlines that have passed, that are now, or that never come.

use std::pin::Pin;
use std::time::Duration;

use dormouse_core::{Instant, Sleeper};

use crate::limit::{LIMIT, within};
use crate::panics::caught;
use crate::witness::Witness;

/// A sleep whose deadline has passed ends at once.
pub async fn a_past_deadline_ends_at_once<R: Sleeper>(runtime: &R) {
    for past in [1, 1_000_000, 60_000_000_000, 3_600_000_000_000].map(Duration::from_nanos) {
        // A clock need not reach back that far.
        let Some(deadline) = runtime.now().checked_sub(past) else {
            continue;
        };
        assert!(
            within(runtime, runtime.sleep_until(deadline))
                .await
                .is_some(),
            "a past deadline ends at once: {past:?} after it, the sleep has not ended within {LIMIT:?}"
        );
    }
}

/// A sleep of zero duration ends.
pub async fn a_zero_sleep_ends<R: Sleeper>(runtime: &R) {
    for call in ["sleep(0)", "sleep_until(now())"] {
        let sleep = match call {
            "sleep(0)" => runtime.sleep(Duration::ZERO),
            _ => runtime.sleep_until(runtime.now()),
        };
        assert!(
            within(runtime, sleep).await.is_some(),
            "a zero sleep ends: `{call}` has not within {LIMIT:?}"
        );
    }
}

/// A far deadline neither panics nor fires, up to the last one that the clock can represent.
pub async fn a_far_deadline_neither_panics_nor_fires<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "a far deadline neither panics nor fires";
    let last = last_instant(runtime.now());
    let mut calls: Vec<Call<'_, R>> = Vec::new();
    for duration in far_durations() {
        let sleep = move || Box::pin(runtime.sleep(duration));
        calls.push((format!("`sleep({duration:?})`"), Box::new(sleep)));
        if let Some(deadline) = runtime.now().checked_add(duration) {
            let sleep = move || Box::pin(runtime.sleep_until(deadline));
            let call = format!("`sleep_until(now() + {duration:?})`");
            calls.push((call, Box::new(sleep)));
        }
    }
    let sleep = move || Box::pin(runtime.sleep_until(last));
    calls.push(("`sleep_until(the last instant)`".into(), Box::new(sleep)));
    neither_panic_nor_fire(PROMISE, runtime, calls).await;
}

/// A call that makes a sleep, and how it is written.
pub(crate) type Call<'a, R> = (
    String,
    Box<dyn FnOnce() -> Pin<Box<<R as Sleeper>::Sleep>> + 'a>,
);

/// Checks that the sleeps with far deadlines that these calls make neither panic nor are ready, now
/// and 20 ms later.
pub(crate) async fn neither_panic_nor_fire<R: Sleeper>(
    promise: &str,
    runtime: &R,
    calls: Vec<Call<'_, R>>,
) {
    let mut asleep = Vec::new();
    let nobody = Witness::default();
    for (call, sleep) in calls {
        let begun = caught(|| {
            let mut sleep = sleep();
            let ended = nobody.poll(&mut sleep).is_ready();
            (sleep, ended)
        });
        match begun {
            Ok((sleep, false)) => asleep.push((call, sleep)),
            Ok((_, true)) => panic!("{promise}: {call} ended at its first poll"),
            Err(words) => panic!("{promise}: {call} panicked: {words}"),
        }
    }
    runtime.sleep(Duration::from_millis(20)).await;
    for (call, sleep) in &mut asleep {
        assert!(
            nobody.poll(sleep).is_pending(),
            "{promise}: {call} ended 20ms later"
        );
    }
}

/// Durations longer than any test, where an adapter's arithmetic may overflow.
pub(crate) fn far_durations() -> [Duration; 18] {
    let year = Duration::from_secs(365 * 24 * 3600);
    let nanos = Duration::from_nanos(u64::MAX);
    // A little more than fits in a number of seconds, milliseconds, microseconds or nanoseconds, or in the
    // wheels of a timer.
    let little = Duration::from_millis(5);
    [
        Duration::MAX,
        Duration::MAX / 2,
        nanos,
        Duration::from_secs(1 << 31) + little,
        Duration::from_secs(1 << 32) + little,
        Duration::from_millis(1 << 16) + little,
        Duration::from_millis(1 << 24) + little,
        Duration::from_millis(1 << 36) + little,
        Duration::from_millis(1 << 42) + little,
        Duration::from_millis(1 << 31) + little,
        Duration::from_millis(1 << 32) + little,
        Duration::from_micros(1 << 31) + little,
        Duration::from_micros(1 << 32) + little,
        Duration::from_nanos(1 << 63) + little,
        year,
        3 * year,
        100 * year,
        10_000 * year,
    ]
}

/// The last instant that can be represented; where that is depends on the platform.
pub(crate) fn last_instant(mut instant: Instant) -> Instant {
    let seconds = (0..u64::BITS)
        .rev()
        .map(|bit| Duration::from_secs(1 << bit));
    let nanos = (0..30).rev().map(|bit| Duration::from_nanos(1 << bit));
    for step in seconds.chain(nanos) {
        instant = instant.checked_add(step).unwrap_or(instant);
    }
    instant
}
