//! A smol executor in the places where real programs have one.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use dormouse_conformance::cases::owner_drop::an_owner_can_go_in_a_task_of_its_own;
use dormouse_core::{BlockOn, LocalSpawner, Sleeper, SpawnBlocking, Spawner, Task};
use dormouse_smol::{Smol, SmolExecutor, SmolLocal};

/// Three tasks that compute and yield do not keep `block_on` from what it waits for.
#[test]
fn a_timeout_in_block_on_beside_tasks_that_compute() {
    async fn computes() {
        loop {
            let start = Instant::now();
            while start.elapsed() < Duration::from_millis(10) {}
            Smol.yield_now().await;
        }
    }
    let executor = SmolExecutor::new(0);
    let local = SmolLocal::new();
    for _ in 0..3 {
        executor.spawn(computes()).detach();
        local.spawn_local(computes()).detach();
    }
    let took = |nap: &dyn Fn()| {
        let start = Instant::now();
        nap();
        start.elapsed()
    };
    // The executor's own `run` would take 2 s. A busy machine adds to 20 ms, but not five times.
    let best = |nap: &dyn Fn()| (0..5).map(|_| took(nap)).min().unwrap();
    let best_of_executor = best(&|| executor.block_on(executor.sleep(SHORT)));
    assert!(best_of_executor < LATE, "{best_of_executor:?}");
    let best_of_local = best(&|| local.block_on(local.sleep(SHORT)));
    assert!(best_of_local < LATE, "{best_of_local:?}");
}

const SHORT: Duration = Duration::from_millis(5);
const LATE: Duration = Duration::from_millis(500);
const LONG: Duration = Duration::from_secs(30);

#[test]
fn block_on_inside_of_a_runtime_is_refused_in_our_words() {
    let runtime = SmolExecutor::new(2);
    let calls: [(&str, fn()); 3] = [
        ("Smol", || Smol.block_on(async {})),
        ("SmolExecutor", || SmolExecutor::new(0).block_on(async {})),
        ("SmolLocal", || SmolLocal::new().block_on(async {})),
    ];
    for (name, call) in calls {
        let inside = move || catch_unwind(AssertUnwindSafe(call)).unwrap_err();
        let refused = [
            Smol.block_on(async { inside() }),
            runtime.block_on(async { inside() }),
            runtime
                .block_on(runtime.spawn(async move { inside() }))
                .unwrap(),
        ];
        for payload in refused {
            let text = payload.downcast_ref::<String>().unwrap();
            let begins = format!("`{name}::block_on` inside of a task");
            assert!(text.starts_with(&begins), "{text}");
        }
    }
    let allowed = runtime.spawn_blocking(|| Smol.block_on(async { 42 }));
    assert_eq!(runtime.block_on(allowed).unwrap(), 42);
}

#[test]
fn the_owner_may_be_dropped_in_its_own_task_and_while_unwinding() {
    let owner = SmolExecutor::new(1);
    an_owner_can_go_in_a_task_of_its_own(owner.handle(), owner);

    for threads in [0, 2] {
        let runtime = SmolExecutor::new(threads);
        let left = runtime.spawn(pending::<()>());
        let unwound = catch_unwind(AssertUnwindSafe(move || {
            let _runtime = runtime;
            panic!("unwinds");
        }));
        assert!(unwound.is_err());
        assert!(Smol.block_on(left).unwrap_err().is_cancelled());
    }
}

#[test]
fn a_handle_keeps_nothing_and_outlives_its_executor() {
    for threads in [0, 2] {
        let runtime = SmolExecutor::new(threads);
        let handle = runtime.handle();
        let (kept, mut ticks) = (handle.clone(), dormouse_core::interval(&runtime, SHORT));
        let task = runtime.spawn(async move {
            loop {
                ticks.tick().await;
                let _kept = &kept;
            }
        });
        runtime.block_on(runtime.sleep(SHORT));
        let (start, sleep) = (Instant::now(), runtime.sleep(4 * SHORT));
        drop(runtime);
        let ended: Result<(), _> = Smol.block_on(task);
        assert!(ended.unwrap_err().is_cancelled());
        assert!(
            Smol.block_on(handle.spawn(async {}))
                .unwrap_err()
                .is_cancelled()
        );
        assert!(
            Smol.block_on(handle.spawn_blocking(|| ()))
                .unwrap_err()
                .is_cancelled()
        );
        Smol.block_on(sleep);
        assert!(start.elapsed() >= 4 * SHORT);
    }
}

#[test]
fn dropping_the_owner_does_not_wait() {
    let runtime = SmolExecutor::new(1);
    let (begun, wait) = mpsc::channel();
    runtime
        .spawn(async move {
            begun.send(()).unwrap();
            thread::sleep(Duration::from_secs(2));
        })
        .detach();
    wait.recv_timeout(LONG).unwrap();
    let start = Instant::now();
    drop(runtime);
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
}

/// A value whose destructor panics, with a payload whose destructor panics in turn.
struct Bomb(u32);

impl Drop for Bomb {
    fn drop(&mut self) {
        if let Some(less) = self.0.checked_sub(1) {
            std::panic::panic_any(Bomb(less));
        }
    }
}

/// The destructor of an aborted task panics after its handle was dropped: that harms nothing else.
#[test]
fn a_burst_that_nobody_takes_harms_nobody() {
    let runtime = SmolExecutor::new(1);
    for depth in 1..4 {
        let mut task = runtime.spawn(async move {
            let _bomb = Bomb(depth);
            pending::<()>().await;
        });
        runtime.block_on(runtime.sleep(SHORT));
        task.abort();
        drop(task);
        let next = runtime.spawn(async { 42 });
        assert_eq!(runtime.block_on(next).unwrap(), 42);
    }
}
