//! What outlives a runtime, once its owner has been dropped.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use dormouse::{
    BlockOn, JoinSet, Sleeper, SpawnBlocking, Spawner, Task, Threads, interval, task_wait_n,
    timeout, wait_n,
};

use crate::child::Owner;
use crate::{LIMIT, cases_of_owners, text};

cases_of_owners! {
    what_waits_when_its_runtime_is_gone
    tasks_that_spawn_without_end
    ticks_beside_a_task_that_spawns_without_end
}

fn what_waits_when_its_runtime_is_gone(rt: impl Owner) {
    let limit = Duration::from_millis(30);
    let handle = dormouse::ToHandle::to_handle(&rt);
    // tokio's ambient functions need a context to make a future, not to poll it.
    let start = Instant::now();
    let sleep = rt.sleep(limit);
    let mut ticks = interval(&rt, limit);
    let waits = wait_n(&rt, 5, limit);
    let limited = timeout(&rt, limit, pending::<()>());
    drop(rt);
    let late = handle.sleep(limit);
    let lost = task_wait_n(&handle, 5, limit);
    Threads.block_on(async {
        sleep.await;
        assert!(start.elapsed() >= limit);
        ticks.tick().await;
        ticks.tick().await;
        assert_eq!(waits.await.len(), 5);
        assert!(limited.await.is_err());
        late.await;
    });
    // The tasks are cancelled, and so it panics, with a message about that.
    let payload = catch_unwind(AssertUnwindSafe(|| Threads.block_on(lost))).unwrap_err();
    assert!(
        text(&*payload).contains("was cancelled"),
        "{}",
        text(&*payload)
    );
    assert!(start.elapsed() < Duration::from_secs(5));
}

/// Supervisors, which start anew what has ended: they end with their runtime.
fn tasks_that_spawn_without_end(rt: impl Owner) {
    let alive = Arc::new(());
    let handle = rt.to_handle();
    for _ in 0..8 {
        let (runtime, kept) = (handle.clone(), Arc::clone(&alive));
        rt.spawn(async move {
            let _kept = kept;
            loop {
                let _ = runtime.spawn(async {}).await;
            }
        })
        .detach();
        let (runtime, kept) = (handle.clone(), Arc::clone(&alive));
        rt.spawn(async move {
            let _kept = kept;
            loop {
                let mut set = JoinSet::new(&runtime);
                set.spawn(async {});
                while set.join_next().await.is_some() {}
            }
        })
        .detach();
        let (runtime, kept) = (handle.clone(), Arc::clone(&alive));
        rt.spawn(async move {
            let _kept = kept;
            loop {
                let _ = runtime.spawn_blocking(|| ()).await;
            }
        })
        .detach();
    }
    rt.block_on(rt.sleep(Duration::from_millis(20)));
    drop(rt);
    let dropped = Instant::now();
    while Arc::strong_count(&alive) > 1 {
        let left = Arc::strong_count(&alive) - 1;
        assert!(dropped.elapsed() < LIMIT, "{left} tasks go on");
        thread::sleep(Duration::from_millis(1));
    }
}

/// A supervisor of another runtime, which is gone, leaves the timers of its own their turns.
fn ticks_beside_a_task_that_spawns_without_end(rt: impl Owner) {
    let gone = dormouse::FuturesPool::new(1).handle();
    let supervisor = rt.spawn(async move {
        loop {
            let _ = futures::future::select(gone.spawn(async {}), gone.spawn(async {})).await;
        }
    });
    let supervisor = dormouse::AbortOnDrop::new(supervisor);
    let ticks = interval(&rt, Duration::from_millis(5));
    let start = Instant::now();
    rt.block_on(async {
        let mut ticks = std::pin::pin!(ticks);
        for _ in 0..10 {
            ticks.tick().await;
        }
    });
    drop(supervisor);
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
}
