//! What a comparison is asked for: its workloads, what runs its rows, and its options.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use dormouse::{BlockOn, Runtime, ToHandle};
use dormouse_verdict::ENOUGH_ROUNDS;

use crate::engine::Mode;
use crate::measure::Measure;
use crate::report::StopRule;
use crate::runner::{OwnRuntime, Place, Runner};
use crate::runtime::{RuntimeName, Visit};
use crate::wording::{self, Wording};
use crate::workload::{Fault, Setup, Workload};

mod builtin;
mod settings;

/// A comparison: workloads, and the runtimes that run them.
///
/// # Examples
///
/// ```no_run
/// use dormouse::SmolExecutor;
/// use dormouse_compare::{Builtin, Comparison};
///
/// let session = Comparison::new(vec![Builtin::Sleep])
///     .configuration_with_threads("one thread", 1, SmolExecutor::new)
///     .configuration_with_threads("two threads", 2, SmolExecutor::new)
///     .rounds(20)
///     .run(&mut ())?;
/// println!("{}", session.report().text(80));
/// # Ok::<(), dormouse_compare::Error>(())
/// ```
pub struct Comparison<W> {
    /// How many comparisons the program had made before this one: a worker makes them in that order.
    pub(crate) number: usize,
    pub(crate) workloads: Vec<W>,
    /// The modes of a workload that are compared if none are named; by default all that it has.
    pub(crate) usual_modes: fn(&W) -> Vec<Mode>,
    pub(crate) runners: Vec<Runner<W>>,
    /// What was asked for and is left out, a line each.
    pub(crate) missing: Vec<String>,
    pub(crate) n: Vec<usize>,
    pub(crate) max_delays: Vec<Duration>,
    pub(crate) modes: Vec<Mode>,
    pub(crate) threads: Vec<NonZeroUsize>,
    pub(crate) reference: Option<String>,
    pub(crate) stop_rule: StopRule,
    pub(crate) seed: Option<u64>,
    pub(crate) label: Option<String>,
    pub(crate) limit: Option<Duration>,
    pub(crate) busy: usize,
    pub(crate) chunk: Duration,
    pub(crate) fault: Option<(String, Fault)>,
    pub(crate) wording: Wording,
    pub(crate) stop: Arc<AtomicUsize>,
}

impl<W: Workload + 'static> Comparison<W> {
    /// A comparison of these workloads, without rows yet: n = 1,000, delays of up to 50 ms, 12 rounds.
    #[must_use]
    pub fn new(workloads: Vec<W>) -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        Self {
            number: MADE.fetch_add(1, Relaxed),
            workloads,
            usual_modes: |workload| workload.about().modes,
            runners: Vec::new(),
            missing: Vec::new(),
            n: vec![1000],
            max_delays: vec![Setup::DEFAULT_MAX_DELAY],
            modes: Vec::new(),
            threads: Vec::new(),
            reference: None,
            stop_rule: StopRule::Rounds(ENOUGH_ROUNDS),
            seed: None,
            label: None,
            limit: None,
            busy: Setup::DEFAULT_BUSY,
            chunk: Setup::DEFAULT_CHUNK,
            fault: None,
            wording: wording::of_library(),
            stop: Arc::default(),
        }
    }

    /// Adds a runtime as a row. The first row is the reference, unless another is named. [`OwnRuntime`]
    /// has an example.
    #[must_use]
    pub fn own_runtime(mut self, runtime: impl OwnRuntime + 'static) -> Self {
        self.runners.push(Runner::of_own(runtime));
        self
    }

    /// Adds a configuration of a runtime as a row; `make` is called in each worker.
    ///
    /// How many threads it has is unknown; [`configuration_with_threads`](Self::configuration_with_threads)
    /// tells it.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse::Smol;
    /// use dormouse_compare::{Builtin, Comparison};
    ///
    /// let comparison = Comparison::new(vec![Builtin::Sleep]).configuration("smol, ambient", || Smol);
    /// comparison.check()?;
    /// # Ok::<(), dormouse_compare::Error>(())
    /// ```
    #[must_use]
    pub fn configuration<O>(self, name: impl Into<String>, make: impl Fn() -> O + 'static) -> Self
    where
        O: BlockOn + ToHandle<Handle: Runtime> + 'static,
    {
        self.configuration_with_threads(name, 0, move |_| make())
    }

    /// [`configuration`](Self::configuration) with a number of threads, which `make` is called with.
    #[must_use]
    pub fn configuration_with_threads<O>(
        mut self,
        name: impl Into<String>,
        threads: usize,
        make: impl Fn(usize) -> O + 'static,
    ) -> Self
    where
        O: BlockOn + ToHandle<Handle: Runtime> + 'static,
    {
        let run = move |workload: &W, setup: &Setup| {
            Measure { workload, setup }.visit(|| make(setup.threads))
        };
        self.runners
            .push(Runner::new(name, "unknown", move |_| threads, run));
        self
    }

    /// Adds runtimes that come with the comparison, as rows; [`RuntimeName::compared`] are those of
    /// which the command makes rows by default.
    #[must_use]
    pub fn built_in(mut self, runtimes: impl IntoIterator<Item = RuntimeName>) -> Self {
        for name in runtimes {
            // A name that is given twice adds one row.
            let mut runners = self.runners.iter();
            if runners.all(|runner| runner.built_in != Some(name)) {
                self.runners.push(Runner::built_in(name));
            }
        }
        self
    }
}

impl<W> Comparison<W> {
    /// Whether all runtimes run on virtual time, for which there is no floor.
    pub(crate) fn is_virtual(&self) -> bool {
        let mut runners = self.runners.iter();
        runners.all(|runner| runner.place != Place::Everywhere || runner.is_virtual())
    }

    /// The number of threads that those runtimes have whose number can be set; the largest, if there
    /// are several.
    pub(crate) fn usual_threads(&self) -> usize {
        let asked = self.threads.iter().max().copied();
        RuntimeName::Tokio.threads(asked).get()
    }

    /// The numbers of threads that a row is run with, each once; 0 is an unknown number.
    pub(crate) fn threads_of(&self, runner: &Runner<W>) -> Vec<usize> {
        let mut asked: Vec<_> = self.threads.iter().copied().map(Some).collect();
        if asked.is_empty() {
            asked.push(None);
        }
        let threads = asked.into_iter().map(&runner.threads);
        once(&threads.collect::<Vec<_>>())
    }
}

impl<W> std::fmt::Debug for Comparison<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Comparison").finish_non_exhaustive()
    }
}

/// The values without repetitions, in their order.
pub(crate) fn once<T: Copy + PartialEq>(values: &[T]) -> Vec<T> {
    let mut seen = Vec::new();
    for value in values {
        if !seen.contains(value) {
            seen.push(*value);
        }
    }
    seen
}
