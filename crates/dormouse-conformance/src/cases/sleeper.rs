//! What a sleep and its clock must be.

use std::time::Duration;

use dormouse_core::{BlockOn, Instant, Sleeper};

use crate::clock::{jumps, passes_by_itself};
use crate::limit::{LIMIT, at_once, eventually, under_way, within};
use crate::panics::caught;
use crate::witness::Witness;

/// A sleep never ends before its deadline, by the sleeper's own `now`.
pub async fn sleep_is_never_early<R: Sleeper>(runtime: &R) {
    // Long ones beside the short ones: a timer that is early in proportion shows it there. Several,
    // as one of them may be late enough by chance.
    let start = runtime.now();
    let long = |number: u32| Duration::from_millis(150) + number * Duration::from_millis(7);
    let long_ones = (0..8).map(|number| {
        let sleep = if number % 2 == 0 {
            runtime.sleep(long(number))
        } else {
            runtime.sleep_until(start + long(number))
        };
        async move {
            sleep.await;
            not_early(start + long(number), runtime.now(), long(number));
        }
    });
    let long_ones = under_way(long_ones).await;

    // Whole ticks, and durations that rounding to a tick or a conversion might cut.
    for nanos in [
        0, 1, 999, 1_001, 499_999, 999_999, 1_000_000, 1_000_001, 5_999_999, 20_123_457,
    ] {
        let duration = Duration::from_nanos(nanos);
        let start = runtime.now();
        runtime.sleep(duration).await;
        not_early(start + duration, runtime.now(), duration);

        let deadline = runtime.now() + duration;
        runtime.sleep_until(deadline).await;
        not_early(deadline, runtime.now(), duration);
    }
    for long_one in long_ones {
        long_one.await;
    }
    if jumps(runtime).await {
        for hours in [1, 25, 365 * 24, 100 * 365 * 24_u64] {
            let duration = Duration::from_secs(hours * 3_600) + Duration::from_micros(1_234);
            let start = runtime.now();
            runtime.sleep(duration).await;
            not_early(start + duration, runtime.now(), duration);
        }
    }
}

/// The same for many sleeps at once, which share the runtime's timer.
pub async fn many_sleeps_are_never_early<R: Sleeper>(runtime: &R) {
    let start = runtime.now();
    at_once((0..300_u64).map(|number| async move {
        // Scattered over 20 ms, so that successive sleeps are far apart.
        let delay = Duration::from_nanos(number * 7_654_321 % 20_000_000);
        runtime.sleep_until(start + delay).await;
        not_early(start + delay, runtime.now(), delay);
    }))
    .await;
}

fn not_early(deadline: Instant, now: Instant, duration: Duration) {
    let early = deadline.saturating_duration_since(now);
    assert!(
        early.is_zero(),
        "a sleep never ends before its deadline: one of {duration:?} ended {early:?} early"
    );
}

/// Sleeps run at once, not one after the other, and not after a long one that was armed before them.
pub async fn sleeps_run_at_once<R: Sleeper>(runtime: &R) {
    let start = runtime.now();
    let _long_one = under_way([runtime.sleep(Duration::from_secs(3_600))]).await;
    // By then, a timer with a thread waits for the long one.
    runtime.sleep(Duration::from_millis(1)).await;
    // They would take 20 s one after the other.
    let sleeps = under_way((0..400).map(|_| runtime.sleep(Duration::from_millis(50)))).await;
    for sleep in sleeps {
        sleep.await;
        let elapsed = runtime.now() - start;
        assert!(
            elapsed < LIMIT.get() / 2,
            "sleeps run at once: 400 of 50ms each are not over after {elapsed:?}"
        );
    }
}

/// A sleep counts from the call that made it, not from its first poll.
pub async fn sleep_counts_from_the_call<R: Sleeper>(runtime: &R) {
    type Make<R> = fn(&R, Duration) -> <R as Sleeper>::Sleep;
    let makes: [(&str, Make<R>); 2] = [
        ("sleep", |runtime, duration| runtime.sleep(duration)),
        ("sleep_until", |runtime, duration| {
            runtime.sleep_until(runtime.now() + duration)
        }),
    ];
    for (name, make) in makes {
        // A sleep that counts from its first poll takes its whole duration from there, however
        // often this is tried; a right one can be that late only by chance.
        let mut took = Vec::new();
        for attempt in 0..6 {
            let duration = Duration::from_millis(20 << attempt);
            let sleep = make(runtime, duration);
            runtime.sleep(duration).await;
            let first_poll = runtime.now();
            sleep.await;
            let taken = runtime.now() - first_poll;
            took.push((duration, taken));
            if taken < duration {
                break;
            }
        }
        assert!(
            took.iter().any(|(duration, taken)| taken < duration),
            "a sleep counts from the call: first polled when its deadline had passed, `{name}` took its whole \
             duration once more (duration, then taken: {took:?})"
        );
    }
}

/// The same for a sleep that is made outside of tasks and of `block_on`, where that is possible.
pub fn a_sleep_made_outside_counts_from_the_call<R: Sleeper, B: BlockOn>(runtime: &R, driver: &B) {
    let mut took = Vec::new();
    for attempt in 0..6 {
        let duration = Duration::from_millis(20 << attempt);
        // A runtime that needs a context refuses it: another case checks that.
        let made = caught(|| runtime.sleep(duration));
        let Ok(sleep) = made else { return };
        let taken = driver.block_on(async {
            runtime.sleep(duration).await;
            let first_poll = runtime.now();
            sleep.await;
            runtime.now() - first_poll
        });
        if taken < duration {
            return;
        }
        took.push((duration, taken));
    }
    panic!(
        "a sleep made outside counts from the call: first polled when its deadline had passed, it took its whole \
         duration once more (duration, then taken: {took:?})"
    );
}

/// Ten thousand sleeps in one task end, sleeps of at most 50 ms within seconds.
pub async fn ten_thousand_sleeps_end<R: Sleeper>(runtime: &R) {
    let start = runtime.now();
    let delay = |number: u64| Duration::from_nanos(number * 7_654_321 % 50_000_000);
    let sleeps =
        under_way((0..10_000).map(|number| runtime.sleep_until(start + delay(number)))).await;
    let left = Witness::default();
    let ended = within(runtime, async {
        for sleep in sleeps {
            sleep.await;
            left.see();
        }
    });
    assert!(
        ended.await.is_some(),
        "ten thousand sleeps end: after {LIMIT:?} those of 50ms have not; {} ended in a row",
        left.times(),
    );
}

/// Each of seventy thousand sleeps wakes its waker, and so does each of those that share a deadline.
pub fn each_of_many_sleeps_wakes_its_waker<R: Sleeper, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "each of many sleeps wakes its waker";
    // More than fit in a number of 16 bits.
    const SLEEPS: u32 = 70_000;
    driver.block_on(async {
        let start = runtime.now() + Duration::from_millis(300);
        let mut pending = Vec::new();
        for number in 0..SLEEPS {
            let deadline = start + number / 20 * Duration::from_micros(20);
            let (mut sleep, woken) = (Box::pin(runtime.sleep_until(deadline)), Witness::default());
            if woken.poll(&mut sleep).is_pending() {
                pending.push((sleep, woken));
            }
        }
        let of = pending.len();
        assert!(
            eventually(runtime, || {
                while pending.last().is_some_and(|(_, woken)| woken.seen()) {
                    pending.pop();
                }
                pending.is_empty()
            })
            .await,
            "{PROMISE}: number {} of {of} has not within {LIMIT:?}",
            pending.len(),
        );
    });
}

/// A sleep that is polled without pause is not ready before its deadline, by the sleeper's own
/// `now`: one that is awaited ends so much later that it hides some microseconds.
pub async fn a_sleep_polled_in_a_loop_is_never_early<R: Sleeper>(runtime: &R) {
    if !passes_by_itself(runtime) {
        // Virtual time stands still meanwhile.
        return;
    }
    let nobody = Witness::default();
    // Many, as one in so many may be early.
    for number in 0..200 {
        let duration = Duration::from_nanos(150_000 + number * 1_234);
        let deadline = runtime.now() + duration;
        let mut sleep = Box::pin(runtime.sleep_until(deadline));
        while nobody.poll(&mut sleep).is_pending() {}
        not_early(deadline, runtime.now(), duration);
    }
}
