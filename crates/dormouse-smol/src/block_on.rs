//! Runs an executor's tasks on the thread that blocks.

use std::future::Future;
use std::time::{Duration, Instant};

use smol::future::{or, yield_now};

/// Blocks on `root`, and runs tasks meanwhile; `tick` waits for a task that is ready, and polls it.
///
/// The executor's own `run` polls 200 tasks before it polls `root` again. If each of them computes
/// for some milliseconds, a timeout that is awaited in `root` would be late by half a second.
pub(crate) fn block_on<F, T>(root: F, tick: impl Fn() -> T) -> F::Output
where
    F: Future,
    T: Future<Output = ()>,
{
    let tasks = async {
        loop {
            let begin = Instant::now();
            while begin.elapsed() < TURN {
                tick().await;
            }
            yield_now().await;
        }
    };
    smol::block_on(or(root, tasks))
}

/// How long tasks run before `root` is polled again, plus the last task's poll.
const TURN: Duration = Duration::from_millis(1);
