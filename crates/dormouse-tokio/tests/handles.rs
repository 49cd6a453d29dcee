//! What a handle of a runtime keeps, and what becomes of it.

use std::time::Duration;

use dormouse_core::{BlockOn, Coalesced, Sleeper, SpawnBlocking, Spawner};
use dormouse_tokio::TokioRuntime;

#[test]
fn a_handle_is_the_same_runtime_while_it_is_there() {
    let runtime = TokioRuntime::current_thread();
    let handle = runtime.handle();
    let task = handle.spawn(handle.sleep(Duration::from_millis(1)));
    assert!(runtime.block_on(task).is_ok());
}

#[test]
fn a_task_that_holds_a_handle_goes_with_the_runtime() {
    let runtime = TokioRuntime::current_thread();
    let handle = runtime.handle();
    let task = runtime.spawn(async move { handle.sleep(Duration::MAX).await });
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
fn a_runtime_that_is_gone_cancels_what_is_spawned() {
    let runtime = TokioRuntime::multi_thread(2);
    let handle = runtime.handle();
    drop(runtime);
    let other = TokioRuntime::current_thread();
    let task = handle.spawn(async {});
    assert!(other.block_on(task).unwrap_err().is_cancelled());
    let closure = handle.spawn_blocking(|| {});
    assert!(other.block_on(closure).unwrap_err().is_cancelled());
}
