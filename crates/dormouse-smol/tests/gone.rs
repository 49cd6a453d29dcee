//! What a handle does once the executor is gone.

use std::future::{Future, pending, poll_fn};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, LocalSpawner, Spawner, Task};
use dormouse_smol::{Smol, SmolExecutor, SmolLocal};

/// Who spawns may hold a lock that the destructor of a task takes, so no task is dropped there; and
/// without threads, all are dropped within the drop of the owner, whoever spawns meanwhile.
#[test]
fn a_spawn_while_the_executor_goes_runs_no_destructor() {
    struct Locks(Arc<Mutex<()>>, Arc<AtomicBool>);

    impl Drop for Locks {
        fn drop(&mut self) {
            drop(self.0.lock());
            self.1.store(true, Relaxed);
        }
    }

    for round in 0..200 {
        let threads = usize::from(round % 10 == 0);
        let runtime = SmolExecutor::new(threads);
        let lock = Arc::new(Mutex::new(()));
        let (stop, dropped) = <(Arc<AtomicBool>, Arc<AtomicBool>)>::default();
        let locks = Locks(Arc::clone(&lock), Arc::clone(&dropped));
        let task = runtime.spawn(async move {
            let _locks = locks;
            pending::<()>().await;
        });
        let (handle, stopped) = (runtime.handle(), Arc::clone(&stop));
        // If it waits for its own lock, the task is never dropped.
        let spawner = thread::spawn(move || {
            while !stopped.load(Relaxed) {
                let _locked = lock.lock();
                handle.spawn(async {}).detach();
            }
        });
        thread::sleep(Duration::from_micros(300));
        drop(runtime);
        assert!(
            threads > 0 || dropped.load(Relaxed),
            "the owner is gone, and a task is still there"
        );
        let end = Instant::now() + Duration::from_secs(10);
        while !dropped.load(Relaxed) {
            assert!(Instant::now() < end, "a task is never dropped");
            thread::sleep(Duration::from_millis(1));
        }
        stop.store(true, Relaxed);
        spawner.join().unwrap();
        assert!(Smol.block_on(task).unwrap_err().is_cancelled());
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

/// When async-executor is dropped, it wakes all tasks and then empties its queue once: a task that
/// another thread is just waking could be put there after that.
#[test]
fn a_task_woken_while_the_executor_is_dropped_is_cancelled() {
    woken_while_dropped(Duration::from_secs(2));
}

#[test]
#[ignore = "a minute, which finds what the short one misses"]
fn a_task_woken_while_the_executor_is_dropped_is_cancelled_for_a_minute() {
    woken_while_dropped(Duration::from_secs(60));
}

fn woken_while_dropped(limit: Duration) {
    let start = Instant::now();
    while start.elapsed() < limit {
        let wakers: Wakers = Wakers::default();
        let runtime = SmolExecutor::new(1);
        let tasks = (0..TASKS).map(|_| runtime.spawn(kept_by(&wakers)));
        let tasks: Vec<_> = tasks.collect();
        while wakers.lock().unwrap().len() < TASKS {
            thread::yield_now();
        }
        drop_while_waking(&wakers, runtime);
        tasks.into_iter().for_each(ends);

        let local = SmolLocal::new();
        let tasks = (0..TASKS).map(|_| local.spawn_local(kept_by(&wakers)));
        let tasks: Vec<_> = tasks.collect();
        local.block_on(poll_fn(|cx| {
            if wakers.lock().unwrap().len() < TASKS {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(())
        }));
        drop_while_waking(&wakers, local);
        tasks.into_iter().for_each(ends);
    }
}

const TASKS: usize = 64;

type Wakers = Arc<Mutex<Vec<Waker>>>;

/// A future that never ends and gives away its waker.
fn kept_by(wakers: &Wakers) -> impl Future<Output = ()> + use<> {
    let wakers = Arc::clone(wakers);
    poll_fn(move |cx| {
        wakers.lock().unwrap().push(cx.waker().clone());
        Poll::Pending
    })
}

fn drop_while_waking<T>(wakers: &Wakers, runtime: T) {
    let all = std::mem::take(&mut *wakers.lock().unwrap());
    let waking = thread::spawn(move || all.into_iter().for_each(Waker::wake));
    drop(runtime);
    waking.join().unwrap();
}

fn ends(mut task: impl Task) {
    let asked = Instant::now();
    while !task.is_finished() {
        assert!(asked.elapsed() < Duration::from_secs(10), "a task is lost");
        thread::sleep(Duration::from_millis(1));
    }
}
