//! Wakers that are foreign code: they panic, or use the runtime that wakes them.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::Duration;

use dormouse_core::{BlockOn, Sleeper};

use crate::limit::{LIMIT, at_once, eventually, within};
use crate::panics::caught;
use crate::witness::{Witness, waker_that_panics, waker_whose_drop_panics};

/// A waker that panics harms no sleep other than its own.
pub fn a_waker_that_panics_harms_no_other_sleep<R: Sleeper, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "a waker that panics harms no other sleep";
    let called = Witness::default();
    harms_no_other(PROMISE, runtime, driver, || waker_that_panics(&called));
}

/// Nor does one whose destructor panics.
pub fn a_waker_whose_drop_panics_harms_no_other_sleep<R: Sleeper, B: BlockOn>(
    runtime: &R,
    driver: &B,
) {
    const PROMISE: &str = "a waker whose drop panics harms no other sleep";
    harms_no_other(PROMISE, runtime, driver, waker_whose_drop_panics);
}

/// Checks that sleeps are not harmed by wakers like these, of sleeps with the same deadline, with
/// others, or made before.
fn harms_no_other<R: Sleeper, B: BlockOn>(
    promise: &str,
    runtime: &R,
    driver: &B,
    bad_waker: impl Fn() -> Waker,
) {
    let mut kept = Vec::new();
    let harmed = caught(|| {
        driver.block_on(async {
            let start = runtime.now();
            let mut neighbours = Vec::new();
            // More such sleeps than a runtime has threads, among sleeps that are awaited.
            for number in 0..20 {
                kept.push(begun(runtime.sleep(Duration::from_millis(number)), &bad_waker));
                // Two at a time, of the same deadline.
                let deadline = start + Duration::from_millis(number / 2 * 2 + 5);
                kept.push(begun(runtime.sleep_until(deadline), &bad_waker));
                let (mut other, woken) =
                    (Box::pin(runtime.sleep_until(deadline)), Witness::default());
                if woken.poll(&mut other).is_pending() {
                    neighbours.push((other, woken));
                }
            }
            let sleeps = (0..20).map(|number| runtime.sleep(Duration::from_millis(2 * number)));
            let others = within(runtime, at_once(sleeps)).await;
            assert!(
                others.is_some(),
                "{promise}: {LIMIT:?} later, others that were due within 40ms have not all ended"
            );
            for (_, woken) in &neighbours {
                assert!(
                    eventually(runtime, || woken.seen()).await,
                    "{promise}: another one of the same deadline has not woken its own waker within {LIMIT:?}"
                );
            }
        });
        // And sleeps that are made later, in case the runtime has lost a thread.
        driver.block_on(async { runtime.sleep(Duration::from_millis(5)).await });
    });
    for sleep in kept {
        // If the waker is still there, its panic is that of this drop.
        let _ = caught(|| drop(sleep));
    }
    if let Err(words) = harmed {
        assert!(
            words.starts_with(promise),
            "{promise} (wake it by `adapter::wake`, drop it by `adapter::drop_quietly`): `block_on` panicked: {words}"
        );
        panic!("{words}");
    }
}

/// Polls a sleep once, with a waker of its own.
fn begun<F: Future>(sleep: F, waker: impl Fn() -> Waker) -> Pin<Box<F>> {
    let mut sleep = Box::pin(sleep);
    // If the waker is woken or dropped within this poll, the panic is the poll's own.
    let _ = caught(|| {
        sleep
            .as_mut()
            .poll(&mut Context::from_waker(&waker()))
            .is_ready()
    });
    sleep
}
