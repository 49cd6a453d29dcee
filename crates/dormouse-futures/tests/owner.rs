//! What a handle does when its pool is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, SpawnBlocking, Spawner, Task};
use dormouse_futures::{FuturesLocal, FuturesPool};

/// A spawn in progress on another thread does not keep the pool open.
#[test]
fn what_is_spawned_after_the_drop_is_cancelled_whoever_spawns_meanwhile() {
    let other = FuturesPool::new(1);
    for _ in 0..50 {
        let runtime = FuturesPool::new(1);
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
            assert!(other.block_on(task).unwrap_err().is_cancelled());
            let closure = seen.spawn_blocking(|| ());
            assert!(other.block_on(closure).unwrap_err().is_cancelled());
        }
        stop.store(true, Relaxed);
        for spawner in spawners {
            spawner.join().unwrap();
        }
    }
}

#[test]
fn a_local_pool_has_threads_for_closures_that_block() {
    let runtime = FuturesLocal::new();
    let handle = runtime.handle();
    let here = thread::current().id();
    let closure = runtime.spawn_blocking(move || (here != thread::current().id(), 42));
    assert_eq!(runtime.block_on(closure).unwrap(), (true, 42));
    drop(runtime);
    let closure = handle.spawn_blocking(|| unreachable!("its runtime is gone"));
    let result: Result<(), _> = FuturesLocal::new().block_on(closure);
    assert!(result.unwrap_err().is_cancelled());
}
