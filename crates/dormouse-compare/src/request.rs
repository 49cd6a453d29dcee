//! What a comparison is asked for.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use dormouse_verdict::ENOUGH_ROUNDS;

use crate::mode::Mode;
use crate::report::StopRule;
use crate::runner::{Place, Runner};
use crate::wording::{self, Wording};
use crate::workload::{Fault, Setup, Workload};

/// What a comparison is asked for: its workloads, what runs its rows, and its options.
pub(crate) struct Request<W> {
    /// How many comparisons the program had made before this one: a worker makes them in that order.
    pub(crate) number: usize,
    pub(crate) workloads: Vec<W>,
    /// The modes of a workload that are compared if none are named; by default all that it has.
    pub(crate) usual_modes: fn(&W) -> Vec<Mode>,
    pub(crate) runners: Vec<Runner<W>>,
    pub(crate) options: Options,
    /// What was asked for and is left out, a line each.
    pub(crate) missing: Vec<String>,
}

/// The options of a comparison.
pub(crate) struct Options {
    pub(crate) n: Vec<usize>,
    pub(crate) max_delays: Vec<Duration>,
    pub(crate) modes: Vec<Mode>,
    pub(crate) threads: Vec<NonZeroUsize>,
    pub(crate) reference: Option<String>,
    pub(crate) stop: StopRule,
    pub(crate) seed: Option<u64>,
    pub(crate) label: Option<String>,
    pub(crate) limit: Option<Duration>,
    pub(crate) busy: usize,
    pub(crate) chunk: Duration,
    pub(crate) fault: Option<(String, Fault)>,
    pub(crate) wording: Wording,
}

impl<W> Request<W> {
    /// These workloads, without rows yet.
    pub(crate) fn new(workloads: Vec<W>) -> Self
    where
        W: Workload,
    {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        Self {
            number: MADE.fetch_add(1, Relaxed),
            usual_modes: |workload| workload.about().modes,
            workloads,
            runners: Vec::new(),
            options: Options::default(),
            missing: Vec::new(),
        }
    }

    /// Whether all runtimes run on virtual time, for which there is no floor.
    pub(crate) fn is_virtual(&self) -> bool {
        let mut runtimes = self
            .runners
            .iter()
            .filter(|runner| runner.place == Place::Everywhere);
        runtimes.all(Runner::is_virtual)
    }

    /// The number of threads that those runtimes have whose number can be set; the largest, if there
    /// are several.
    pub(crate) fn usual_threads(&self) -> usize {
        let asked = self.options.threads.iter().max().copied();
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        asked.map_or_else(cores, NonZeroUsize::get)
    }

    /// The numbers of threads that a row is run with, each once; 0 is an unknown number.
    pub(crate) fn threads_of(&self, runner: &Runner<W>) -> Vec<usize> {
        let asked: Vec<_> = match self.options.threads.as_slice() {
            [] => vec![None],
            threads => threads.iter().copied().map(Some).collect(),
        };
        let threads: Vec<_> = asked
            .into_iter()
            .map(|asked| (runner.threads)(asked))
            .collect();
        once(&threads)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            n: vec![1000],
            max_delays: vec![Setup::DEFAULT_MAX_DELAY],
            modes: Vec::new(),
            threads: Vec::new(),
            reference: None,
            stop: StopRule::Rounds(ENOUGH_ROUNDS),
            seed: None,
            label: None,
            limit: None,
            busy: Setup::DEFAULT_BUSY,
            chunk: Setup::DEFAULT_CHUNK,
            fault: None,
            wording: wording::of_library(),
        }
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
