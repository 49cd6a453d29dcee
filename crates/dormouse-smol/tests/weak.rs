//! An executor that nobody keeps is gone, whatever its tasks sleep on.

use std::time::Duration;

use dormouse_core::{BlockOn, Coalesced, Sleeper, Spawner};
use dormouse_smol::SmolExecutor;

#[test]
fn a_weak_one_is_the_same_runtime_while_it_is_there() {
    let runtime = SmolExecutor::new(0);
    let weak = runtime.weak().unwrap();
    let task = weak.spawn(weak.sleep(Duration::from_millis(1)));
    assert!(weak.block_on(task).is_ok());
    assert!(weak.weak().is_none());
}

#[test]
fn a_task_that_sleeps_on_a_weak_one_goes_with_the_runtime() {
    let runtime = SmolExecutor::new(0);
    let weak = runtime.weak().unwrap();
    let task = runtime.spawn(async move { weak.sleep(Duration::MAX).await });
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
    let weak = SmolExecutor::new(2).weak().unwrap();
    let task = weak.spawn(async {});
    assert!(weak.block_on(task).unwrap_err().is_cancelled());
}
