//! Many aborts, many dropped lists and a thread that a task keeps harm nothing else: on every runtime,
//! plain and under `Coalesced`.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse::{
    AnyRuntime, AsyncStd, BlockOn, Coalesced, FuturesPool, Runtime, Sleeper, Smol, SmolExecutor,
    Spawner, Task, Threads, ToHandle, TokioRuntime, Virtual, task_wait_n, wait_n,
};

const SHORT: Duration = Duration::from_millis(20);

/// Tasks are aborted while they begin, run and end, and every handle resolves.
fn an_abort_storm(owner: impl ToHandle<Handle: Runtime> + BlockOn) {
    let runtime = owner.to_handle();
    let live = Arc::new(());
    owner.block_on(async {
        for storm in 0..5_u32 {
            let mut tasks: Vec<_> = (0..200_u32)
                .map(|number| {
                    let sleep = runtime.sleep(SHORT * number / 200);
                    let live = Arc::clone(&live);
                    runtime.spawn(async move {
                        sleep.await;
                        drop(live);
                    })
                })
                .collect();
            if storm > 0 {
                runtime.sleep(SHORT * storm / 5).await;
            }
            for task in &mut tasks {
                task.abort();
                task.abort();
            }
            for task in tasks {
                let ended = task.await;
                assert!(ended.is_ok() || ended.unwrap_err().is_cancelled());
            }
            assert_eq!(Arc::strong_count(&live), 1, "no future is left behind");
        }
    });
}

fn ten_thousand_dropped_wait_n(owner: impl ToHandle<Handle: Runtime> + BlockOn) {
    let runtime = owner.to_handle();
    owner.block_on(async {
        for number in 0..10_000_usize {
            let mut waits = pin!(wait_n(&runtime, number % 4, 3600));
            let mut cx = Context::from_waker(Waker::noop());
            assert!(waits.as_mut().poll(&mut cx).is_pending() || number % 4 == 0);
        }
        assert_eq!(wait_n(&runtime, 100, SHORT).await.len(), 100);
    });
}

/// A task blocks a thread of the executor: waits are late, but nothing else happens.
fn a_stalled_executor(owner: impl ToHandle<Handle: Runtime> + BlockOn) {
    let runtime = owner.to_handle();
    let start = Instant::now();
    let stall = runtime.spawn(async { thread::sleep(5 * SHORT) });
    let delays = owner.block_on(task_wait_n(&runtime, 200, SHORT));
    assert!(delays.is_sorted() && delays.len() == 200);
    owner.block_on(stall).unwrap();
    assert!(start.elapsed() >= 5 * SHORT);
}

macro_rules! faults {
    ($($name:ident: $runtime:expr;)*) => {$(
        mod $name {
            use super::*;

            faults!(@ $runtime; an_abort_storm ten_thousand_dropped_wait_n a_stalled_executor);
        }
    )*};
    (@ $runtime:expr; $($fault:ident)*) => {$(
        #[test]
        fn $fault() {
            super::$fault($runtime);
        }
    )*};
}

faults! {
    tokio: TokioRuntime::multi_thread(2);
    tokio_current_thread: TokioRuntime::current_thread();
    smol: SmolExecutor::new(2);
    async_std: AsyncStd;
    futures_pool: FuturesPool::new(2);
    threads: Threads;
    virtual_time: Virtual::new();
    any: AnyRuntime::named("tokio").unwrap();
    coalesced_smol: Coalesced::new(Smol);
    coalesced_async_std: Coalesced::new(AsyncStd);
}
