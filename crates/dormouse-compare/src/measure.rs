//! The start of a runtime, and the measurement of one run on it.

use std::time::Duration;

use dormouse::{BlockOn, Instant, JoinError, LocalSpawner, Runtime, Sleeper, Spawner, ToHandle};

use crate::error::Error;
use crate::figures::Figures;
use crate::machine::{self, Usage};
use crate::recorder;
use crate::runtime::Visit;
use crate::workload::{Done, Fault, Setup, Workload};

/// Makes a runtime, and runs a first task with a first sleep on it; returns it with the time that
/// this took. What a runtime starts at its first use is part of that.
///
/// # Errors
///
/// If that task fails.
pub fn start<O>(make: impl FnOnce() -> O) -> Result<(O, Duration), JoinError>
where
    O: BlockOn + ToHandle<Handle: Runtime>,
{
    let began = Instant::now();
    let owner = make();
    let runtime = owner.to_handle();
    owner.block_on(async {
        let sleep = runtime.sleep(FIRST);
        runtime.spawn(sleep).await
    })?;
    Ok((owner, began.elapsed()))
}

/// [`start`] for a runtime whose tasks stay on their thread.
///
/// # Errors
///
/// If that task fails.
pub fn start_local<O>(make: impl FnOnce() -> O) -> Result<(O, Duration), JoinError>
where
    O: BlockOn + ToHandle<Handle: LocalSpawner + Sleeper<Sleep: 'static> + 'static>,
{
    let began = Instant::now();
    let owner = make();
    let sleeper = owner.to_handle();
    owner.block_on(sleeper.spawn_local(sleeper.sleep(FIRST)))?;
    Ok((owner, began.elapsed()))
}

const FIRST: Duration = Duration::from_nanos(1);

/// Measures a workload on the runtime that it visits.
pub(crate) struct Measure<'a, W> {
    pub(crate) workload: &'a W,
    pub(crate) setup: &'a Setup,
}

impl<W: Workload> Visit for Measure<'_, W> {
    type Output = Result<Figures, Error>;

    fn visit<O>(self, make: impl FnOnce() -> O) -> Self::Output
    where
        O: BlockOn + ToHandle<Handle: Runtime>,
    {
        let Self { workload, setup } = self;
        let (owner, startup) = start(make).map_err(failed)?;
        let runtime = owner.to_handle();
        let clock = || runtime.now();
        let work = || owner.block_on(workload.run(&runtime, setup));
        measure(workload, setup, Some(startup), clock, work)
    }

    fn visit_local<O>(self, make: impl FnOnce() -> O) -> Self::Output
    where
        O: BlockOn + ToHandle<Handle: LocalSpawner + Sleeper<Sleep: 'static> + 'static>,
    {
        let Self { workload, setup } = self;
        let (owner, startup) = start_local(make).map_err(failed)?;
        let sleeper = owner.to_handle();
        let clock = || sleeper.now();
        let work = || owner.block_on(workload.run_local(&sleeper, setup));
        measure(workload, setup, Some(startup), clock, work)
    }
}

fn failed(error: JoinError) -> Error {
    Error::run(format_args!("the first task failed: {error}"))
}

/// Measures `waits`, which uses no trait of dormouse and returns its delays.
pub(crate) fn by_hand<W: Workload>(
    workload: &W,
    setup: &Setup,
    is_ours: bool,
    waits: impl FnOnce() -> Vec<f64>,
) -> Result<Figures, Error> {
    measure(workload, setup, None, Instant::now, || {
        Done::of_delays(waits(), setup, is_ours)
    })
}

/// Measures a run. The runtime has started by then: what its first use starts belongs to `startup`.
///
/// For every engine, the clock is read last before the work and first after it, so that no other
/// measurement is part of the time.
fn measure<W: Workload>(
    workload: &W,
    setup: &Setup,
    startup: Option<Duration>,
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
    let mut figures = times(&done, &about.operation, total);
    let lateness = recorder::finish();
    if lateness.early > 0 && !done.may_be_early {
        return Err(Error::run(format_args!(
            "{} of the {} ended before the deadline",
            lateness.early, about.things
        )));
    }
    figures.set_lateness(done.timing, lateness);
    // A run on virtual time has no meaningful startup, CPU time or memory.
    if !setup.is_virtual {
        figures.set("startup_s", startup.map(|startup| startup.as_secs_f64()));
        figures.set("recording_s", recording_ns / 1e9);
        figures.set("base_rss_bytes", base_rss_bytes.map(|bytes| bytes as f64));
        figures.set("peak_rss_bytes", peak_rss_bytes.map(|bytes| bytes as f64));
        if let Some(usage) = usage {
            set_usage(&mut figures, usage, &about.operation, done.operations);
        }
    }
    Ok(figures)
}

/// The figures that follow from the time of a run, and those that the work returned.
pub(crate) fn times(done: &Done, operation: &str, total: Duration) -> Figures {
    let mut figures = Figures::default();
    let total_s = total.as_secs_f64();
    let operations = done.operations as f64;
    figures.set("total_s", total_s);
    figures.set(&format!("per_{operation}_s"), total_s / operations);
    figures.set(&format!("{operation}s_per_s"), operations / total_s);
    if let Some(ideal) = done.ideal {
        // Durations are subtracted, as seconds would round. It is negative if the run ended early.
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
    figures
}

pub(crate) fn set_usage(figures: &mut Figures, usage: Usage, operation: &str, operations: u64) {
    figures.set("cpu_user_s", usage.cpu_user_s);
    figures.set("cpu_system_s", usage.cpu_system_s);
    figures.set(
        &format!("cpu_per_{operation}_s"),
        usage.cpu_s() / operations as f64,
    );
    figures.set("voluntary_switches", usage.voluntary_switches);
    figures.set("involuntary_switches", usage.involuntary_switches);
}

/// Checks that the work was done; a run that fails this has no figures.
fn check(done: &Done, due: u64, things: &str, total: Duration) -> Result<(), Error> {
    if done.operations != due {
        let what = if done.operations < due {
            "not all"
        } else {
            "more than these"
        };
        return Err(Error::run(format_args!(
            "did {} of {due}: {what} {things} were done",
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

/// How much longer than the longest delay their sum must be, in seconds, to tell a serial run.
const SERIAL: f64 = 1.0;
