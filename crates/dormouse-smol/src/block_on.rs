//! Runs an executor's tasks on the thread that blocks.

use std::future::Future;
use std::time::{Duration, Instant};

use smol::future::{or, yield_now};

/// Blocks on `root`, and runs tasks meanwhile; `tick` waits for a task that is ready, and polls it.
///
/// The executor's own `run` polls 200 tasks before it polls `root` again. If each of them computes
/// for some milliseconds, a timeout that is awaited in `root` would be late by half a second. So
/// this also looks at the clock.
pub(crate) fn block_on<F, T>(root: F, tick: impl Fn() -> T) -> F::Output
where
    F: Future,
    T: Future<Output = ()>,
{
    let tasks = async {
        loop {
            let begin = Instant::now();
            for number in 1..=TICKS {
                tick().await;
                if number % 4 == 0 && begin.elapsed() > TURN {
                    break;
                }
            }
            yield_now().await;
        }
    };
    smol::block_on(or(root, tasks))
}

/// How many tasks are polled before `root` is polled again.
const TICKS: u32 = 200;

/// How long they may take, plus the polls of up to four tasks.
const TURN: Duration = Duration::from_millis(1);
