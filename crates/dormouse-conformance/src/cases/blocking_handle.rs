//! The handle of a closure that blocks: which waker it wakes, and what it tells.

use std::sync::mpsc::channel;

use dormouse_core::{Sleeper, SpawnBlocking, Task};

use crate::cases::finished::keeps_the_waker;
use crate::cases::handle::wakes_the_latest;
use crate::cases::waking::ORDERS;
use crate::limit::{LIMIT, eventually, within};
use crate::results::{gives, has_ended};
use crate::witness::{Signal, Witness};

/// The end of a closure wakes the waker of the handle's latest poll.
pub async fn the_handle_of_a_closure_wakes_the_latest_waker<R: Sleeper + SpawnBlocking>(
    runtime: &R,
) {
    const PROMISE: &str = "the handle of a closure wakes the latest waker";
    for order in ORDERS {
        let (tell, told) = channel::<()>();
        let task = runtime.spawn_blocking(move || told.recv().is_err());
        wakes_the_latest(PROMISE, runtime, order, task, || drop(tell)).await;
    }
}

/// `is_finished` is false while a closure runs, and true after its end.
pub async fn is_finished_tells_the_end_of_a_closure<R: Sleeper + SpawnBlocking>(runtime: &R) {
    const PROMISE: &str = "is_finished tells the end of a closure";
    let begun = Signal::default();
    let (begins, (tell, told)) = (begun.clone(), channel::<()>());
    let mut task = runtime.spawn_blocking(move || {
        begins.tell();
        _ = told.recv();
        42
    });
    assert!(
        within(runtime, begun.told()).await.is_some(),
        "{PROMISE}: it has not begun"
    );
    assert!(
        !task.is_finished(),
        "{PROMISE}: it was true of a closure that was running"
    );
    drop(tell);
    assert!(
        eventually(runtime, || task.is_finished()).await,
        "{PROMISE}: it was false of a closure that had ended, for {LIMIT:?}"
    );
    gives(PROMISE, "the handle", runtime, task, 42).await;
}

/// A closure that is aborted at once either does not run, and is cancelled, or gives its value.
pub async fn a_closure_that_is_cancelled_does_not_run<R: Sleeper + SpawnBlocking>(runtime: &R) {
    const PROMISE: &str = "a closure that is cancelled does not run";
    const CLOSURES: usize = 20;
    let gone = Witness::default();
    let tasks: Vec<_> = (0..CLOSURES)
        .map(|_| {
            let ran = Witness::default();
            let (see, seen) = (ran.clone(), gone.of_drop());
            let mut task = runtime.spawn_blocking(move || {
                let _seen = seen;
                see.see();
            });
            task.abort();
            (task, ran)
        })
        .collect();
    let mut cancelled = Vec::new();
    for (task, ran) in tasks {
        match within(runtime, task).await {
            Some(Ok(())) => assert!(ran.seen(), "{PROMISE}: it gave a value, and did not run"),
            Some(Err(error)) if error.is_cancelled() => cancelled.push(ran),
            result => panic!("{PROMISE}: aborted at once, it gave {result:?}"),
        }
    }
    assert!(
        eventually(runtime, || gone.times() == CLOSURES).await,
        "{PROMISE}: of {CLOSURES} closures, {} have been dropped within {LIMIT:?}",
        gone.times()
    );
    let ran = cancelled.iter().filter(|ran| ran.seen()).count();
    assert!(
        ran == 0,
        "{PROMISE}: of {} whose handles gave a cancellation, {ran} ran",
        cancelled.len()
    );
}

/// `is_finished` keeps the waker of the task that awaits the handle of a closure.
pub async fn is_finished_of_a_closure_keeps_the_waker<R: Sleeper + SpawnBlocking>(runtime: &R) {
    const PROMISE: &str = "is_finished of a closure keeps the waker";
    let (tell, told) = channel::<()>();
    let task = runtime.spawn_blocking(move || told.recv().is_err());
    keeps_the_waker(PROMISE, runtime, task, || drop(tell)).await;
}

/// An abort after the end of a closure keeps its value.
pub async fn abort_after_the_end_of_a_closure_keeps_the_value<R: Sleeper + SpawnBlocking>(
    runtime: &R,
) {
    const PROMISE: &str = "abort after the end of a closure keeps the value";
    let mut task = runtime.spawn_blocking(|| 42);
    has_ended(PROMISE, runtime, &mut task).await;
    task.abort();
    gives(PROMISE, "it", runtime, task, 42).await;
}
