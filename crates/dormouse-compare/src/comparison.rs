//! A comparison: its options, and how it is run.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use dormouse::{BlockOn, Runtime, ToHandle};

use crate::error::Error;
use crate::figures::Figures;
use crate::floor;
use crate::mode::Mode;
use crate::plan::{Plan, StopRule, once};
use crate::report::Session;
use crate::rounds::{self, Watch};
use crate::runner::{OwnRuntime, Place, RunBy, Runner};
use crate::runtime::RuntimeName;
use crate::worker::{self, Fault, Job, VARIABLE};
use crate::workload::{Builtin, Setup, Workload};

/// A comparison: workloads, and the runtimes that run them.
///
/// # Examples
///
/// ```no_run
/// use dormouse::SmolExecutor;
/// use dormouse_compare::{Builtin, Comparison};
///
/// let session = Comparison::new(vec![Builtin::Sleep])
///     .configuration("one thread", || SmolExecutor::new(1))
///     .configuration("two threads", || SmolExecutor::new(2))
///     .rounds(20)
///     .run(&mut ())?;
/// println!("{}", session.report().text(80));
/// # Ok::<(), dormouse_compare::Error>(())
/// ```
pub struct Comparison<W> {
    pub(crate) workloads: Vec<W>,
    pub(crate) runners: Vec<Runner<W>>,
    pub(crate) options: Options,
    pub(crate) missing: Vec<String>,
    usual_modes: Vec<Option<Vec<Mode>>>,
    stop: Arc<AtomicUsize>,
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
}

impl<W: Workload + 'static> Comparison<W> {
    /// A comparison of these workloads, without rows yet: n = 1,000, delays of up to 50 ms, 12 rounds.
    #[must_use]
    pub fn new(workloads: Vec<W>) -> Self {
        Self {
            usual_modes: workloads.iter().map(|_| None).collect(),
            workloads,
            runners: Vec::new(),
            options: Options {
                n: vec![1000],
                max_delays: vec![Duration::from_millis(50)],
                modes: Vec::new(),
                threads: Vec::new(),
                reference: None,
                stop: StopRule::Rounds(12),
                seed: None,
                label: None,
                limit: None,
                busy: 1,
                chunk: Duration::from_millis(1),
                fault: None,
            },
            missing: Vec::new(),
            stop: Arc::default(),
        }
    }

    /// Adds a runtime as a row. The first row is the reference, unless another is named.
    #[must_use]
    pub fn own_runtime(mut self, runtime: impl OwnRuntime + 'static) -> Self {
        self.runners.push(Runner::of_own(runtime));
        self
    }

    /// Adds a configuration of a runtime as a row; `make` is called in each worker.
    #[must_use]
    pub fn configuration<O>(self, name: &str, make: impl Fn() -> O + 'static) -> Self
    where
        O: BlockOn + ToHandle<Handle: Runtime> + 'static,
    {
        self.own_runtime(Configuration {
            name: name.into(),
            make,
        })
    }

    /// Adds runtimes that come with the comparison, as rows.
    #[must_use]
    pub fn built_in(mut self, runtimes: impl IntoIterator<Item = RuntimeName>) -> Self {
        for name in runtimes {
            // A name that is given twice adds one row.
            if self.runners.iter().all(|runner| runner.name != name.name()) {
                self.runners.push(Runner::built_in(name));
            }
        }
        self
    }

    /// How many waits, tasks, pairs or tickers at once; each of several values is compared by itself.
    #[must_use]
    pub fn n(mut self, n: impl Into<Vec<usize>>) -> Self {
        self.options.n = n.into();
        self
    }

    /// The longest delay; each of several values is compared by itself.
    #[must_use]
    pub fn max_delays(mut self, max_delays: impl Into<Vec<Duration>>) -> Self {
        self.options.max_delays = max_delays.into();
        self
    }

    /// The modes to compare; a workload skips those that it does not have.
    #[must_use]
    pub fn modes(mut self, modes: impl Into<Vec<Mode>>) -> Self {
        self.options.modes = modes.into();
        self
    }

    /// The number of threads, or several, for the runtimes that let it be set.
    #[must_use]
    pub fn threads(mut self, threads: impl Into<Vec<NonZeroUsize>>) -> Self {
        self.options.threads = threads.into();
        self
    }

    /// The runtime that the others are compared with.
    #[must_use]
    pub fn reference(mut self, name: impl Into<String>) -> Self {
        self.options.reference = Some(name.into());
        self
    }

    /// How many rounds; each runs every row once, in a newly shuffled order.
    #[must_use]
    pub fn rounds(mut self, rounds: usize) -> Self {
        self.options.stop = StopRule::Rounds(rounds.max(1));
        self
    }

    /// How long all rounds may take together, instead of their number.
    #[must_use]
    pub fn time_budget(mut self, budget: Duration) -> Self {
        self.options.stop = StopRule::TimeBudgetS(budget.as_secs_f64());
        self
    }

    /// The seed from which delays and orders are drawn.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.options.seed = Some(seed);
        self
    }

    /// The name of this machine in the report.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.options.label = Some(label.into());
        self
    }

    /// After which time a run counts as hanging; by default the longest delay plus a minute.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.options.limit = Some(limit);
        self
    }

    /// For the workload load: busy tasks per thread, and how long each computes before it yields.
    #[must_use]
    pub fn busy(mut self, per_thread: usize, chunk: Duration) -> Self {
        (self.options.busy, self.options.chunk) = (per_thread, chunk);
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
        self.options.fault = fault;
        self
    }

    /// Checks that the comparison can be run, before any run.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`], which says in one line what can't be done.
    pub fn check(&self) -> Result<(), Error> {
        Plan::new(self).map(drop)
    }

    /// The session as it is before its first run.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check).
    pub fn planned(&self) -> Result<Session, Error> {
        Ok(Session::new(
            &Plan::new(self)?,
            self.options.label.as_deref(),
        ))
    }

    /// Runs the comparison, each run in a fresh process of this program.
    ///
    /// In such a worker process this does one run and does not return. So a program must reach this
    /// call on the same path whenever it is started. What a worker prints before it is ignored.
    ///
    /// # Errors
    ///
    /// If the comparison can't be run as asked for. A row that fails is no error: the row says so.
    pub fn run(&self, watch: &mut dyn Watch) -> Result<Session, Error> {
        self.work();
        self.refuse_to_compare();
        let plan = Plan::new(self)?;
        let mut session = Session::new(&plan, self.options.label.as_deref());
        watch.begins(&session);
        rounds::run(self, &plan, &mut session, &self.stop, watch)?;
        session.conclude();
        Ok(session)
    }

    /// In a worker process of this comparison, does its run and ends the process; otherwise returns.
    ///
    /// [`run`](Self::run) begins with it. A program with several comparisons calls it on each of them
    /// first, so that a worker finds the one that its run belongs to.
    pub fn work(&self) {
        let Some(job) = std::env::var_os(VARIABLE) else {
            return;
        };
        // If the coordinator is killed, the system kills this worker: nothing else would end it.
        #[cfg(target_os = "linux")]
        let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL);
        match serde_json::from_str::<Job>(&job.to_string_lossy()) {
            Ok(job) => {
                if let Some(result) = self.do_job(&job) {
                    std::process::exit(rounds::answer(result));
                }
            }
            Err(error) => std::process::exit(rounds::answer(Err(Error::run(error)))),
        }
    }

    /// Ends a worker whose run is not of this comparison: it must not start a comparison itself.
    fn refuse_to_compare(&self) {
        if std::env::var_os(VARIABLE).is_some() {
            let lost =
                "the worker's run is not of this comparison: come to the same one by the same way";
            std::process::exit(rounds::answer(Err(Error::run(lost))));
        }
    }

    fn do_job(&self, job: &Job) -> Option<Result<Figures, Error>> {
        let mut workloads = self.workloads.iter();
        let workload = workloads.find(|workload| workload.about().name == job.workload)?;
        let runner = self.runners.iter().find(|runner| runner.name == job.row)?;
        match &runner.run {
            RunBy::Worker(run) => {
                worker::break_down(job.setup.fault);
                let end = |words: &str| rounds::answer(Err(Error::run(words)));
                Some(rounds::ending(|| run(workload, &job.setup), end))
            }
            #[cfg(feature = "peers")]
            RunBy::Script(_) => None,
        }
    }
}

impl<W> Comparison<W> {
    /// The modes of a workload that are compared if none are named.
    pub(crate) fn modes_of(&self, workload: usize) -> Option<Vec<Mode>> {
        self.usual_modes[workload].clone()
    }

    /// Whether all runtimes run on virtual time, for which there is no floor.
    pub(crate) fn is_virtual(&self) -> bool {
        let mut runtimes = self
            .runners
            .iter()
            .filter(|runner| runner.place == Place::Everywhere);
        runtimes.all(|runner| runner.is_virtual)
    }

    /// The numbers of threads that a row is run with, each once.
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

impl Comparison<Builtin> {
    /// A comparison of workloads that come with this crate, each in the modes that say most.
    #[must_use]
    pub fn of_builtin(workloads: Vec<Builtin>) -> Self {
        let mut comparison = Self::new(once(&workloads));
        comparison.usual_modes = comparison
            .workloads
            .iter()
            .map(|workload| Some(workload.default_modes()))
            .collect();
        comparison
    }

    /// Adds the floor as a row: the best that one thread can do without a runtime.
    #[must_use]
    pub fn floor(mut self) -> Self {
        self.runners.push(Runner {
            name: "floor".into(),
            version: "std".into(),
            place: Place::Floor,
            threads: Box::new(|_| 1),
            spawns: false,
            is_threads: false,
            is_virtual: false,
            run: RunBy::Worker(Box::new(|workload, setup| {
                floor::sharpen();
                let mut figures = by_hand(workload, setup, true, || {
                    floor::wait(floor::delays(setup.n, setup.max_delay, setup.seed))
                })?;
                let is_usage = |key: &str| key.contains("cpu_") || key.ends_with("_switches");
                figures.values.retain(|key, _| !is_usage(key));
                Ok(figures)
            })),
        });
        self
    }

    /// Adds the peers in Rust: what a worker of [`peers`](Self::peers) can be asked to run.
    #[must_use]
    pub fn with_peers(mut self) -> Self {
        #[cfg(feature = "peers")]
        self.runners.extend(crate::peers::in_rust());
        self.runners.shrink_to_fit();
        self
    }

    /// Adds the peers, which is what people write by hand, as rows of the workload sleep.
    ///
    /// Those in other languages are unpacked into a folder.
    ///
    /// # Errors
    ///
    /// If the folder can't be written to.
    pub fn peers(mut self, folder: &Path) -> Result<Self, Error> {
        #[cfg(feature = "peers")]
        {
            let (peers, missing) = crate::peers::runners(folder)?;
            self.runners.extend(peers);
            self.missing.extend(missing);
        }
        #[cfg(not(feature = "peers"))]
        {
            let _ = folder;
            let line = "the peers are left out: build with `--features peers`";
            self.missing.push(line.into());
        }
        Ok(self)
    }
}

/// Measures `waits`, which uses no trait of dormouse and returns its delays.
pub(crate) fn by_hand<W: Workload>(
    workload: &W,
    setup: &Setup,
    is_ours: bool,
    waits: impl FnOnce() -> Vec<f64>,
) -> Result<Figures, Error> {
    worker::measure(
        workload,
        setup,
        Duration::ZERO,
        dormouse::Instant::now,
        || crate::workload::list_is_done(waits(), setup, is_ours),
    )
}

struct Configuration<F> {
    name: String,
    make: F,
}

impl<O, F> OwnRuntime for Configuration<F>
where
    O: BlockOn + ToHandle<Handle: Runtime> + 'static,
    F: Fn() -> O,
{
    type Owner = O;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn make(&self, _threads: usize) -> O {
        (self.make)()
    }
}

impl<W> std::fmt::Debug for Comparison<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Comparison").finish_non_exhaustive()
    }
}
