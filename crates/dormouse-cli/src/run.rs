//! One run of n waits on one runtime.

use std::future::{Future, poll_fn};
use std::num::NonZeroUsize;
use std::pin::pin;
use std::time::{Duration, Instant};

use dormouse::waits::{CoalescedWaitN, TaskWaitN, WaitN};
use dormouse::{BlockOn, Coalesced, LocalSpawner, MaxDelay, Runtime, Sleeper};

use crate::args::{Common, Mode};
use crate::failure::Failure;
use crate::machine::{self, Usage};
use crate::recorder::{self, Recorded};
use crate::runtime::{RuntimeName, THREADS_OF_ASYNC_STD, Visit};
use crate::units;

/// What is to be run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) runtime: RuntimeName,
    pub(crate) mode: Mode,
    pub(crate) threads: NonZeroUsize,
    pub(crate) n: usize,
    pub(crate) max_delay: MaxDelay,
    pub(crate) seed: u64,
    /// Whether the lateness of each wait is written down.
    pub(crate) recorded: bool,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Seconds, ascending.
    pub(crate) delays: Vec<f64>,
    /// From nothing until the runtime had run a first task and a first sleep.
    pub(crate) startup: Duration,
    /// When the waits began.
    pub(crate) start: Instant,
    pub(crate) total: Duration,
    pub(crate) usage: Usage,
    /// The memory before the waits began.
    pub(crate) base_rss_bytes: u64,
    pub(crate) peak_rss_bytes: u64,
}

impl Run {
    /// The run that the common options ask for, of `n` waits.
    ///
    /// Not to return: where async-std is to have so many threads, the command begins anew with
    /// its variable set, as a process reads it once.
    pub(crate) fn asked(
        common: &Common,
        mode: Mode,
        n: usize,
        max_delay: MaxDelay,
    ) -> Result<Self, Failure> {
        let runtime = match common.runtime {
            Some(runtime) => runtime,
            None => RuntimeName::default_one()?,
        };
        let threads = runtime.threads(common.threads);
        if let Some(asked) = common.threads.filter(|asked| *asked != threads) {
            return Err(Failure::usage(format_args!(
                "{runtime} has no number of threads to set, so `--threads {asked}` says nothing: leave \
                 it out, or take `--runtime tokio`"
            )));
        }
        let run = Self {
            runtime,
            mode,
            threads,
            n,
            max_delay,
            seed: common.seed.unwrap_or_else(rand::random),
            recorded: false,
        };
        if mode == Mode::Spawn && !runtime.spawns() {
            return Err(Failure::usage(format_args!(
                "{runtime} has no tasks for mode spawn: take `--mode join` or coalesced"
            )));
        }
        fits_in_memory(n, mode)?;
        if runtime == RuntimeName::AsyncStd && common.threads.is_some() {
            begin_anew_with_threads(threads)?;
        }
        Ok(run)
    }

    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        let began = Instant::now();
        self.runtime.visit(self.threads, (self, began))
    }
}

/// Refuses what the memory that is free would not hold.
pub(crate) fn fits_in_memory(n: usize, mode: Mode) -> Result<(), Failure> {
    // Somewhat more than the greediest runtime was measured to take.
    let bytes_per_wait = match mode {
        Mode::Join => 200,
        Mode::Spawn => 480,
        Mode::Coalesced => 16,
    };
    let needed = n as u128 * bytes_per_wait;
    match machine::available_bytes() {
        Some(free) if needed > u128::from(free) => Err(Failure::usage(format_args!(
            "{n} waits in mode {} need some {} of memory, and {} are free: ask for {} or fewer",
            mode.name(),
            units::bytes(needed as f64),
            units::bytes(free as f64),
            u128::from(free) / bytes_per_wait,
        ))),
        _ => Ok(()),
    }
}

impl Visit for (Run, Instant) {
    type Output = Result<Outcome, Failure>;

    fn visit<R: Runtime + BlockOn>(self, runtime: &R) -> Self::Output {
        let (run, began) = self;
        if run.mode != Mode::Spawn {
            return in_one_task(self, runtime, Coalesced::new);
        }
        let first = runtime.spawn(runtime.sleep(Duration::from_nanos(1)));
        runtime.block_on(first).map_err(|error| {
            Failure::run(format_args!(
                "the first task on {} failed: {error}",
                run.runtime
            ))
        })?;
        let startup = began.elapsed();
        if run.recorded {
            let recorded = &Recorded(runtime.clone());
            measure(runtime, run, startup, spawn(recorded, run))
        } else {
            measure(runtime, run, startup, spawn(runtime, run))
        }
    }

    fn visit_local<R>(self, runtime: &R) -> Self::Output
    where
        R: Sleeper<Sleep: 'static> + LocalSpawner + BlockOn + Clone + 'static,
    {
        in_one_task(self, runtime, Coalesced::new_local)
    }
}

fn in_one_task<R: Sleeper + BlockOn + Clone>(
    (run, began): (Run, Instant),
    runtime: &R,
    coalesce: fn(R) -> Coalesced<R>,
) -> Result<Outcome, Failure> {
    runtime.block_on(runtime.sleep(Duration::from_nanos(1)));
    let startup = began.elapsed();
    match run.mode {
        Mode::Coalesced => {
            let waits = coalesced(coalesce(runtime.clone()), run);
            measure(runtime, run, startup, waits)
        }
        _ if run.recorded => {
            let recorded = &Recorded(runtime.clone());
            measure(runtime, run, startup, join(recorded, run))
        }
        _ => measure(runtime, run, startup, join(runtime, run)),
    }
}

/// Measures waits that begin when they are first polled. What a runtime starts at its first use
/// belongs to its start-up, which is over.
fn measure<R: Sleeper + BlockOn>(
    runtime: &R,
    run: Run,
    startup: Duration,
    waits: impl Future<Output = Result<Vec<f64>, Failure>>,
) -> Result<Outcome, Failure> {
    recorder::start(run.n);
    let base_rss_bytes = machine::rss_bytes();
    let before = Usage::now();
    let start = runtime.now();
    let delays = runtime.block_on(waits)?;
    let total = runtime.now() - start;
    let usage = Usage::now().since(before);
    let peak_rss_bytes = machine::peak_rss_bytes();
    Ok(Outcome {
        delays,
        startup,
        start,
        total,
        usage,
        base_rss_bytes,
        peak_rss_bytes,
    })
}

async fn join<R: Sleeper>(runtime: &R, run: Run) -> Result<Vec<f64>, Failure> {
    let waits = WaitN::try_new(runtime, run.n, run.max_delay, Some(run.seed));
    Ok(waits.map_err(Failure::usage)?.await)
}

async fn spawn<R: Runtime>(runtime: &R, run: Run) -> Result<Vec<f64>, Failure> {
    let waits = TaskWaitN::try_new(runtime, run.n, run.max_delay, Some(run.seed));
    let delays = waits.map_err(Failure::usage)?.fallible().await;
    delays.map_err(Failure::run)
}

async fn coalesced<R: Sleeper + Clone>(
    runtime: Coalesced<R>,
    run: Run,
) -> Result<Vec<f64>, Failure> {
    let start = recorder::nanos(runtime.now());
    let waits = CoalescedWaitN::try_new(&runtime, run.n, run.max_delay, Some(run.seed));
    let mut waits = pin!(waits.map_err(Failure::usage)?);
    if !run.recorded {
        return Ok(waits.await);
    }
    // With one timer for all, what each poll released is written down in place of its sleeps.
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

/// Runs the same command line in a process whose async-std has this many threads.
fn begin_anew_with_threads(threads: NonZeroUsize) -> Result<(), Failure> {
    let threads = threads.to_string();
    if std::env::var(THREADS_OF_ASYNC_STD).is_ok_and(|set| set == threads) {
        return Ok(());
    }
    let anew = || -> std::io::Result<std::process::ExitStatus> {
        std::process::Command::new(std::env::current_exe()?)
            .args(std::env::args_os().skip(1))
            .env(THREADS_OF_ASYNC_STD, &threads)
            .status()
    };
    match anew() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => Err(Failure::run(format_args!(
            "cannot start this command anew: {error}"
        ))),
    }
}
