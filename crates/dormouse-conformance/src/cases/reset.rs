//! A sleep that is given another deadline.

use std::hint;
use std::pin::Pin;
use std::time::Duration;

use dormouse_core::{Instant, Sleeper};

use crate::cases::deadline::{Call, far_durations, last_instant, neither_panic_nor_fire};
use crate::limit::{LIMIT, eventually, within};
use crate::witness::{Witness, poll_once};

/// A sleep can be given another deadline, earlier or later: before its first poll, while it is
/// pending, when it is due and after its end.
pub async fn a_sleep_can_be_reset<R: Sleeper>(runtime: &R) {
    let (short, long) = (Duration::from_millis(5), Duration::from_millis(20));
    for (from, to) in [
        (Duration::MAX, short),
        (short, long),
        (Duration::ZERO, long),
    ] {
        let what = format!("from {from:?} to {to:?}");
        let sleep = Box::pin(runtime.sleep(from));
        is_reset(runtime, sleep, to, &format!("{what}, not polled before")).await;

        let mut sleep = Box::pin(runtime.sleep(from));
        let _ = poll_once(sleep.as_mut()).await;
        is_reset(runtime, sleep, to, &format!("{what}, polled before")).await;

        // The task that awaits it is woken only if the poll after the reset takes its waker.
        let (mut sleep, former) = (Box::pin(runtime.sleep(from)), Witness::default());
        let _ = former.poll(&mut sleep);
        let what = format!("{what}, polled before with another waker");
        is_reset(runtime, sleep, to, &what).await;
    }

    let (mut sleep, woken) = (Box::pin(runtime.sleep(short)), Witness::default());
    let pending = woken.poll(&mut sleep).is_pending();
    runtime.sleep(short).await;
    assert!(
        !pending || eventually(runtime, || woken.seen()).await,
        "a sleep can be reset: before that, one of {short:?} has woken nobody within {LIMIT:?}"
    );
    let what = format!("from {short:?}, which were over, to {long:?}");
    is_reset(runtime, sleep, long, &what).await;
}

/// A sleep that is given a later deadline in the moment in which it fires does not end before that.
///
/// The thread of a timer may enter or fire the former deadline while the sleep is reset: that must
/// not count for the new one.
pub async fn a_sleep_reset_as_it_fires_is_never_early<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "a sleep reset as it fires is never early";
    const ROUNDS: u32 = 8_000;
    let (nobody, start) = (Witness::default(), Instant::now());
    // They take less than a second, or several beside others that compute.
    for round in (0..ROUNDS).take_while(|_| start.elapsed() < LIMIT.get() / 3) {
        let due = if round % 2 == 0 { 0 } else { 20 };
        let mut sleep = Box::pin(runtime.sleep(Duration::from_micros(due)));
        // A timer's thread sees it in the next microseconds, or fires it a while later.
        spin(Duration::from_micros(10 + 4 * due) * (round / 2) / (ROUNDS / 2));
        let deadline = runtime.now() + Duration::from_millis(50);
        runtime.reset(sleep.as_mut(), deadline);
        for _ in 0..10 {
            let ended = nobody.poll(&mut sleep).is_ready();
            let now = runtime.now();
            assert!(
                !ended || deadline <= now,
                "{PROMISE}: it ended {:?} before its deadline",
                deadline.saturating_duration_since(now)
            );
            if ended {
                break;
            }
            spin(Duration::from_micros(6));
        }
    }
}

/// Waits by the system's clock, without a sleep.
fn spin(duration: Duration) {
    let start = Instant::now();
    while start.elapsed() < duration {
        hint::spin_loop();
    }
}

/// A sleep that is given a far deadline, up to the last one that the clock can represent, neither
/// panics nor fires.
pub async fn a_sleep_can_be_reset_to_a_far_deadline<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "a sleep can be reset to a far deadline";
    let last = last_instant(runtime.now());
    let mut calls: Vec<Call<'_, R>> = Vec::new();
    for duration in far_durations() {
        for polled in [false, true] {
            let reset = move || {
                let mut sleep = Box::pin(runtime.sleep(Duration::from_millis(5)));
                if polled {
                    let _ = Witness::default().poll(&mut sleep);
                }
                // From now: what is little too long for a counter must not have passed by then.
                let deadline = runtime.now().checked_add(duration).unwrap_or(last);
                runtime.reset(sleep.as_mut(), deadline);
                sleep
            };
            calls.push((format!("reset to now() + {duration:?}"), Box::new(reset)));
        }
    }
    neither_panic_nor_fire(PROMISE, runtime, calls).await;
}

/// Resets the sleep, and awaits it.
async fn is_reset<R: Sleeper>(
    runtime: &R,
    mut sleep: Pin<Box<R::Sleep>>,
    to: Duration,
    what: &str,
) {
    const PROMISE: &str = "a sleep can be reset";
    let deadline = runtime.now() + to;
    runtime.reset(sleep.as_mut(), deadline);
    assert!(
        within(runtime, sleep).await.is_some(),
        "{PROMISE}: {what}, it has not ended within {LIMIT:?}"
    );
    let early = deadline.saturating_duration_since(runtime.now());
    assert!(
        early.is_zero(),
        "{PROMISE}: {what}, it ended {early:?} early"
    );
}

/// A sleep can be reset again and again, polled in between or not: the last deadline counts.
pub async fn a_sleep_can_be_reset_again<R: Sleeper>(runtime: &R) {
    let (short, long) = (Duration::from_millis(2), Duration::from_millis(20));
    let far = Duration::from_secs(3_600);
    for polled in [false, true] {
        // One that stays at an earlier deadline ends too soon, or not at all.
        for (first, second, last) in [
            (short, long, 2 * long),
            (long, short, long),
            (far, far, short),
        ] {
            let mut sleep = Box::pin(runtime.sleep(Duration::from_millis(10)));
            for to in [first, second] {
                if polled {
                    let _ = poll_once(sleep.as_mut()).await;
                }
                let deadline = runtime.now() + to;
                runtime.reset(sleep.as_mut(), deadline);
            }
            if polled {
                let _ = poll_once(sleep.as_mut()).await;
            }
            let what = format!("the third time, after {first:?} and {second:?} to {last:?}");
            is_reset(runtime, sleep, last, &what).await;
        }
    }
}

/// A sleep that is reset to a deadline that has passed is ready at its next poll.
pub async fn a_sleep_reset_to_the_past_is_ready<R: Sleeper>(runtime: &R) {
    for past in [0, 1, 5_000_000, 60_000_000_000].map(Duration::from_nanos) {
        for polled in [false, true] {
            let mut sleep = Box::pin(runtime.sleep(Duration::from_secs(3_600)));
            if polled {
                let _ = poll_once(sleep.as_mut()).await;
            }
            // A clock need not reach back that far.
            let Some(deadline) = runtime.now().checked_sub(past) else {
                continue;
            };
            runtime.reset(sleep.as_mut(), deadline);
            assert!(
                poll_once(sleep.as_mut()).await.is_ready(),
                "a sleep reset to the past is ready: {past:?} after its new deadline, it was pending"
            );
        }
    }
}

/// A sleep that was reset counts from that call, not from the poll after it.
pub async fn a_reset_counts_from_the_call<R: Sleeper>(runtime: &R) {
    let duration = Duration::from_millis(5);
    for polled in [false, true] {
        let mut sleep = Box::pin(runtime.sleep(Duration::from_secs(3_600)));
        if polled {
            let _ = poll_once(sleep.as_mut()).await;
        }
        let deadline = runtime.now() + duration;
        runtime.reset(sleep.as_mut(), deadline);
        runtime.sleep_until(deadline).await;
        assert!(
            poll_once(sleep.as_mut()).await.is_ready(),
            "a reset counts from the call: polled when its deadline had passed, it was pending"
        );
    }
}
