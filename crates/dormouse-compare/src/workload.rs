//! Workloads: work that is done on a runtime, counted and timed.

use std::future::Future;
use std::time::Duration;

use dormouse::{Instant, LocalSpawner, Runtime, Sleeper};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::figures::Figure;
use crate::mode::Mode;
use crate::recorder;

pub use crate::workload::builtin::Builtin;
pub(crate) use crate::workload::sleep::done as list_is_done;

mod builtin;
mod coalesced;
mod interval;
mod load;
mod ping_pong;
mod sleep;
mod spawn;
mod tasks;
mod timeout;

/// Work written over the traits of dormouse, which is done on every runtime that is compared.
///
/// # Examples
///
/// ```
/// use dormouse::{Runtime, timeout};
/// use dormouse_compare::{About, Done, Error, Setup, Workload};
/// use std::time::Duration;
///
/// /// Operations under a timeout that never fires, one after the other.
/// struct Guarded;
///
/// impl Workload for Guarded {
///     fn about(&self) -> About {
///         About::new("guarded", "operation").title("operations under a timeout")
///     }
///
///     async fn run<R: Runtime>(&self, runtime: &R, setup: &Setup) -> Result<Done, Error> {
///         let mut done = 0;
///         for _ in 0..setup.n {
///             let step = timeout(runtime, Duration::from_secs(1), runtime.yield_now()).await;
///             done += u64::from(step.is_ok());
///         }
///         Ok(Done::new(done))
///     }
/// }
/// ```
pub trait Workload {
    /// The name, the modes and the figures of the workload.
    fn about(&self) -> About;

    /// Does the work of one run, and returns how much of it was done.
    ///
    /// It is called once in a process of its own, on a runtime that has already run a task and a
    /// sleep. The run is timed from the first poll to the end.
    fn run<R: Runtime>(
        &self,
        runtime: &R,
        setup: &Setup,
    ) -> impl Future<Output = Result<Done, Error>>;

    /// [`run`](Self::run) on a runtime whose tasks stay on their thread.
    fn run_local<S>(&self, runtime: &S, setup: &Setup) -> impl Future<Output = Result<Done, Error>>
    where
        S: LocalSpawner + Sleeper<Sleep: 'static> + Clone + 'static,
    {
        let _ = (runtime, setup);
        async { Err(Error::run("this workload needs tasks that are `Send`")) }
    }

    /// Whether [`run_local`](Self::run_local) is implemented.
    ///
    /// If not, runtimes whose tasks stay on their thread are left out.
    fn runs_local(&self) -> bool {
        false
    }

    /// How many operations a run must do; a run that has done another number has failed.
    fn operations(&self, setup: &Setup) -> u64 {
        setup.n as u64
    }
}

/// The parameters of a run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Setup {
    /// How many waits, tasks, pairs or tickers at once.
    pub n: usize,
    /// The longest delay; periods and timeouts are of this order too.
    pub max_delay: Duration,
    /// The mode, if the workload has modes.
    pub mode: Option<Mode>,
    /// The number of the runtime's threads.
    pub threads: usize,
    /// The seed from which everything random is drawn; the same for all runs of a round.
    pub seed: u64,
    /// Busy tasks per thread, in workloads that have some.
    pub busy: usize,
    /// How long a busy task computes before it yields.
    pub chunk: Duration,
    /// Whether the clock moves only while all tasks wait.
    pub is_virtual: bool,
    /// The fault to inject.
    #[doc(hidden)]
    pub fault: Option<crate::worker::Fault>,
}

impl Setup {
    /// A setup to test a workload with: `n` at once, delays of up to 50 ms.
    #[must_use]
    pub fn new(n: usize) -> Self {
        Self {
            n,
            max_delay: Duration::from_millis(50),
            mode: None,
            threads: 1,
            seed: 0,
            busy: 1,
            chunk: Duration::from_millis(1),
            is_virtual: false,
            fault: None,
        }
    }

    /// Records how late something happened: at `was`, when it was meant to happen at `meant`.
    ///
    /// All records of a run give the figures `late_min_s` to `late_max_s`.
    pub fn record(&self, meant: Instant, was: Instant) {
        recorder::record_late(was.saturating_duration_since(meant));
    }
}

/// The result of the work of a run.
#[derive(Clone, Debug)]
pub struct Done {
    pub(crate) operations: u64,
    pub(crate) ideal: Option<Duration>,
    pub(crate) figures: Vec<(&'static str, f64)>,
    /// The beginning of the keys of the recorded figures.
    pub(crate) timing: &'static str,
    /// Whether waits may end early, as those of a peer may.
    pub(crate) may_be_early: bool,
}

impl Done {
    /// A run that has done this number of operations.
    #[must_use]
    pub fn new(operations: u64) -> Self {
        Self {
            operations,
            ideal: None,
            figures: Vec::new(),
            timing: "late",
            may_be_early: false,
        }
    }

    /// Sets the time that the run would have taken on an ideal runtime.
    ///
    /// The time beyond it is the figure `overhead_s`. A run that was shorter has failed.
    #[must_use]
    pub fn at_least(self, ideal: Duration) -> Self {
        Self {
            ideal: Some(ideal),
            ..self
        }
    }

    /// Names what was recorded with [`Setup::record`], if it is not a lateness.
    ///
    /// With "jitter", for example, the figures are `jitter_p50_s` and so on.
    #[must_use]
    pub fn timing(self, timing: &'static str) -> Self {
        Self { timing, ..self }
    }

    /// Adds a figure.
    #[must_use]
    pub fn figure(mut self, key: &'static str, value: f64) -> Self {
        self.figures.push((key, value));
        self
    }
}

/// The description of a workload, with the figures that rank engines.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct About {
    /// Its name on the command line.
    pub name: String,
    /// What the workload does, in a few words.
    pub title: String,
    /// What `n` counts, in the plural: waits, tasks.
    pub things: String,
    /// What is counted, in the singular: wait, task, tick.
    pub operation: String,
    /// Its modes; empty if there is only one way to do it.
    pub modes: Vec<Mode>,
    /// Its figures; a narrow table has the first ones.
    pub figures: Vec<Figure>,
}

impl About {
    /// A workload that counts these operations, ranked by time, CPU time and memory.
    #[must_use]
    pub fn new(name: impl Into<String>, operation: impl Into<String>) -> Self {
        let (name, operation) = (name.into(), operation.into());
        Self {
            title: name.clone(),
            things: format!("{operation}s"),
            modes: Vec::new(),
            figures: builtin::common(&operation),
            name,
            operation,
        }
    }

    /// Sets what the workload does, in a few words.
    #[must_use]
    pub fn title(self, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..self
        }
    }

    /// Adds a figure before the common ones, which begin with the time per operation.
    #[must_use]
    pub fn figure(mut self, figure: Figure) -> Self {
        let place = self
            .figures
            .iter()
            .position(|other| other.key.starts_with("per_"));
        self.figures.insert(place.unwrap_or(0), figure);
        self
    }

    /// Removes the figure of this key.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.figures.retain(|figure| figure.key != key);
        self
    }

    /// The figure of this key.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.key == key)
    }

    /// The figures that rank engines.
    pub(crate) fn ranked(&self) -> impl Iterator<Item = &Figure> {
        self.figures
            .iter()
            .filter(|figure| figure.concern.is_some())
    }
}
