//! Who waits for a task when its runtime goes, and what a handle gives after that.

use std::panic::panic_any;
use std::pin::Pin;
use std::task::Context;

use dormouse_core::{BlockOn, Runtime, Task};

use crate::ending::{all_cancelled, drop_owner, result_of, soon};
use crate::endless::tasks_under_way;
use crate::limit::LIMIT;
use crate::panics::caught;
use crate::results::has_ended;
use crate::witness::{Witness, waker_that_panics};

/// The end of a runtime wakes those who await its tasks.
pub fn the_end_of_a_runtime_wakes_those_who_await<R: Runtime, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "the end of a runtime wakes those who await";
    let woken = Witness::default();
    let mut tasks = tasks_under_way(PROMISE, &runtime, &driver, [(); 2]);
    for task in &mut tasks {
        assert!(woken.poll(task).is_pending(), "{PROMISE}: it had ended");
    }
    drop((driver, runtime));
    assert!(
        soon(|| woken.times() >= 2),
        "{PROMISE}: {LIMIT:?} after it, of 2 who await a task it has woken {}",
        woken.times()
    );
    all_cancelled(PROMISE, tasks);
}

/// A waker that panics when the runtime goes harms neither the code that drops the owner nor
/// another task.
pub fn a_waker_that_panics_when_the_runtime_goes_harms_nobody<R: Runtime, B: BlockOn>(
    runtime: R,
    driver: B,
) {
    const PROMISE: &str = "a waker that panics when the runtime goes harms nobody";
    let called = Witness::default();
    let mut tasks = tasks_under_way(PROMISE, &runtime, &driver, [(); 6]);
    for task in tasks.iter_mut().step_by(2) {
        let waker = waker_that_panics(&called);
        let poll = Pin::new(task).poll(&mut Context::from_waker(&waker));
        assert!(poll.is_pending(), "{PROMISE}: it had ended");
    }
    drop_owner(PROMISE, (driver, runtime));
    all_cancelled(PROMISE, tasks);
}

/// A task that had ended gives its value or its panic, even if its runtime is gone, and even if it
/// is aborted then.
pub fn a_result_outlives_its_runtime<R: Runtime, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "a result outlives its runtime";
    let [mut read, mut aborted, mut panicked] = driver.block_on(async {
        let mut tasks = [false, false, true].map(|panics| {
            runtime.spawn(async move {
                if panics {
                    panic_any(7_u32);
                }
                42
            })
        });
        for task in &mut tasks {
            has_ended(PROMISE, &runtime, task).await;
        }
        tasks
    });
    drop((driver, runtime));
    if let Err(words) = caught(|| aborted.abort()) {
        panic!("{PROMISE}: `abort` panicked: {words}");
    }
    for (how, task) in [("read", &mut read), ("aborted", &mut aborted)] {
        let result = result_of(PROMISE, task);
        assert!(
            matches!(result, Ok(42)),
            "{PROMISE}: ended before and {how} after, it gave {result:?} for 42"
        );
    }
    let result = result_of(PROMISE, &mut panicked);
    let payload = result.err().and_then(|error| error.try_into_panic().ok());
    assert!(
        payload.is_some_and(|payload| payload.downcast_ref() == Some(&7_u32)),
        "{PROMISE}: a task that had panicked gave no panic, or that of another"
    );
}
