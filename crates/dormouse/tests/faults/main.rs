//! Faults in foreign code must harm only that code: on every runtime, plain and under `Coalesced`.

use std::future::Future;
use std::panic::panic_any;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse::{
    AnyRuntime, AsyncStd, BlockOn, Coalesced, FuturesPool, Runtime, Sleeper, Smol, SmolExecutor,
    Spawner, Task, Threads, ToHandle, TokioRuntime, Virtual, task_wait_n, wait_n,
};

mod wakers;

const SHORT: Duration = Duration::from_millis(20);

fn panics_in_a_tenth_of_the_tasks(owner: impl ToHandle<Handle: Runtime> + BlockOn) {
    let runtime = owner.to_handle();
    quiet();
    let tasks: Vec<_> = (0..100_u32)
        .map(|number| {
            let sleep = runtime.sleep(SHORT / 4);
            runtime.spawn(async move {
                sleep.await;
                if number % 10 == 3 {
                    panic_any(Expected);
                }
                number
            })
        })
        .collect();
    owner.block_on(async {
        for (number, task) in (0..).zip(tasks) {
            match task.await {
                Ok(value) => assert_eq!(value, number),
                Err(error) => {
                    assert!(error.is_panic() && number % 10 == 3, "{error}");
                    assert!(error.into_panic().is::<Expected>());
                }
            }
        }
        // The executor goes on.
        assert_eq!(task_wait_n(&runtime, 50, SHORT).await.len(), 50);
    });
}

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

/// Sleeps to the end of all clocks are armed, held, and dropped; others are not disturbed.
fn the_far_future(owner: impl ToHandle<Handle: Runtime> + BlockOn) {
    let runtime = owner.to_handle();
    owner.block_on(async {
        let now = runtime.now();
        let far = [1_u64 << 30, 1 << 34, 1 << 40, u64::MAX].map(Duration::from_secs);
        let mut sleeps: Vec<_> = far
            .iter()
            .map(|far| Box::pin(runtime.sleep(*far)))
            .collect();
        let last = (0..64)
            .rev()
            .find_map(|power| now.checked_add(Duration::from_secs(1 << power)));
        sleeps.extend(last.map(|last| Box::pin(runtime.sleep_until(last))));
        let mut cx = Context::from_waker(Waker::noop());
        for sleep in &mut sleeps {
            assert!(sleep.as_mut().poll(&mut cx).is_pending());
        }
        assert_eq!(wait_n(&runtime, 50, SHORT).await.len(), 50);
        for sleep in &mut sleeps {
            assert!(sleep.as_mut().poll(&mut cx).is_pending());
        }
    });
}

/// The runtime is dropped while its tasks wait: each resolves to a cancellation.
fn shut_down_mid_wait<O>(make: impl Fn() -> O)
where
    O: ToHandle<Handle: Runtime> + Sleeper<Sleep: Send + 'static> + Spawner + BlockOn,
{
    let runtime = make();
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let sleep = runtime.sleep(Duration::from_secs(3600));
            runtime.spawn(sleep)
        })
        .collect();
    drop(runtime);
    let other = make();
    for task in tasks {
        assert!(other.block_on(task).unwrap_err().is_cancelled());
    }
}

macro_rules! faults {
    ($($name:ident: $runtime:expr;)*) => {$(
        mod $name {
            use super::*;

            faults!(@ $runtime; panics_in_a_tenth_of_the_tasks an_abort_storm
                ten_thousand_dropped_wait_n the_far_future a_stalled_executor);
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

/// The runtimes that own their threads.
mod shut_down_mid_wait {
    use super::*;

    #[test]
    fn tokio() {
        shut_down_mid_wait(|| TokioRuntime::multi_thread(2));
    }

    #[test]
    fn tokio_current_thread() {
        shut_down_mid_wait(TokioRuntime::current_thread);
    }

    #[test]
    fn smol() {
        shut_down_mid_wait(|| SmolExecutor::new(2));
    }

    #[test]
    fn virtual_time() {
        shut_down_mid_wait(Virtual::new);
    }

    #[test]
    fn futures_pool() {
        shut_down_mid_wait(|| FuturesPool::new(2));
    }

    #[test]
    fn any() {
        shut_down_mid_wait(|| AnyRuntime::named("tokio").unwrap());
    }
}

struct Expected;

/// Does not print the panics that these tests make on purpose.
fn quiet() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !panic.payload().is::<Expected>() {
                loud(panic);
            }
        }));
    });
}
