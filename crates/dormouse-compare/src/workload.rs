//! Work that is done on a runtime, counted and timed.

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

/// Work that is written over the traits of dormouse, and done on every runtime that is compared.
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
    /// What it is, and by which figures it is judged.
    fn about(&self) -> About;

    /// Does the work of one run, and says how much of it was done.
    ///
    /// It runs once in a process of its own, on a runtime that has run a first task and a first
    /// sleep. What it takes from first poll to end is the run's time.
    fn run<R: Runtime>(
        &self,
        runtime: &R,
        setup: &Setup,
    ) -> impl Future<Output = Result<Done, Error>>;

    /// The same on a runtime whose tasks stay on their thread.
    fn run_local<S>(&self, runtime: &S, setup: &Setup) -> impl Future<Output = Result<Done, Error>>
    where
        S: LocalSpawner + Sleeper<Sleep: 'static> + Clone + 'static,
    {
        let _ = (runtime, setup);
        async { Err(Error::run("this workload needs tasks that are `Send`")) }
    }

    /// Whether [`run_local`](Self::run_local) does it: runtimes whose tasks stay on their thread are
    /// left out otherwise.
    fn runs_local(&self) -> bool {
        false
    }

    /// How many operations a run must have done; it has failed otherwise.
    fn operations(&self, setup: &Setup) -> u64 {
        setup.n as u64
    }
}

/// What a run is asked to do.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Setup {
    /// How many at once: of waits, tasks, pairs, tickers.
    pub n: usize,
    /// The longest delay; a period or a limit is of this order, too.
    pub max_delay: Duration,
    /// How the runtime is used.
    pub mode: Option<Mode>,
    /// The threads that the runtime has.
    pub threads: usize,
    /// What everything random is drawn from: all runs of a round have the same.
    pub seed: u64,
    /// Busy tasks for each thread, where there are any.
    pub busy: usize,
    /// For how long a busy task computes until it yields.
    pub chunk: Duration,
    /// Whether the clock moves only while all tasks wait.
    pub is_virtual: bool,
    /// What is broken on purpose.
    #[doc(hidden)]
    pub fault: Option<crate::worker::Fault>,
}

impl Setup {
    /// A setup for a test of a workload: so many at once, delays of up to 50 ms.
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

    /// Writes down how late something was: it was meant to be at one instant, and was at another.
    ///
    /// All that was written down in a run gives the figures `late_p50_s` to `late_max_s`.
    pub fn record(&self, meant: Instant, was: Instant) {
        recorder::record_late(was.saturating_duration_since(meant));
    }
}

/// What a run has done.
#[derive(Clone, Debug)]
pub struct Done {
    pub(crate) operations: u64,
    pub(crate) ideal: Option<Duration>,
    pub(crate) figures: Vec<(&'static str, f64)>,
    /// What the keys of what was written down begin with.
    pub(crate) timing: &'static str,
    /// Whether it is somebody else's, whose waits may end early.
    pub(crate) may_be_early: bool,
}

impl Done {
    /// So many operations.
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

    /// The time that the run would have taken on a runtime that takes none: what it took beyond is
    /// `overhead_s`. A run that was shorter has failed.
    #[must_use]
    pub fn at_least(self, ideal: Duration) -> Self {
        Self {
            ideal: Some(ideal),
            ..self
        }
    }

    /// What was written down with [`Setup::record`] is not a lateness but this: the figures are
    /// `jitter_p50_s` and so on, for "jitter".
    #[must_use]
    pub fn timing(self, timing: &'static str) -> Self {
        Self { timing, ..self }
    }

    /// A figure of its own.
    #[must_use]
    pub fn figure(mut self, key: &'static str, value: f64) -> Self {
        self.figures.push((key, value));
        self
    }
}

/// What a workload is, and by which figures it is judged.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct About {
    /// As it is typed.
    pub name: String,
    /// What it does, in a few words.
    pub title: String,
    /// What `n` of it are: waits, tasks.
    pub things: String,
    /// What is counted: a wait, a task, a tick.
    pub operation: String,
    /// Its modes; none if it has only one way.
    pub modes: Vec<Mode>,
    /// Its figures; the first ones stand in a narrow table.
    pub figures: Vec<Figure>,
}

impl About {
    /// A workload that counts these operations, judged by its time, its CPU time and its memory.
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

    /// What it does, in a few words.
    #[must_use]
    pub fn title(self, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..self
        }
    }

    /// A figure of its own, before all others.
    #[must_use]
    pub fn figure(mut self, figure: Figure) -> Self {
        let place = self
            .figures
            .iter()
            .position(|other| other.key.starts_with("per_"));
        self.figures.insert(place.unwrap_or(0), figure);
        self
    }

    /// Without this figure.
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

    /// The figures by which engines are ranked.
    pub(crate) fn ranked(&self) -> impl Iterator<Item = &Figure> {
        self.figures
            .iter()
            .filter(|figure| figure.concern.is_some())
    }
}
