//! One run of n waits on one runtime.

use std::num::NonZeroUsize;
use std::process::Command;
use std::time::Duration;

use dormouse::waits::{CoalescedWaitN, TaskWaitN, WaitN};
use dormouse::{BlockOn, Coalesced, JoinError, LocalSpawner, MaxDelay, Runtime, Sleeper, ToHandle};
use dormouse_compare::machine::{self, Usage};
use dormouse_compare::program::{
    Shortage, THREADS_OF_ASYNC_STD, Visit, ending, start, start_local, too_many_threads,
};
use dormouse_compare::units::counted;
use dormouse_compare::{Mode, RuntimeName};
use serde::{Serialize, Serializer};

use crate::args::Common;
use crate::failure::Failure;
use crate::output::tell_panic;

/// The parameters of a run.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Run {
    pub(crate) runtime: RuntimeName,
    pub(crate) mode: Mode,
    pub(crate) n: usize,
    #[serde(rename = "max_delay_s", serialize_with = "as_seconds")]
    pub(crate) max_delay: MaxDelay,
    pub(crate) seed: u64,
    pub(crate) threads: NonZeroUsize,
}

/// The result of a run: the JSON object of `wait-n` and `measure-time`.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    #[serde(flatten)]
    pub(crate) run: Run,
    pub(crate) total_s: f64,
    /// The total divided by n; null if n is 0.
    pub(crate) per_wait_s: Option<f64>,
    /// The total minus the largest delay.
    pub(crate) overhead_s: f64,
    /// From the start until the runtime had run a first task and a first sleep.
    startup_s: f64,
    /// Absent if the system does not provide it.
    pub(crate) cpu_s: Option<f64>,
    pub(crate) peak_rss_bytes: Option<u64>,
    /// Ascending; absent if they are not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delays_s: Option<Vec<f64>>,
}

fn as_seconds<S: Serializer>(delay: &MaxDelay, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(delay.as_secs_f64())
}

impl Run {
    /// Checks the common options, and returns the run of `n` waits that they ask for.
    ///
    /// It does not return if async-std needs another number of threads, which a process reads from an
    /// environment variable once: the command begins anew.
    pub(crate) fn asked(common: &Common, mode: Mode, n: usize) -> Result<Self, Failure> {
        let runtime = match common.runtime {
            Some(runtime) => runtime,
            None => RuntimeName::default_one()?,
        };
        let threads = runtime.threads(common.threads.or_else(|| set_threads(runtime)));
        if let Some(asked) = common.threads.filter(|asked| *asked != threads) {
            return Err(Failure::usage(format_args!(
                "{runtime} has no thread count, so `--threads {asked}` would be ignored: omit `--threads` \
                 or use `--runtime tokio`"
            )));
        }
        let run = Self {
            runtime,
            mode,
            n,
            max_delay: common.max,
            // Drawn so that every reader of JSON can hold it: JavaScript has 53 bits.
            seed: common.seed.unwrap_or_else(|| rand::random::<u64>() >> 11),
            threads,
        };
        let count = threads.get();
        if let Some(line) = too_many_threads(count, counted(count, "thread")) {
            return Err(Failure::usage(line));
        }
        if mode == Mode::Spawn
            && runtime == RuntimeName::Threads
            && let Some(line) = too_many_threads(n, format_args!("{n} waits, a thread each,"))
        {
            return Err(Failure::usage(line));
        }
        if mode == Mode::Spawn && !runtime.spawns() {
            return Err(Failure::usage(format_args!(
                "{runtime} has no tasks for mode spawn: use `--mode join` or coalesced"
            )));
        }
        if let Some(shortage) = Shortage::of_waits(n, mode) {
            return Err(Failure::usage(format_args!(
                "{n} waits in mode {mode} need {shortage}: ask for {} or fewer",
                shortage.most
            )));
        }
        if runtime == RuntimeName::AsyncStd && common.threads.is_some() {
            begin_anew_with_threads(threads)?;
        }
        Ok(run)
    }

    /// Waits, and returns the result without the delays, and the delays, ascending, in seconds.
    pub(crate) fn run(self) -> Result<(Outcome, Vec<f64>), Failure> {
        ending(|| self.runtime.visit(self.threads, self), tell_panic)
    }

    /// Measures waits, which begin when they are first polled. The runtime has started by then: what
    /// its first use starts belongs to `startup`.
    fn measure<O: BlockOn + ToHandle>(
        self,
        owner: &O,
        startup: Duration,
        waits: impl Future<Output = Result<Vec<f64>, Failure>>,
    ) -> Result<(Outcome, Vec<f64>), Failure> {
        let clock = owner.to_handle();
        let before = Usage::now();
        let start = clock.now();
        let delays = owner.block_on(waits)?;
        let total_s = (clock.now() - start).as_secs_f64();
        let usage = Usage::now().zip(before);
        let outcome = Outcome {
            run: self,
            total_s,
            per_wait_s: (self.n > 0).then(|| total_s / self.n as f64),
            overhead_s: total_s - delays.last().copied().unwrap_or(0.0),
            startup_s: startup.as_secs_f64(),
            cpu_s: usage.map(|(now, before)| now.since(before).cpu_s()),
            peak_rss_bytes: machine::peak_rss_bytes(),
            delays_s: None,
        };
        Ok((outcome, delays))
    }
}

fn failed(runtime: RuntimeName) -> impl FnOnce(JoinError) -> Failure {
    move |error| Failure::run(format_args!("the first task on {runtime} failed: {error}"))
}

impl Visit for Run {
    type Output = Result<(Outcome, Vec<f64>), Failure>;

    fn visit<O>(self, make: impl FnOnce() -> O) -> Self::Output
    where
        O: BlockOn + ToHandle<Handle: Runtime>,
    {
        let (owner, startup) = start(make).map_err(failed(self.runtime))?;
        let runtime = owner.to_handle();
        match self.mode {
            Mode::Spawn => self.measure(&owner, startup, spawn(&runtime, self)),
            Mode::Coalesced => {
                let coalesced = Coalesced::new(runtime);
                self.measure(&owner, startup, coalesce(&coalesced, self))
            }
            _ => self.measure(&owner, startup, join(&runtime, self)),
        }
    }

    fn visit_local<O>(self, make: impl FnOnce() -> O) -> Self::Output
    where
        O: BlockOn + ToHandle<Handle: LocalSpawner + Sleeper<Sleep: 'static> + 'static>,
    {
        let (owner, startup) = start_local(make).map_err(failed(self.runtime))?;
        let sleeper = owner.to_handle();
        if self.mode == Mode::Coalesced {
            let coalesced = Coalesced::new_local(sleeper);
            return self.measure(&owner, startup, coalesce(&coalesced, self));
        }
        self.measure(&owner, startup, join(&sleeper, self))
    }
}

/// Runs all waits in one task.
async fn join<S: Sleeper>(sleeper: &S, run: Run) -> Result<Vec<f64>, Failure> {
    let waits = WaitN::try_new(sleeper, run.n, run.max_delay, Some(run.seed));
    Ok(waits.map_err(Failure::usage)?.await)
}

/// Runs all waits on one timer.
async fn coalesce<S: Sleeper + Clone>(
    runtime: &Coalesced<S>,
    run: Run,
) -> Result<Vec<f64>, Failure> {
    let waits = CoalescedWaitN::try_new(runtime, run.n, run.max_delay, Some(run.seed));
    Ok(waits.map_err(Failure::usage)?.await)
}

async fn spawn<R: Runtime>(runtime: &R, run: Run) -> Result<Vec<f64>, Failure> {
    let waits = TaskWaitN::try_new(runtime, run.n, run.max_delay, Some(run.seed));
    let delays = waits.map_err(Failure::usage)?.fallible().await;
    delays.map_err(Failure::run)
}

/// The number of threads that async-std takes from the environment, if one is set, as it reads it.
fn set_threads(runtime: RuntimeName) -> Option<NonZeroUsize> {
    if runtime != RuntimeName::AsyncStd {
        return None;
    }
    let set = std::env::var(THREADS_OF_ASYNC_STD).ok()?;
    let threads: usize = set.parse().ok()?;
    NonZeroUsize::new(threads.max(1))
}

/// Runs the same command line anew, with an async-std of this number of threads.
fn begin_anew_with_threads(threads: NonZeroUsize) -> Result<(), Failure> {
    if set_threads(RuntimeName::AsyncStd) == Some(threads) {
        return Ok(());
    }
    let failed = |error: std::io::Error| {
        Failure::run(format_args!("cannot start this command anew: {error}"))
    };
    let mut anew = Command::new(std::env::current_exe().map_err(failed)?);
    anew.args(std::env::args_os().skip(1))
        .env(THREADS_OF_ASYNC_STD, threads.to_string());
    // In the same process: a child would outlive a signal to this one.
    #[cfg(unix)]
    return Err(failed(std::os::unix::process::CommandExt::exec(&mut anew)));
    #[cfg(not(unix))]
    match anew.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => Err(failed(error)),
    }
}
