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
        sleep("Tokio", "direct", |count| {
            in_tokio(|| repeat(count, || arm_and_drop(tokio_time::sleep(LONG))));
        }),
        sleep("Tokio", "trait", |count| {
            in_tokio(|| repeat(count, || arm_and_drop(Tokio.sleep(LONG))));
        }),
        sleep_until("Tokio", "direct", |count| {
            let deadline = tokio_time::Instant::now() + LONG;
            in_tokio(|| repeat(count, || arm_and_drop(tokio_time::sleep_until(deadline))));
        }),
        sleep_until("Tokio", "trait", |count| {
            let deadline = Instant::now() + LONG;
            in_tokio(|| repeat(count, || arm_and_drop(Tokio.sleep_until(deadline))));
        }),
        sleep_until("Tokio, in a task", "direct", |count| {
            let deadline = tokio_time::Instant::now() + LONG;
            in_task(move || repeat(count, || arm_and_drop(tokio_time::sleep_until(deadline))));
        }),
        sleep_until("Tokio, in a task", "trait", |count| {
            let deadline = Instant::now() + LONG;
            in_task(move || repeat(count, || arm_and_drop(Tokio.sleep_until(deadline))));
        }),
        sleep("TokioRuntime", "direct", |count| {
            let runtime = tokio();
            let sleep = || {
                let _context = runtime.enter();
                tokio_time::sleep(LONG)
            };
            repeat(count, || arm_and_drop(sleep()));
        }),
        sleep("TokioRuntime", "trait", |count| {
            let runtime = TokioRuntime::current_thread();
            repeat(count, || arm_and_drop(runtime.sleep(LONG)));
        }),
        sleep_until("TokioRuntime", "direct", |count| {
            let runtime = tokio();
            let deadline = tokio_time::Instant::now() + LONG;
            let sleep = || {
                let _context = runtime.enter();
                tokio_time::sleep_until(deadline)
            };
            repeat(count, || arm_and_drop(sleep()));
        }),
        sleep_until("TokioRuntime", "trait", |count| {
            let runtime = TokioRuntime::current_thread();
            let deadline = Instant::now() + LONG;
            repeat(count, || arm_and_drop(runtime.sleep_until(deadline)));
        }),
        sleep("Smol", "direct", |count| {
            repeat(count, || arm_and_drop(smol::Timer::after(LONG)));
        }),
        sleep("Smol", "trait", |count| {
            repeat(count, || arm_and_drop(Smol.sleep(LONG)));
        }),
        sleep_until("Smol", "direct", |count| {
            let deadline = Instant::now() + LONG;
            repeat(count, || arm_and_drop(smol::Timer::at(deadline)));
        }),
        sleep_until("Smol", "trait", |count| {
            let deadline = Instant::now() + LONG;
            repeat(count, || arm_and_drop(Smol.sleep_until(deadline)));
        }),
        sleep("AsyncStd", "direct", |count| {
            repeat(count, || arm_and_drop(async_std_task::sleep(LONG)));
        }),
        sleep("AsyncStd", "trait", |count| {
            repeat(count, || arm_and_drop(AsyncStd.sleep(LONG)));
        }),
        // In tasks that the traits don't know, as other code has spawned them.
        sleep("Tokio, in tokio's block_on", "direct", |count| {
            tokio().block_on(arm_and_drop_in_task(count, || tokio_time::sleep(LONG)));
        }),
        sleep("Tokio, in tokio's block_on", "trait", |count| {
            tokio().block_on(arm_and_drop_in_task(count, || Tokio.sleep(LONG)));
        }),
        sleep("Tokio, in tokio::spawn", "direct", |count| {
            in_spawned(arm_and_drop_in_task(count, || tokio_time::sleep(LONG)));
        }),
        sleep("Tokio, in tokio::spawn", "trait", |count| {
            in_spawned(arm_and_drop_in_task(count, || Tokio.sleep(LONG)));
        }),
        sleep("Smol, in smol's task", "direct", |count| {
            in_smol(arm_and_drop_in_task(count, || smol::Timer::after(LONG)));
        }),
        sleep("Smol, in smol's task", "trait", |count| {
            in_smol(arm_and_drop_in_task(count, || Smol.sleep(LONG)));
        }),
        spawn("Tokio", "direct", |count| {
            tokio().block_on(async {
                for _ in 0..count {
                    tokio::spawn(async {}).await.expect("it ends");
                }
            });
        }),
        spawn("Tokio", "trait", |count| {
            tokio().block_on(spawn_and_join(&Tokio, count));
        }),
        spawn("TokioRuntime", "direct", |count| {
            let runtime = tokio();
            runtime.block_on(async {
                for _ in 0..count {
                    runtime.spawn(async {}).await.expect("it ends");
                }
            });
        }),
        spawn("TokioRuntime", "trait", |count| {
            let runtime = TokioRuntime::current_thread();
            runtime.block_on(spawn_and_join(&runtime, count));
        }),
        spawn("SmolExecutor", "direct", |count| {
            let executor = smol::Executor::new();
            smol::block_on(executor.run(async {
                for _ in 0..count {
                    executor.spawn(async {}).await;
                }
            }));
        }),
        spawn("SmolExecutor", "trait", |count| {
            let runtime = SmolExecutor::new(0);
            runtime.block_on(spawn_and_join(&runtime, count));
        }),
        spawn("AsyncStd", "direct", |count| {
            async_std_task::block_on(async {
                for _ in 0..count {
                    async_std_task::spawn(async {}).await;
                }
            });
        }),
        spawn("AsyncStd", "trait", |count| {
            AsyncStd.block_on(spawn_and_join(&AsyncStd, count));
        }),
        abort("Tokio", "direct", |count| {
            tokio().block_on(async {
                for _ in 0..count {
                    tokio::spawn(pending::<()>()).abort();
                    yield_now().await;
                }
            });
        }),
        abort("Tokio", "trait", |count| {
            tokio().block_on(spawn_and_abort(&Tokio, count));
        }),
        abort("SmolExecutor", "direct", |count| {
            let executor = smol::Executor::new();
            smol::block_on(executor.run(async {
                for _ in 0..count {
                    drop(executor.spawn(pending::<()>()));
                    yield_now().await;
                }
            }));
        }),
        abort("SmolExecutor", "trait", |count| {
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

const fn sleep(on: &'static str, path: &'static str, repeat: fn(u64)) -> Case {
    Case {
        work: "sleep",
        on,
        path,
        repeat,
    }
}

const fn sleep_until(on: &'static str, path: &'static str, repeat: fn(u64)) -> Case {
    Case {
        work: "sleep_until",
        on,
        path,
        repeat,
    }
}

const fn abort(on: &'static str, path: &'static str, repeat: fn(u64)) -> Case {
    Case {
        work: "abort",
        on,
        path,
        repeat,
    }
}

const fn spawn(on: &'static str, path: &'static str, repeat: fn(u64)) -> Case {
    Case {
        work: "spawn",
        on,
        path,
        repeat,
    }
}
