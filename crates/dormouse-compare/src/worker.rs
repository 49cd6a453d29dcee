//! One run in a process of its own, which knows nothing of the runs before it.

use std::thread;
use std::time::Duration;

use dormouse::{BlockOn, Instant, LocalSpawner, Runtime, Sleeper, Spawner, ToHandle};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::figures::Figures;
use crate::machine::{self, Usage};
use crate::recorder;
use crate::workload::{Done, Setup, Workload};

/// What a worker is told: which row runs which workload, and how.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Job {
    pub(crate) workload: String,
    pub(crate) row: String,
    pub(crate) setup: Setup,
}

/// A way in which a run is broken on purpose, to test the comparison itself.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[doc(hidden)]
pub enum Fault {
    Crash,
    Hang,
    Disorder,
    Short,
    Serial,
}

/// The variable that tells a process to be a worker, and its job.
pub(crate) const VARIABLE: &str = "DORMOUSE_COMPARE_JOB";

/// Runs a workload on a runtime that is made for it.
pub(crate) fn on_owner<O, W>(
    make: impl FnOnce() -> O,
    workload: &W,
    setup: &Setup,
) -> Result<Figures, Error>
where
    O: BlockOn + ToHandle<Handle: Runtime>,
    W: Workload,
{
    let began = Instant::now();
    let owner = make();
    let runtime = owner.to_handle();
    let first = owner.block_on(async {
        let sleep = runtime.sleep(Duration::from_nanos(1));
        runtime.spawn(sleep).await
    });
    first.map_err(|error| Error::run(format_args!("the first task failed: {error}")))?;
    let startup = began.elapsed();
    let clock = runtime.clone();
    measure(
        workload,
        setup,
        startup,
        move || clock.now(),
        || owner.block_on(workload.run(&runtime, setup)),
    )
}

/// The same on a runtime whose tasks stay on their thread.
#[cfg_attr(not(feature = "compio"), allow(dead_code))]
pub(crate) fn on_local<O, W>(
    make: impl FnOnce() -> O,
    workload: &W,
    setup: &Setup,
) -> Result<Figures, Error>
where
    O: BlockOn + ToHandle<Handle: LocalSpawner + Sleeper<Sleep: 'static> + 'static>,
    W: Workload,
{
    let began = Instant::now();
    let owner = make();
    let sleeper = owner.to_handle();
    let first = sleeper.spawn_local(sleeper.sleep(Duration::from_nanos(1)));
    let first = owner.block_on(first);
    first.map_err(|error| Error::run(format_args!("the first task failed: {error}")))?;
    let startup = began.elapsed();
    let clock = sleeper.clone();
    measure(
        workload,
        setup,
        startup,
        move || clock.now(),
        || owner.block_on(workload.run_local(&sleeper, setup)),
    )
}

/// Times and counts a run. What is started at the first use of a runtime belongs to its startup,
/// which is over.
///
/// The clock is read last before the work and first after it, for every engine: whatever else is
/// read here is in nobody's time.
pub(crate) fn measure<W: Workload>(
    workload: &W,
    setup: &Setup,
    startup: Duration,
    clock: impl Fn() -> Instant,
    work: impl FnOnce() -> Result<Done, Error>,
) -> Result<Figures, Error> {
    recorder::count_from(clock());
    let recording_ns = recorder::cost();
    let base_rss_bytes = machine::rss_bytes();
    let before = Usage::now();
    let start = clock();
    recorder::start(start);
    let mut done = work()?;
    let mut total = clock() - start;
    let usage = Usage::now()
        .zip(before)
        .map(|(now, before)| now.since(before));
    let peak_rss_bytes = machine::peak_rss_bytes();

    match setup.fault {
        Some(Fault::Short) => done.operations -= 1,
        Some(Fault::Serial) => total += Duration::from_secs(3600),
        _ => {}
    }
    let about = workload.about();
    check(&done, workload.operations(setup), &about.things, total)?;
    let mut figures = Figures::default();
    let total_s = total.as_secs_f64();
    let operations = done.operations as f64;
    let operation = &about.operation;
    figures.set("total_s", total_s);
    figures.set(&format!("per_{operation}_s"), total_s / operations);
    figures.set(&format!("{operation}s_per_s"), operations / total_s);
    if let Some(ideal) = done.ideal {
        // Of two durations, as seconds would round. What ends early has a negative one.
        let overhead = match total.checked_sub(ideal) {
            Some(overhead) => overhead.as_secs_f64(),
            None => -(ideal - total).as_secs_f64(),
        };
        figures.set("overhead_s", overhead);
        figures.set(
            &format!("overhead_per_{operation}_s"),
            overhead / operations,
        );
    }
    for (key, value) in &done.figures {
        figures.set(key, *value);
    }
    if let Some(sum) = figures.values.remove("delays_sum_s") {
        figures.set("concurrency", sum / total_s);
    }
    let lateness = recorder::finish();
    if lateness.early > 0 && !done.may_be_early {
        return Err(Error::run(format_args!(
            "{} {} ended before their deadline",
            lateness.early, about.things
        )));
    }
    figures.set_lateness(done.timing, lateness);
    // Virtual time takes no time of a machine.
    if !setup.is_virtual {
        figures.set("startup_s", startup.as_secs_f64());
        figures.set("recording_s", recording_ns / 1e9);
        figures.set("base_rss_bytes", base_rss_bytes.map(|bytes| bytes as f64));
        figures.set("peak_rss_bytes", peak_rss_bytes.map(|bytes| bytes as f64));
        if let Some(usage) = usage {
            figures.set("cpu_user_s", usage.cpu_user_s);
            figures.set("cpu_system_s", usage.cpu_system_s);
            figures.set(
                &format!("cpu_per_{operation}_s"),
                usage.cpu_s() / operations,
            );
            figures.set("voluntary_switches", usage.voluntary_switches);
            figures.set("involuntary_switches", usage.involuntary_switches);
        }
    }
    Ok(figures)
}

/// Work that was not done has no figures.
fn check(done: &Done, due: u64, things: &str, total: Duration) -> Result<(), Error> {
    if done.operations != due {
        return Err(Error::run(format_args!(
            "did {} of {due}: not all {things} were done",
            done.operations
        )));
    }
    if let Some(ideal) = done
        .ideal
        .filter(|ideal| total < *ideal && !done.may_be_early)
    {
        return Err(Error::run(format_args!(
            "was over after {} s, before its longest wait of {} s",
            total.as_secs_f64(),
            ideal.as_secs_f64()
        )));
    }
    let sum = done.figures.iter().find(|(key, _)| *key == "delays_sum_s");
    if let (Some((_, sum)), Some(ideal)) = (sum, done.ideal) {
        let total = total.as_secs_f64();
        if sum - ideal.as_secs_f64() > SERIAL && total >= *sum {
            return Err(Error::run(format_args!(
                "ran its {things} one after the other: {total} s for delays of {sum} s in all"
            )));
        }
    }
    Ok(())
}

/// Delays of less than this together may take as long as in a row, by overhead alone.
const SERIAL: f64 = 1.0;

/// Breaks a run that is to be broken before it begins.
pub(crate) fn break_down(fault: Option<Fault>) {
    match fault {
        Some(Fault::Crash) => std::process::abort(),
        Some(Fault::Hang) => loop {
            thread::sleep(Duration::from_secs(60));
        },
        Some(Fault::Disorder | Fault::Short | Fault::Serial) | None => {}
    }
}
