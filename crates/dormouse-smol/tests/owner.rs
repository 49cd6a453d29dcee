//! What a handle does once the executor is gone.

use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, SpawnBlocking, Spawner, Task};
use dormouse_smol::{Smol, SmolExecutor};

/// The threads of the executor take a while to end, and run tasks no more.
#[test]
fn what_is_spawned_right_after_the_drop_is_cancelled() {
    for _ in 0..200 {
        let runtime = SmolExecutor::new(2);
        let handle = runtime.handle();
        drop(runtime);
        let task = handle.spawn(async {});
        assert!(Smol.block_on(task).unwrap_err().is_cancelled());
        let closure = handle.spawn_blocking(|| ());
        assert!(Smol.block_on(closure).unwrap_err().is_cancelled());
    }
}

#[test]
fn a_thread_that_is_kept_does_not_keep_the_executor_open() {
    let runtime = SmolExecutor::new(1);
    runtime
        .spawn(async { thread::sleep(Duration::from_millis(50)) })
        .detach();
    thread::sleep(Duration::from_millis(10));
    let handle = runtime.handle();
    drop(runtime);
    let task = handle.spawn(async {});
    assert!(Smol.block_on(task).unwrap_err().is_cancelled());
}
