//! What a comparison runs its rows with.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use crate::comparison::Comparison;
use crate::engine::Mode;
use crate::report::StopRule;
use crate::wording::Wording;
use crate::workload::{Fault, Workload};

/// # Examples
///
/// ```
/// # use std::num::NonZeroUsize;
/// # use std::sync::{Arc, atomic::{AtomicUsize, Ordering}};
/// # use std::time::Duration;
/// # use dormouse::SmolExecutor;
/// # use dormouse_compare::{Builtin, Comparison, Format, Mode};
/// let make = || Comparison::new(vec![Builtin::Sleep]).configuration("smol", || SmolExecutor::new(1));
///
/// let scan = make().n([10, 100, 1_000]).max_delays([Duration::from_millis(10), Duration::from_secs(1)]);
/// scan.threads([1, 2].map(|threads| NonZeroUsize::new(threads).unwrap())).check()?;
///
/// let spawned = make().modes([Mode::Spawn]).reference("smol");
/// spawned.check()?;
/// assert!(spawned.modes([Mode::Native]).check().is_err()); // the workload sleep has no such mode
/// assert!(make().reference("another").check().is_err()); // no such row
/// // Less than the longest delay, which is 50 ms by default.
/// assert!(make().limit(Duration::from_millis(10)).check().is_err());
///
/// let seeded = make().seed(42); // the same delays and orders whenever it is run
/// let report = seeded.label("laptop").rounds(20).planned()?.report();
/// assert_eq!(report.sessions()[0].asked_rounds(), Some(20));
/// assert!(Format::Markdown.render(&report)?.contains("laptop"));
/// let session = make().time_budget(Duration::from_secs(60)).planned()?;
/// assert_eq!((session.asked_seconds(), session.asked_rounds()), (Some(60.0), None));
///
/// let stop = Arc::new(AtomicUsize::new(0));
/// let stoppable = make().busy(2, Duration::from_millis(5)).stop(Arc::clone(&stop));
/// stop.store(1, Ordering::Relaxed); // in a handler of Ctrl-C, or on another thread
/// # Ok::<(), dormouse_compare::Error>(())
/// ```
impl<W: Workload + 'static> Comparison<W> {
    /// How many waits, tasks, pairs or tickers at once; each of several values is compared by itself.
    #[must_use]
    pub fn n(mut self, n: impl Into<Vec<usize>>) -> Self {
        self.n = n.into();
        self
    }

    /// The longest delay; each of several values is compared by itself.
    #[must_use]
    pub fn max_delays(mut self, max_delays: impl Into<Vec<Duration>>) -> Self {
        self.max_delays = max_delays.into();
        self
    }

    /// The modes to compare; a workload skips those that it does not have, and must have one of them.
    #[must_use]
    pub fn modes(mut self, modes: impl Into<Vec<Mode>>) -> Self {
        self.modes = modes.into();
        self
    }

    /// The number of threads, or several, for the runtimes that let it be set.
    #[must_use]
    pub fn threads(mut self, threads: impl Into<Vec<NonZeroUsize>>) -> Self {
        self.threads = threads.into();
        self
    }

    /// The runtime that the others are compared with.
    #[must_use]
    pub fn reference(mut self, name: impl Into<String>) -> Self {
        self.reference = Some(name.into());
        self
    }

    /// How many rounds; each runs every row once, in a newly shuffled order.
    #[must_use]
    pub fn rounds(mut self, rounds: usize) -> Self {
        self.stop_rule = StopRule::Rounds(rounds);
        self
    }

    /// How long all rounds may take together, instead of their number.
    #[must_use]
    pub fn time_budget(mut self, budget: Duration) -> Self {
        self.stop_rule = StopRule::TimeBudgetS(budget.as_secs_f64());
        self
    }

    /// The seed from which delays and orders are drawn.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The name of this machine in the report; an empty one is none.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        let label = label.into();
        self.label = (!label.trim().is_empty()).then_some(label);
        self
    }

    /// After which time a run counts as hanging; by default the longest delay plus a minute.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// For the workload load: busy tasks per thread, and how long each computes before it yields.
    #[must_use]
    pub fn busy(mut self, per_thread: usize, chunk: Duration) -> Self {
        (self.busy, self.chunk) = (per_thread, chunk);
        self
    }

    /// How messages name what the user of this program can give it; by default as this library does.
    #[must_use]
    pub fn wording(mut self, wording: Wording) -> Self {
        self.wording = wording;
        self
    }

    /// A number that ends the session, with the runs that it has, as soon as it is not 0.
    #[must_use]
    pub fn stop(mut self, stop: Arc<AtomicUsize>) -> Self {
        self.stop = stop;
        self
    }

    /// Breaks the runs of a row on purpose, to test the comparison.
    #[doc(hidden)]
    #[must_use]
    pub fn fault(mut self, fault: Option<(String, Fault)>) -> Self {
        self.fault = fault;
        self
    }
}
