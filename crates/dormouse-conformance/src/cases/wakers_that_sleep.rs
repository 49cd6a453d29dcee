//! Wakers that use the sleeps of the runtime that wakes or drops them.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::Context;
use std::time::Duration;

use dormouse_core::Runtime;

use crate::limit::{LIMIT, eventually};
use crate::on_drop::OnDrop;
use crate::panics::caught;
use crate::witness::{Slot, Witness, waker_that_calls, waker_that_keeps};

/// Longer than a case takes.
const FAR: Duration = Duration::from_secs(3_600);

/// A waker may itself make, poll and drop sleeps of its runtime.
pub async fn a_waker_may_use_its_runtime<R: Runtime>(runtime: &R) {
    let woken = Witness::default();
    let (inside, begun, see) = (runtime.clone(), AtomicBool::new(false), woken.clone());
    let waker = waker_that_calls(move || {
        // A sleep that is dropped may wake others, this one included.
        if begun.swap(true, SeqCst) {
            return;
        }
        // A runtime that needs a context may refuse it here.
        let _ = caught(|| {
            let mut sleep = Box::pin(inside.sleep(Duration::from_millis(1)));
            let _ = Witness::default().poll(&mut sleep);
        });
        see.see();
    });
    let mut sleep = Box::pin(runtime.sleep(Duration::from_millis(5)));
    let poll = sleep.as_mut().poll(&mut Context::from_waker(&waker));
    // If it is locked in there, time stands still: the watchdog reports it.
    assert!(
        poll.is_ready() || eventually(runtime, || woken.seen()).await,
        "a waker may use its runtime: one that makes a sleep, polls it and drops it has not returned within {LIMIT:?}"
    );
}

/// A waker may own sleeps of its runtime: they can be dropped when it is woken or dropped.
pub async fn a_waker_may_own_sleeps<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a waker may own sleeps";
    /// More than async-io queues before it takes its lock.
    const SLEEPS: usize = 1_100;

    for when in ["woken", "cancelled", "replaced", "reset"] {
        let far = || {
            let mut sleep = Box::pin(runtime.sleep(FAR));
            let _ = Witness::default().poll(&mut sleep);
            sleep
        };
        let dropped = Witness::default();
        let owned = Slot::new();
        let sleeps: Vec<_> = std::iter::repeat_with(far).take(SLEEPS).collect();
        owned.put((sleeps, dropped.of_drop()));
        let waker = waker_that_calls(move || drop(owned.take()));
        let due = if when == "woken" {
            Duration::from_millis(5)
        } else {
            FAR
        };
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
    }
}

/// The destructor of a waker may make, poll and drop sleeps: a waker may own the last of a task
/// that sleeps.
pub async fn the_drop_of_a_waker_may_use_its_runtime<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "the drop of a waker may use its runtime";
    let gone = Witness::default();
    let mut due = Vec::new();
    for number in 0..4_u32 {
        let mut sleep = Box::pin(runtime.sleep(Duration::from_millis(20)));
        let (inside, see) = (runtime.clone(), gone.clone());
        let waker = waker_that_keeps(OnDrop::new(move || {
            // A runtime that needs a context may refuse it here.
            let _ = caught(|| {
                let mut sleep = Box::pin(inside.sleep(FAR));
                let _ = Witness::default().poll(&mut sleep);
            });
            see.see();
        }));
        let _ = sleep.as_mut().poll(&mut Context::from_waker(&waker));
        drop(waker);
        // If it is locked in there, this hangs: the watchdog reports it.
        match number {
            0 => drop(sleep),
            1 => {
                let _ = Witness::default().poll(&mut sleep);
                due.push(sleep);
            }
            2 => {
                let deadline = runtime.now() + Duration::from_millis(30);
                runtime.reset(sleep.as_mut(), deadline);
                due.push(sleep);
            }
            _ => due.push(sleep),
        }
    }
    runtime.sleep(Duration::from_millis(40)).await;
    drop(due);
    assert!(
        eventually(runtime, || gone.times() == 4).await,
        "{PROMISE}: dropped with a sleep, replaced, left by a reset and woken, {} of 4 are gone \
         {LIMIT:?} later",
        gone.times()
    );
}
