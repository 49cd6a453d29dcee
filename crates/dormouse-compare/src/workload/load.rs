//! n sleeping tasks beside busy ones, as in a server under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

use dormouse::Sleeper;

use crate::error::Error;
use crate::figures::{Figure, Unit};
use crate::recorded::Recorded;
use crate::recorder;
use crate::workload::tasks::{join, on_tasks};
use crate::workload::{About, Done, Setup};

pub(super) fn about(about: About) -> About {
    about
        .title("waits, a task each, beside busy tasks")
        .ranks("late_p99_s", "late p99", "wakes on time under load")
        .ranks(
            "late_p999_s",
            "late p99.9",
            "has the shortest stalls under load",
        )
        .ranks(
            "late_p50_s",
            "late p50",
            "wakes half of its tasks soonest under load",
        )
        .figure(Figure::new("overhead_s", "overhead", Unit::Seconds))
        // The busy tasks use all cores, so time and CPU per wait say nothing.
        .change("per_wait_s", |figure| figure.concern = None)
        .change("cpu_per_wait_s", |figure| figure.concern = None)
        .last("chunks", "busy chunks", Unit::Count)
        .late()
}

on_tasks! {
    |runtime, setup, turn| {
        let stop = Arc::new(AtomicBool::new(false));
        let busy = (0..setup.busy * setup.threads).map(|_| {
            runtime.start(work(runtime.clone(), turn(), setup.clone(), Arc::clone(&stop)))
        });
        let busy: Vec<_> = busy.collect();
        let recorded = Recorded(runtime.clone());
        let start = runtime.now();
        recorder::waits_begin(start);
        let mut longest = std::time::Duration::ZERO;
        let waits = setup.delays().map(|delay| {
            longest = longest.max(delay);
            runtime.start(Sleeper::sleep_until(&recorded, start + delay))
        });
        let waits: Vec<_> = waits.collect();
        let ended = join(waits).await;
        stop.store(true, Relaxed);
        let chunks = join(busy).await?;
        let ended = ended?.len() as u64;
        if chunks.contains(&0) {
            return Err(Error::run("a busy task had no turn"));
        }
        Ok(Done::new(ended)
            .at_least(longest)
            .figure("chunks", chunks.iter().sum::<u64>() as f64))
    }
}

/// Computes for a chunk of time and yields, until told to stop; returns the number of chunks.
async fn work<S: Sleeper>(
    runtime: S,
    turn: impl AsyncFn(),
    setup: Setup,
    stop: Arc<AtomicBool>,
) -> u64 {
    let mut chunks = 0;
    while !stop.load(Relaxed) || chunks == 0 {
        if setup.is_virtual {
            // Virtual time does not move while a task runs, so it sleeps instead.
            runtime.sleep(setup.chunk).await;
        } else {
            let end = Instant::now() + setup.chunk;
            while Instant::now() < end {
                std::hint::spin_loop();
            }
            turn().await;
        }
        chunks += 1;
    }
    chunks
}
