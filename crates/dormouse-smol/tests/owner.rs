//! A smol executor in the places where real programs have one.

use std::panic::{AssertUnwindSafe, catch_unwind};
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
fn the_owner_may_be_dropped_in_its_own_task() {
    let owner = SmolExecutor::new(1);
    an_owner_can_go_in_a_task_of_its_own(owner.handle(), owner);
}
