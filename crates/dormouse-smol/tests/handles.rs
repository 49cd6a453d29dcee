//! What a handle keeps alive, and what it does when its executor is gone.

use std::time::Duration;

use dormouse_core::{BlockOn, Coalesced, Sleeper, SpawnBlocking, Spawner};
use dormouse_smol::SmolExecutor;

#[test]
fn a_handle_is_the_same_runtime_while_it_is_there() {
    let runtime = SmolExecutor::new(0);
    let handle = runtime.handle();
    let task = handle.spawn(handle.sleep(Duration::from_millis(1)));
    assert!(runtime.block_on(task).is_ok());
}

#[test]
fn a_task_that_holds_a_handle_goes_with_the_runtime() {
    let runtime = SmolExecutor::new(0);
    let handle = runtime.handle();
    let task = runtime.spawn(async move { handle.sleep(Duration::MAX).await });
    drop(runtime);
    let error = SmolExecutor::new(0).block_on(task).unwrap_err();
    assert!(error.is_cancelled());
}

#[test]
fn a_coalesced_sleep_in_a_task_does_not_keep_the_runtime() {
    let runtime = Coalesced::new(SmolExecutor::new(0));
    let task = runtime.spawn(runtime.sleep(Duration::MAX));
    drop(runtime);
    let error = SmolExecutor::new(0).block_on(task).unwrap_err();
    assert!(error.is_cancelled());
}

#[test]
fn an_executor_that_is_gone_cancels_what_is_spawned() {
    let runtime = SmolExecutor::new(2);
    let handle = runtime.handle();
    drop(runtime);
    let other = SmolExecutor::new(0);
    let task = handle.spawn(async {});
    assert!(other.block_on(task).unwrap_err().is_cancelled());
    // The threads of the executor may not have ended yet.
    let closure = handle.spawn_blocking(|| {});
    assert!(other.block_on(closure).unwrap_err().is_cancelled());
}
