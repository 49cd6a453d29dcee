//! What a handle does when its pool is gone.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, SpawnBlocking, Spawner, Task};
use dormouse_futures::{FuturesLocal, FuturesPool};
use futures_executor::{ThreadPool, block_on};

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

/// A pool's own waker keeps all of its threads: those of the tasks must not, once the tasks have ended.
#[test]
fn a_waker_that_is_kept_keeps_no_thread() {
    let (ended, wakers) = <(Arc<AtomicUsize>, Arc<Mutex<Vec<Waker>>>)>::default();
    let (seen, kept) = (Arc::clone(&ended), Arc::clone(&wakers));
    let threads = ThreadPool::builder()
        .pool_size(2)
        .before_stop(move |_| _ = seen.fetch_add(1, SeqCst))
        .create()
        .unwrap();
    let pool = FuturesPool::from(threads);
    let task = pool.spawn(poll_fn(move |cx| {
        kept.lock().unwrap().push(cx.waker().clone());
        Poll::<()>::Pending
    }));
    let start = Instant::now();
    while wakers.lock().unwrap().is_empty() && start.elapsed() < LIMIT {
        thread::sleep(Duration::from_millis(1));
    }
    drop(pool);
    assert!(block_on(task).unwrap_err().is_cancelled());
    while ended.load(SeqCst) < 2 && start.elapsed() < LIMIT {
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(ended.load(SeqCst), 2);
    let wakers = std::mem::take(&mut *wakers.lock().unwrap());
    assert!(!wakers.is_empty());
    wakers.into_iter().for_each(Waker::wake);
}

const LIMIT: Duration = Duration::from_secs(20);
