//! Closures that panic, whose outputs do, or whose runtime is gone.

use std::future::Future;
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::mpsc::channel;
use std::task::Context;

use dormouse_core::{BlockOn, Runtime, Sleeper, SpawnBlocking, Task};

use crate::bystanders::others_run;
use crate::cases::handle::panics_when_polled;
use crate::ending::{all_cancelled, gives_a_handle, with_context};
use crate::limit::{LIMIT, eventually, within};
use crate::panics::{caught, elsewhere};
use crate::results::{gives, panics_with};
use crate::witness::{Bomb, Witness, waker_that_panics};

/// A panic of a closure reaches its handle with its payload, and the next closures run.
pub async fn a_panic_of_a_closure_reaches_the_handle<R: Sleeper + SpawnBlocking>(runtime: &R) {
    const PROMISE: &str = "a panic of a closure reaches the handle";
    let task = runtime.spawn_blocking(|| panic_any(7_u32));
    panics_with(PROMISE, runtime, task, 7_u32).await;
    the_next_one_runs(PROMISE, runtime).await;
}

/// The handle of a closure that is polled again after it has resolved panics: after a value, a panic
/// and a cancellation.
pub async fn the_handle_of_a_closure_polled_after_its_end_panics<R: Sleeper + SpawnBlocking>(
    runtime: &R,
) {
    const PROMISE: &str = "the handle of a closure polled after its end panics";
    for end in ["its value", "a panic", "an abort"] {
        let panics = move || {
            if end != "its value" {
                panic_any(7_u32);
            }
        };
        let mut task = runtime.spawn_blocking(panics);
        if end == "an abort" {
            task.abort();
        }
        let result = within(runtime, &mut task).await;
        assert!(
            matches!(&result, Some(result) if result.is_ok() == (end == "its value")),
            "{PROMISE}: at {end} it gave {result:?}"
        );
        panics_when_polled(PROMISE, &mut task, &format!("after {end}"));
    }
}

/// An output of a closure that is not taken, and whose destructor panics, harms no other task.
pub async fn an_output_of_a_closure_that_panics_harms_nobody<R: Runtime + SpawnBlocking>(
    runtime: &R,
) {
    const PROMISE: &str = "an output of a closure that panics harms nobody";
    let dropped = Witness::default();
    for number in 0..5 {
        let seen = dropped.of_drop();
        runtime
            .spawn_blocking(move || (Bomb(number), seen))
            .detach();
    }
    assert!(
        eventually(runtime, || dropped.times() == 5).await,
        "{PROMISE}: of 5 outputs, {} have been dropped within {LIMIT:?}",
        dropped.times()
    );
    let mut task = runtime.spawn_blocking(|| Bomb(5));
    assert!(
        eventually(runtime, || task.is_finished()).await,
        "{PROMISE}: a closure that returns at once has not ended"
    );
    let dropped = caught(|| drop(task));
    assert!(dropped.is_ok(), "{PROMISE}: the drop of a handle panicked");
    the_next_one_runs(PROMISE, runtime).await;
    others_run(PROMISE, runtime).await;
}

/// A closure for a runtime that is gone is not run, and its task is cancelled.
pub fn a_closure_for_a_runtime_that_is_gone_is_cancelled<R: Runtime + SpawnBlocking, B: BlockOn>(
    runtime: R,
    driver: B,
) {
    const PROMISE: &str = "a closure for a runtime that is gone is cancelled";
    let needs_a_context = elsewhere(|| drop(runtime.spawn_blocking(|| {}))).is_err();
    drop(driver);
    let ran = Witness::default();
    let see = ran.clone();
    let spawned = caught(|| runtime.spawn_blocking(move || see.see()));
    let task = with_context(PROMISE, "spawn_blocking", needs_a_context, spawned);
    all_cancelled(PROMISE, task);
    if !needs_a_context {
        gives_a_handle(PROMISE, "spawn_blocking", |bomb| {
            runtime.spawn_blocking(|| drop(bomb))
        });
    }
    assert!(!ran.seen(), "{PROMISE}: it was run");
}

/// Panics of closures leave the threads for closures alive, in whatever part of it they are: in the
/// closure, in the destructor of what it has captured, of its payload, and in the waker of its
/// handle.
pub async fn panics_of_closures_leave_their_threads_alive<R: Sleeper + SpawnBlocking>(runtime: &R) {
    const PROMISE: &str = "panics of closures leave their threads alive";
    // More than a pool may have threads, if they are few.
    const EACH: u32 = 40;
    let next = async |what: &str| {
        let who = format!("after {EACH} panics {what}, the next one");
        gives(PROMISE, &who, runtime, runtime.spawn_blocking(|| 42), 42).await;
    };
    for number in 0..EACH {
        let task = runtime.spawn_blocking(move || panic_any(number));
        let result: Option<Result<(), _>> = within(runtime, task).await;
        assert!(
            matches!(&result, Some(Err(error)) if error.is_panic()),
            "{PROMISE}: number {number} that panics gave {result:?}"
        );
    }
    next("in closures").await;

    for number in 0..EACH {
        let bomb = Bomb(number);
        let mut task = runtime.spawn_blocking(move || drop(bomb));
        task.abort();
        let result = within(runtime, task).await;
        assert!(
            matches!(&result, Some(Err(error)) if error.is_panic() || error.is_cancelled()),
            "{PROMISE}: one whose capture panics gave {result:?}"
        );
    }
    next("of what they have captured").await;

    let ended = Witness::default();
    for number in 0..EACH {
        let see = ended.of_drop();
        runtime
            .spawn_blocking(move || {
                let _see = see;
                panic_any(Bomb(number))
            })
            .detach();
    }
    assert!(
        eventually(runtime, || ended.times() == EACH as usize).await,
        "{PROMISE}: of {EACH} closures that panic, {} have ended",
        ended.times()
    );
    next("of payloads").await;

    let called = Witness::default();
    let tasks: Vec<_> = (0..EACH)
        .map(|_| {
            let (tell, told) = channel::<()>();
            let mut task = runtime.spawn_blocking(move || _ = told.recv());
            let waker = waker_that_panics(&called);
            let poll = Pin::new(&mut task).poll(&mut Context::from_waker(&waker));
            assert!(poll.is_pending(), "{PROMISE}: it has ended too soon");
            drop(tell);
            task
        })
        .collect();
    for task in tasks {
        gives(PROMISE, "one whose waker panics", runtime, task, ()).await;
    }
    next("of wakers").await;
}

async fn the_next_one_runs<R: Sleeper + SpawnBlocking>(promise: &str, runtime: &R) {
    let next = runtime.spawn_blocking(|| 42);
    gives(promise, "the next one", runtime, next, 42).await;
}
