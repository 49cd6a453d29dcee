//! Small pieces of work, each done directly with the runtime and through the traits of dormouse:
//! what the micro-benchmarks time, and what the script `instructions` counts.

use std::fmt;
use std::future::pending;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use async_std::task as async_std_task;
use dormouse::{
    AbortOnDrop, AsyncStd, BlockOn, Sleeper, Smol, SmolExecutor, Spawner, Tokio, TokioRuntime,
};
use smol::future::yield_now;
use tokio::runtime::{Builder, Runtime};
use tokio::time as tokio_time;

/// A case: what is done, on which runtime, which way; and the function that does it so often.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What is done.
    pub work: &'static str,
    /// On which runtime.
    pub on: &'static str,
    /// `direct`, or `trait`.
    pub path: &'static str,
    /// Does it so often.
    pub repeat: fn(u64),
}

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

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.on, self.path)
    }
}

/// Longer than any benchmark.
pub const LONG: Duration = Duration::from_secs(3600);

/// Polls a sleep once, which arms it, and drops it, which cancels it.
///
/// # Panics
///
/// If it has ended.
pub fn arm_and_drop(sleep: impl Future) {
    let sleep = pin!(sleep);
    assert!(
        sleep
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
}

/// A task after the other.
///
/// # Panics
///
/// If a task is lost.
pub async fn spawn_and_join(spawner: &impl Spawner, count: u64) {
    for _ in 0..count {
        spawner.spawn(async {}).await.expect("it ends");
    }
}

/// A task after the other, each aborted by the drop of its handle.
pub async fn spawn_and_abort(spawner: &impl Spawner, count: u64) {
    for _ in 0..count {
        drop(AbortOnDrop::new(spawner.spawn(pending::<()>())));
        yield_now().await;
    }
}

/// tokio in the calling thread.
///
/// # Panics
///
/// If the system refuses it.
#[must_use]
pub fn tokio() -> Runtime {
    let runtime = Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime in this thread")
}

fn in_tokio(work: impl FnOnce()) {
    let runtime = tokio();
    let _context = runtime.enter();
    work();
}

fn in_task(work: impl FnOnce() + Send + 'static) {
    let runtime = tokio();
    let task = runtime.spawn(async { work() });
    runtime.block_on(task).expect("it ends");
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
