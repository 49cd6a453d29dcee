//! A runtime that nobody keeps is gone, whatever its tasks sleep on.

use std::time::Duration;

use dormouse_core::{BlockOn, Coalesced, Sleeper, Spawner};
use dormouse_tokio::TokioRuntime;

#[test]
fn a_weak_one_is_the_same_runtime_while_it_is_there() {
    let runtime = TokioRuntime::current_thread();
    let weak = runtime.weak().unwrap();
    let task = weak.spawn(weak.sleep(Duration::from_millis(1)));
    assert!(weak.block_on(task).is_ok());
    assert!(weak.weak().is_none());
}

#[test]
fn a_task_that_sleeps_on_a_weak_one_goes_with_the_runtime() {
    let runtime = TokioRuntime::current_thread();
    let weak = runtime.weak().unwrap();
    let task = runtime.spawn(async move { weak.sleep(Duration::MAX).await });
    drop(runtime);
    let error = TokioRuntime::current_thread().block_on(task).unwrap_err();
    assert!(error.is_cancelled());
}

#[test]
fn a_coalesced_sleep_in_a_task_does_not_keep_the_runtime() {
    let runtime = Coalesced::new(TokioRuntime::current_thread());
    let task = runtime.spawn(runtime.sleep(Duration::MAX));
    drop(runtime);
    let error = TokioRuntime::current_thread().block_on(task).unwrap_err();
    assert!(error.is_cancelled());
}

#[test]
#[should_panic = "this tokio runtime is gone: keep a `TokioRuntime` that owns it"]
fn a_runtime_that_is_gone_blocks_on_nothing() {
    let weak = TokioRuntime::current_thread().weak().unwrap();
    weak.block_on(async {});
}
