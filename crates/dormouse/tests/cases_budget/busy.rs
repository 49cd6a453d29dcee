//! What runs beside tasks that compute, or yield without an end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use dormouse::{Sleeper, Spawner, Task};

use crate::cases;
use crate::child::Owner;

cases! { {
    tokio: dormouse::TokioRuntime::multi_thread(2),
    smol: dormouse::SmolExecutor::new(2),
    async_std: dormouse::AsyncStd,
    futures: dormouse::FuturesPool::new(2),
    threads: dormouse::Threads,
}
    a_ticker_beside_two_tasks_that_compute
}

cases! { {
    one_thread: dormouse::FuturesPool::new(1),
}
    others_run_beside_a_task_that_yields
}

fn a_ticker_beside_two_tasks_that_compute(rt: impl Owner) {
    let lateness = || {
        let stop = Arc::new(AtomicBool::new(false));
        let computing: Vec<_> = (0..2)
            .map(|_| {
                let (handle, stop) = (rt.to_handle(), Arc::clone(&stop));
                rt.spawn(async move {
                    while !stop.load(Relaxed) {
                        let start = Instant::now();
                        while start.elapsed() < Duration::from_millis(10) {}
                        handle.yield_now().await;
                    }
                })
            })
            .collect();
        let worst = Arc::new(AtomicU64::new(0));
        let (handle, seen) = (rt.to_handle(), Arc::clone(&worst));
        let ticker = rt.spawn(async move {
            for _ in 0..40 {
                let deadline = handle.now() + Duration::from_millis(5);
                handle.sleep_until(deadline).await;
                let late = handle.now() - deadline;
                seen.fetch_max(late.as_millis() as u64, Relaxed);
            }
        });
        rt.block_on(ticker).unwrap();
        stop.store(true, Relaxed);
        for task in computing {
            rt.block_on(task).unwrap();
        }
        worst.load(Relaxed)
    };
    // Some 10 ms; a busy machine adds to that, but not five times in a row.
    let best = (0..5).map(|_| lateness()).min().unwrap();
    assert!(best < 150, "a tick is late by {best} ms");
}

fn others_run_beside_a_task_that_yields(rt: impl Owner) {
    let handle = rt.to_handle();
    let mut busy = rt.spawn(async move {
        loop {
            handle.yield_now().await;
        }
    });
    assert_eq!(rt.block_on(rt.spawn(async { 1 })).unwrap(), 1);
    busy.abort();
    let result: Result<(), _> = rt.block_on(busy);
    assert!(result.unwrap_err().is_cancelled());
}
