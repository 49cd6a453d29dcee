//! Wakers that are foreign code: they panic, or use the runtime that wakes them.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use dormouse_core::{BlockOn, Runtime, Sleeper};

use crate::cases::failure::said;
use crate::limit::{LIMIT, at_once, eventually, within};
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

/// A waker may itself make, poll and drop sleeps of its runtime.
pub fn a_waker_may_use_its_runtime<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    struct Sleeps<R> {
        runtime: R,
        begun: AtomicBool,
        woken: Witness,
    }

    impl<R: Runtime> Wake for Sleeps<R> {
        fn wake(self: Arc<Self>) {
            // A sleep that is dropped may wake others, this one included.
            if self.begun.swap(true, SeqCst) {
                return;
            }
            // A runtime that needs a context may refuse it here.
            let _ = catch_unwind(AssertUnwindSafe(|| {
                let mut sleep = Box::pin(self.runtime.sleep(Duration::from_millis(1)));
                let _ = Witness::default().poll(&mut sleep);
            }));
            self.woken.see();
        }
    }

    driver.block_on(async {
        let woken = Witness::default();
        let waker = Waker::from(Arc::new(Sleeps {
            runtime: runtime.clone(),
            begun: AtomicBool::new(false),
            woken: woken.clone(),
        }));
        let mut sleep = Box::pin(runtime.sleep(Duration::from_millis(5)));
        let poll = sleep.as_mut().poll(&mut Context::from_waker(&waker));
        // If it is locked in there, time stands still: the watchdog reports it.
        assert!(
            poll.is_ready() || eventually(runtime, || woken.seen()).await,
            "a waker may use its runtime: one that makes a sleep, polls it and drops it has not returned within {LIMIT:?}"
        );
    });
}

/// A waker may own sleeps of its runtime: they can be dropped when it is woken or dropped.
pub fn a_waker_may_own_sleeps<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "a waker may own sleeps";
    /// More than async-io queues before it takes its lock.
    const SLEEPS: usize = 1_100;

    struct Owns<S> {
        sleeps: Mutex<Vec<Pin<Box<S>>>>,
        dropped: Witness,
    }

    impl<S> Owns<S> {
        fn drop_sleeps(&self) {
            let sleeps = std::mem::take(&mut *self.sleeps.lock().expect("nothing panics"));
            drop(sleeps);
            self.dropped.see();
        }
    }

    impl<S: Send> Wake for Owns<S> {
        fn wake(self: Arc<Self>) {
            self.drop_sleeps();
        }
    }

    impl<S> Drop for Owns<S> {
        fn drop(&mut self) {
            self.drop_sleeps();
        }
    }

    for when in ["woken", "cancelled", "replaced", "reset"] {
        driver.block_on(async {
            let far = || {
                let mut sleep = Box::pin(runtime.sleep(FAR));
                let _ = Witness::default().poll(&mut sleep);
                sleep
            };
            let dropped = Witness::default();
            let waker = Waker::from(Arc::new(Owns {
                sleeps: Mutex::new(std::iter::repeat_with(far).take(SLEEPS).collect()),
                dropped: dropped.clone(),
            }));
            let due = if when == "woken" { Duration::from_millis(5) } else { FAR };
            let mut sleep = Box::pin(runtime.sleep(due));
            let _ = sleep.as_mut().poll(&mut Context::from_waker(&waker));
            drop(waker);
            let other = Witness::default();
            match when {
                "woken" => {}
                "replaced" => _ = other.poll(&mut sleep),
                "reset" => {
                    runtime.reset(sleep.as_mut(), runtime.now() + FAR / 2);
                    _ = other.poll(&mut sleep);
                }
                _ => drop(sleep),
            }
            // If it is locked in there, time stands still: the watchdog reports it.
            assert!(
                eventually(runtime, || dropped.seen()).await,
                "{PROMISE}: the waker of one that was {when} has not dropped its own within {LIMIT:?}"
            );
        });
    }
}

/// Longer than a case takes.
const FAR: Duration = Duration::from_secs(3_600);

/// Checks that sleeps are not harmed by wakers like these, of sleeps with the same deadline, with
/// others, or made before.
fn harms_no_other<R: Sleeper, B: BlockOn>(
    promise: &str,
    runtime: &R,
    driver: &B,
    bad_waker: impl Fn() -> Waker,
) {
    let mut kept = Vec::new();
    let harmed = catch_unwind(AssertUnwindSafe(|| {
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
    }));
    for sleep in kept {
        // If the waker is still there, its panic is that of this drop.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(sleep)));
    }
    if let Err(payload) = harmed {
        let words = said(&*payload);
        assert!(
            words.starts_with(promise),
            "{promise}: `block_on` panicked: {words}"
        );
        panic!("{words}");
    }
}

/// Polls a sleep once, with a waker of its own.
fn begun<F: Future>(sleep: F, waker: impl Fn() -> Waker) -> Pin<Box<F>> {
    let mut sleep = Box::pin(sleep);
    // If the waker is woken or dropped within this poll, the panic is the poll's own.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        sleep
            .as_mut()
            .poll(&mut Context::from_waker(&waker()))
            .is_ready()
    }));
    sleep
}
