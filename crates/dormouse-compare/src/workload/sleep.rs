//! n random waits at once, by the functions of dormouse.

use std::future::poll_fn;
use std::pin::pin;

use dormouse::waits::{CoalescedWaitN, TaskWaitN, WaitN};
use dormouse::{Coalesced, LocalSpawner, MaxDelay, Runtime, Sleeper};

use crate::engine::Mode;
use crate::error::Error;
use crate::figures::{Figure, Unit};
use crate::recorded::Recorded;
use crate::recorder;
use crate::workload::{About, Done, Setup};

pub(super) fn about(about: About) -> About {
    about
        .title("random waits at once")
        .ranks("overhead_s", "overhead", "finishes soonest")
        .figure(Figure::new("late_p50_s", "late p50", Unit::Seconds))
        .ranks("late_p99_s", "late p99", "wakes on time")
        // Nearly all of it is the longest delay, which is the same for all engines.
        .change("per_wait_s", |figure| {
            figure.title = "total/n".into();
            figure.concern = None;
        })
        .last("overhead_per_wait_s", "overhead/n", Unit::Seconds)
        .last("concurrency", "concurrency", Unit::Ratio)
        .last("out_of_order", "out of order", Unit::Count)
        .late()
}

pub(super) async fn run<R: Runtime>(runtime: &R, setup: &Setup) -> Result<Done, Error> {
    let delays = match setup.mode {
        Some(Mode::Spawn) => spawned(runtime, setup).await,
        Some(Mode::Coalesced) => coalesced(&Coalesced::new(runtime.clone()), setup).await,
        _ => joined(runtime, setup).await,
    };
    Done::of_delays(delays?, setup, true)
}

pub(super) async fn run_local<S>(runtime: &S, setup: &Setup) -> Result<Done, Error>
where
    S: LocalSpawner + Sleeper<Sleep: 'static> + Clone + 'static,
{
    let delays = match setup.mode {
        Some(Mode::Coalesced) => coalesced(&Coalesced::new_local(runtime.clone()), setup).await,
        _ => joined(runtime, setup).await,
    };
    Done::of_delays(delays?, setup, true)
}

async fn joined<S: Sleeper + Clone>(sleeper: &S, setup: &Setup) -> Result<Vec<f64>, Error> {
    let recorded = Recorded(sleeper.clone());
    recorder::waits_begin(sleeper.now());
    let waits = WaitN::try_new(&recorded, setup.n, max_delay(setup), Some(setup.seed));
    Ok(waits.map_err(Error::usage)?.await)
}

async fn spawned<R: Runtime>(runtime: &R, setup: &Setup) -> Result<Vec<f64>, Error> {
    let recorded = Recorded(runtime.clone());
    recorder::waits_begin(runtime.now());
    let waits = TaskWaitN::try_new(&recorded, setup.n, max_delay(setup), Some(setup.seed));
    let delays = waits.map_err(Error::usage)?.fallible().await;
    delays.map_err(Error::run)
}

async fn coalesced<S: Sleeper + Clone>(
    runtime: &Coalesced<S>,
    setup: &Setup,
) -> Result<Vec<f64>, Error> {
    let now = runtime.now();
    recorder::waits_begin(now);
    let start = recorder::nanos(now);
    let waits = CoalescedWaitN::try_new(runtime, setup.n, max_delay(setup), Some(setup.seed));
    let mut waits = pin!(waits.map_err(Error::usage)?);
    // There are no single sleeps to record, so each poll records the delays that it has released.
    let record = |delay: &f64| recorder::record(start + (delay * 1e9).round() as u64);
    let mut seen = 0;
    let delays = poll_fn(|cx| {
        let poll = waits.as_mut().poll(cx);
        seen += waits.released(seen).inspect(record).count();
        poll
    })
    .await;
    delays[seen..].iter().for_each(record);
    Ok(delays)
}

fn max_delay(setup: &Setup) -> MaxDelay {
    MaxDelay::from(setup.max_delay)
}
