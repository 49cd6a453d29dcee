//! How late each of n waits is, as the task sees that awaits them all.

use std::time::{Duration, Instant};

use dormouse::{
    AsyncStd, BlockOn, Coalesced, Runtime, Sleeper, SmolExecutor, ToHandle, TokioRuntime,
    task_wait_n_with, wait_n_with,
};
use futures::stream::{FuturesUnordered, Stream, StreamExt};
use serde::{Deserialize, Serialize};

use crate::measure::Run;
use crate::ours::{On, THREADS};
use crate::report::quantile;
use crate::thread_sleeper::ThreadSleeper;

/// Whose timer, and how it is used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// The runtime's own timer, all waits in one task.
    Direct,
    /// `wait_n`.
    WaitN,
    /// `task_wait_n`.
    TaskWaitN,
    /// `wait_n` over a `Coalesced`.
    Coalesced,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Direct, Self::WaitN, Self::TaskWaitN, Self::Coalesced];

    /// As the table names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "its own timer",
            Self::WaitN => "wait_n",
            Self::TaskWaitN => "task_wait_n",
            Self::Coalesced => "wait_n over Coalesced",
        }
    }
}

/// How late the waits of one run were, in seconds.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Lateness {
    /// Half of them were less late.
    pub p50: f64,
    /// 99 in 100 were less late.
    pub p99: f64,
    /// The latest one.
    pub max: f64,
}

/// Measures one way on one runtime, or on the sleeper made by hand for `None`.
#[must_use]
pub fn measure(way: Way, on: Option<On>, run: Run) -> Lateness {
    match on {
        None => {
            let sleeper = ThreadSleeper::default();
            match way {
                Way::Coalesced => wait_n(&sleeper.clone(), &Coalesced::on_thread(sleeper), run),
                _ => wait_n(&sleeper, &sleeper, run),
            }
        }
        Some(On::Tokio) => on_runtime(way, TokioRuntime::multi_thread(THREADS), tokio, run),
        Some(On::TokioCurrentThread) => on_runtime(way, TokioRuntime::current_thread(), tokio, run),
        Some(On::Smol) => on_runtime(way, SmolExecutor::new(THREADS), smol, run),
        Some(On::AsyncStd) => on_runtime(way, AsyncStd, async_std, run),
    }
}

fn on_runtime<O, F>(way: Way, owner: O, direct: fn(Instant, Duration) -> F, run: Run) -> Lateness
where
    O: ToHandle<Handle: Runtime> + BlockOn,
    F: Future<Output = f64>,
{
    let runtime = owner.to_handle();
    match way {
        Way::Direct => owner.block_on(async {
            let start = Instant::now();
            let waits: FuturesUnordered<_> =
                run.delays().map(|delay| direct(start, delay)).collect();
            late(start, waits).await
        }),
        Way::WaitN => wait_n(&owner, &runtime, run),
        Way::TaskWaitN => owner.block_on(async {
            let start = Instant::now();
            let waits = task_wait_n_with(&runtime, run.n, run.max_delay, run.seed);
            late(start, waits.into_stream()).await
        }),
        Way::Coalesced => wait_n(&owner, &Coalesced::new(runtime), run),
    }
}

fn wait_n<B: BlockOn, S: Sleeper>(driver: &B, sleeper: &S, run: Run) -> Lateness {
    driver.block_on(async {
        let start = Instant::now();
        let waits = wait_n_with(sleeper, run.n, run.max_delay, run.seed);
        late(start, waits.into_stream()).await
    })
}

async fn late(start: Instant, mut waits: impl Stream<Item = f64> + Unpin) -> Lateness {
    let mut late = Vec::new();
    while let Some(delay) = waits.next().await {
        late.push(start.elapsed().as_secs_f64() - delay);
    }
    late.sort_by(f64::total_cmp);
    Lateness {
        p50: quantile(&late, 0.5),
        p99: quantile(&late, 0.99),
        max: quantile(&late, 1.0),
    }
}

async fn tokio(start: Instant, delay: Duration) -> f64 {
    tokio::time::sleep_until((start + delay).into()).await;
    delay.as_secs_f64()
}

async fn smol(start: Instant, delay: Duration) -> f64 {
    smol::Timer::at(start + delay).await;
    delay.as_secs_f64()
}

/// Counted from the first poll, which comes at once.
async fn async_std(_: Instant, delay: Duration) -> f64 {
    async_std::task::sleep(delay).await;
    delay.as_secs_f64()
}
