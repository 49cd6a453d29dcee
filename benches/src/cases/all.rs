//! The list of cases.

use std::future::pending;
use std::time::Instant;

use async_std::task as async_std_task;
use dormouse::{AsyncStd, BlockOn, Sleeper, Smol, SmolExecutor, Tokio, TokioRuntime};
use smol::future::yield_now;
use tokio::time as tokio_time;

use crate::cases::{
    Case, LONG, arm_and_drop, arm_and_drop_in_task, spawn_and_abort, spawn_and_join, tokio,
};

impl Case {
    /// Every case, the direct one before the one through the trait.
    pub const ALL: &[Self] = &[
        case("sleep", "Tokio", "direct", |count| {
            in_tokio(|| repeat(count, || arm_and_drop(tokio_time::sleep(LONG))));
        }),
        case("sleep", "Tokio", "trait", |count| {
            in_tokio(|| repeat(count, || arm_and_drop(Tokio.sleep(LONG))));
        }),
        case("sleep_until", "Tokio", "direct", |count| {
            let deadline = tokio_time::Instant::now() + LONG;
            in_tokio(|| repeat(count, || arm_and_drop(tokio_time::sleep_until(deadline))));
        }),
        case("sleep_until", "Tokio", "trait", |count| {
            let deadline = Instant::now() + LONG;
            in_tokio(|| repeat(count, || arm_and_drop(Tokio.sleep_until(deadline))));
        }),
        case("sleep_until", "Tokio, in a task", "direct", |count| {
            let deadline = tokio_time::Instant::now() + LONG;
            in_task(move || repeat(count, || arm_and_drop(tokio_time::sleep_until(deadline))));
        }),
        case("sleep_until", "Tokio, in a task", "trait", |count| {
            let deadline = Instant::now() + LONG;
            in_task(move || repeat(count, || arm_and_drop(Tokio.sleep_until(deadline))));
        }),
        case("sleep", "TokioRuntime", "direct", |count| {
            let runtime = tokio();
            let sleep = || {
                let _context = runtime.enter();
                tokio_time::sleep(LONG)
            };
            repeat(count, || arm_and_drop(sleep()));
        }),
        case("sleep", "TokioRuntime", "trait", |count| {
            let runtime = TokioRuntime::current_thread();
            repeat(count, || arm_and_drop(runtime.sleep(LONG)));
        }),
        case("sleep_until", "TokioRuntime", "direct", |count| {
            let runtime = tokio();
            let deadline = tokio_time::Instant::now() + LONG;
            let sleep = || {
                let _context = runtime.enter();
                tokio_time::sleep_until(deadline)
            };
            repeat(count, || arm_and_drop(sleep()));
        }),
        case("sleep_until", "TokioRuntime", "trait", |count| {
            let runtime = TokioRuntime::current_thread();
            let deadline = Instant::now() + LONG;
            repeat(count, || arm_and_drop(runtime.sleep_until(deadline)));
        }),
        case("sleep", "Smol", "direct", |count| {
            repeat(count, || arm_and_drop(smol::Timer::after(LONG)));
        }),
        case("sleep", "Smol", "trait", |count| {
            repeat(count, || arm_and_drop(Smol.sleep(LONG)));
        }),
        case("sleep_until", "Smol", "direct", |count| {
            let deadline = Instant::now() + LONG;
            repeat(count, || arm_and_drop(smol::Timer::at(deadline)));
        }),
        case("sleep_until", "Smol", "trait", |count| {
            let deadline = Instant::now() + LONG;
            repeat(count, || arm_and_drop(Smol.sleep_until(deadline)));
        }),
        case("sleep", "AsyncStd", "direct", |count| {
            repeat(count, || arm_and_drop(async_std_task::sleep(LONG)));
        }),
        case("sleep", "AsyncStd", "trait", |count| {
            repeat(count, || arm_and_drop(AsyncStd.sleep(LONG)));
        }),
        // In tasks that the traits don't know, as other code has spawned them.
        case("sleep", "Tokio, in tokio's block_on", "direct", |count| {
            tokio().block_on(arm_and_drop_in_task(count, || tokio_time::sleep(LONG)));
        }),
        case("sleep", "Tokio, in tokio's block_on", "trait", |count| {
            tokio().block_on(arm_and_drop_in_task(count, || Tokio.sleep(LONG)));
        }),
        case("sleep", "Tokio, in tokio::spawn", "direct", |count| {
            in_spawned(arm_and_drop_in_task(count, || tokio_time::sleep(LONG)));
        }),
        case("sleep", "Tokio, in tokio::spawn", "trait", |count| {
            in_spawned(arm_and_drop_in_task(count, || Tokio.sleep(LONG)));
        }),
        case("sleep", "Smol, in smol's task", "direct", |count| {
            in_smol(arm_and_drop_in_task(count, || smol::Timer::after(LONG)));
        }),
        case("sleep", "Smol, in smol's task", "trait", |count| {
            in_smol(arm_and_drop_in_task(count, || Smol.sleep(LONG)));
        }),
        case("spawn", "Tokio", "direct", |count| {
            tokio().block_on(async {
                for _ in 0..count {
                    tokio::spawn(async {}).await.expect("it ends");
                }
            });
        }),
        case("spawn", "Tokio", "trait", |count| {
            tokio().block_on(spawn_and_join(&Tokio, count));
        }),
        case("spawn", "TokioRuntime", "direct", |count| {
            let runtime = tokio();
            runtime.block_on(async {
                for _ in 0..count {
                    runtime.spawn(async {}).await.expect("it ends");
                }
            });
        }),
        case("spawn", "TokioRuntime", "trait", |count| {
            let runtime = TokioRuntime::current_thread();
            runtime.block_on(spawn_and_join(&runtime, count));
        }),
        case("spawn", "SmolExecutor", "direct", |count| {
            let executor = smol::Executor::new();
            smol::block_on(executor.run(async {
                for _ in 0..count {
                    executor.spawn(async {}).await;
                }
            }));
        }),
        case("spawn", "SmolExecutor", "trait", |count| {
            let runtime = SmolExecutor::new(0);
            runtime.block_on(spawn_and_join(&runtime, count));
        }),
        case("spawn", "AsyncStd", "direct", |count| {
            async_std_task::block_on(async {
                for _ in 0..count {
                    async_std_task::spawn(async {}).await;
                }
            });
        }),
        case("spawn", "AsyncStd", "trait", |count| {
            AsyncStd.block_on(spawn_and_join(&AsyncStd, count));
        }),
        case("abort", "Tokio", "direct", |count| {
            tokio().block_on(async {
                for _ in 0..count {
                    tokio::spawn(pending::<()>()).abort();
                    yield_now().await;
                }
            });
        }),
        case("abort", "Tokio", "trait", |count| {
            tokio().block_on(spawn_and_abort(&Tokio, count));
        }),
        case("abort", "SmolExecutor", "direct", |count| {
            let executor = smol::Executor::new();
            smol::block_on(executor.run(async {
                for _ in 0..count {
                    drop(executor.spawn(pending::<()>()));
                    yield_now().await;
                }
            }));
        }),
        case("abort", "SmolExecutor", "trait", |count| {
            let runtime = SmolExecutor::new(0);
            runtime.block_on(spawn_and_abort(&runtime, count));
        }),
    ];
}

fn in_tokio(work: impl FnOnce()) {
    let runtime = tokio();
    let _context = runtime.enter();
    work();
}

fn in_task(work: impl FnOnce() + Send + 'static) {
    in_spawned(async { work() });
}

fn in_spawned(work: impl Future<Output = ()> + Send + 'static) {
    let runtime = tokio();
    let task = runtime.spawn(work);
    runtime.block_on(task).expect("it ends");
}

fn in_smol(work: impl Future<Output = ()> + Send + 'static) {
    let executor = smol::Executor::new();
    smol::block_on(executor.run(executor.spawn(work)));
}

fn repeat(count: u64, work: impl Fn()) {
    for _ in 0..count {
        work();
    }
}

const fn case(work: &'static str, on: &'static str, path: &'static str, repeat: fn(u64)) -> Case {
    Case {
        work,
        on,
        path,
        repeat,
    }
}
