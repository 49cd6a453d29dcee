//! What a handle does once the executor is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
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

/// A spawn that is under way on another thread does not keep the executor open.
#[test]
fn what_is_spawned_after_the_drop_is_cancelled_whoever_spawns_meanwhile() {
    for _ in 0..50 {
        let runtime = SmolExecutor::new(1);
        let handles = [runtime.handle(), runtime.handle(), runtime.handle()];
        let (stop, seen) = (Arc::new(AtomicBool::new(false)), runtime.handle());
        let spawners = handles.map(|handle| {
            let stop = Arc::clone(&stop);
            thread::spawn(move || {
                while !stop.load(Relaxed) {
                    handle.spawn(async {}).detach();
                }
            })
        });
        thread::sleep(Duration::from_millis(1));
        drop(runtime);
        for _ in 0..20 {
            let task = seen.spawn(async {});
            assert!(Smol.block_on(task).unwrap_err().is_cancelled());
        }
        stop.store(true, Relaxed);
        for spawner in spawners {
            spawner.join().unwrap();
        }
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
