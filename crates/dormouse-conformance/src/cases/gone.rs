//! What is left of a runtime that is gone, because its owner was dropped.
//!
//! A runtime that is its own driver is an ambient one, such as smol's global executor: nothing ends
//! it, and its tasks go on. The suite skips the cases that need an owner to drop, and says so.

use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Runtime, Task, interval};

use crate::cases::waking::block_on;
use crate::ending::{gives_a_handle, result_of, with_context};
use crate::endless::{endless, have_begun, never_ends};
use crate::limit::LIMIT;
use crate::panics::{caught, elsewhere};
use crate::results::is_cancelled;
use crate::witness::Witness;

/// A task whose runtime is gone is cancelled: its handle neither panics nor waits for ever, even if
/// it is aborted, and the future has been dropped by then.
pub fn a_task_whose_runtime_is_gone_is_cancelled<R: Runtime, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "a task whose runtime is gone is cancelled";
    let (begun, dropped) = <(Witness, Witness)>::default();
    let tasks = driver.block_on(async {
        let spawn = || runtime.spawn(endless(&runtime, &begun, &dropped));
        let under_way = spawn();
        have_begun(PROMISE, &runtime, &begun, 1).await;
        [under_way, spawn()]
    });
    drop((driver, runtime));
    for (number, mut task) in tasks.into_iter().enumerate() {
        if number == 1 {
            let aborted = caught(|| task.abort());
            assert!(aborted.is_ok(), "{PROMISE}: `abort` panicked");
        }
        is_cancelled(PROMISE, result_of(PROMISE, &mut task));
        assert!(
            dropped.times() > number,
            "{PROMISE}: its handle has resolved, and its future is still there"
        );
        assert!(task.is_finished(), "{PROMISE}: `is_finished` is false then");
    }
}

/// A task that holds a handle of its runtime, or an interval made from one, does not keep the
/// runtime alive.
pub fn a_task_that_holds_a_handle_keeps_no_runtime<R: Runtime, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "a task that holds a handle keeps no runtime";
    let ticked = Witness::default();
    let (mut sleeps, mut ticks) = driver.block_on(async {
        let inside = runtime.clone();
        let sleeps = runtime.spawn(async move { inside.sleep(Duration::MAX).await });
        let (inside, see) = (runtime.clone(), ticked.clone());
        let ticks = runtime.spawn(async move {
            let mut ticks = interval(&inside, Duration::from_millis(1));
            loop {
                ticks.tick().await;
                see.see();
            }
        });
        while !ticked.seen() {
            runtime.sleep(Duration::from_millis(1)).await;
        }
        (sleeps, ticks)
    });
    // There is also a handle outside of the tasks.
    drop(driver);
    is_cancelled(PROMISE, result_of(PROMISE, &mut sleeps));
    let result: Result<(), _> = result_of(PROMISE, &mut ticks);
    is_cancelled(PROMISE, result);
    drop(runtime);
}

/// A spawn on a runtime that is gone gives a cancelled task, and drops the future.
pub fn a_spawn_on_a_runtime_that_is_gone_is_cancelled<R: Runtime, B: BlockOn>(
    runtime: R,
    driver: B,
) {
    const PROMISE: &str = "a spawn on a runtime that is gone is cancelled";
    // A runtime that needs a context has none once it is gone, and panics as it always does without
    // one.
    let needs_a_context = elsewhere(|| drop(runtime.spawn(async {}))).is_err();
    driver.block_on(async { drop(runtime.spawn(async {})) });
    drop(driver);
    let dropped = Witness::default();
    let spawned = caught(|| runtime.spawn(never_ends(dropped.of_drop(), Witness::default())));
    if let Some(mut task) = with_context(PROMISE, "spawn", needs_a_context, spawned) {
        is_cancelled(PROMISE, result_of(PROMISE, &mut task));
        assert!(dropped.seen(), "{PROMISE}: its future is still there");
    }
    if !needs_a_context {
        gives_a_handle(PROMISE, "spawn", |bomb| {
            runtime.spawn(never_ends(bomb, Witness::default()))
        });
    }
}

/// A sleep outlives its runtime: polled elsewhere, it ends at its deadline or later, whether or not
/// it was polled before.
pub fn a_sleep_outlives_its_runtime<R: Runtime, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "a sleep outlives its runtime";
    let duration = Duration::from_millis(50);
    let nobody = Witness::default();
    let (real, start) = (Instant::now(), driver.block_on(async { runtime.now() }));
    let (mut polled, unpolled) = driver.block_on(async {
        (
            Box::pin(runtime.sleep(duration)),
            Box::pin(runtime.sleep(duration)),
        )
    });
    driver.block_on(async { _ = nobody.poll(&mut polled) });
    drop(driver);
    let limit = LIMIT.get();
    for (before, sleep) in [("polled", polled), ("not polled", unpolled)] {
        let thread = thread::spawn(move || caught(|| block_on(sleep)));
        while !thread.is_finished() {
            assert!(
                real.elapsed() < limit,
                "{PROMISE}: {before} before, it has not ended {limit:?} after its runtime has gone"
            );
            thread::sleep(Duration::from_millis(1));
        }
        if let Err(words) = thread.join().expect("its panic is caught") {
            panic!("{PROMISE}: {before} before, it panicked: {words}");
        }
        // The runtime's clock may have stopped when it was dropped, so the later of both clocks
        // counts.
        let by_both = (runtime.now() - start).max(real.elapsed());
        assert!(
            by_both >= duration,
            "{PROMISE}: {before} before, it ended {:?} early",
            duration - by_both
        );
    }
}
