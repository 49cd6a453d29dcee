//! A comparison: its rows, and how it is run.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;

use dormouse::{BlockOn, Runtime, ToHandle};

use crate::error::Error;
use crate::plan::Plan;
use crate::report::Session;
use crate::request::Request;
use crate::rounds::{self, Observer};
use crate::runner::{OwnRuntime, Runner};
use crate::runtime::RuntimeName;
use crate::worker;
use crate::workload::Workload;

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
    request: Request<W>,
    stop: Arc<AtomicUsize>,
}

impl<W: Workload + 'static> Comparison<W> {
    /// A comparison of these workloads, without rows yet: n = 1,000, delays of up to 50 ms, 12 rounds.
    #[must_use]
    pub fn new(workloads: Vec<W>) -> Self {
        Self {
            request: Request::new(workloads),
            stop: Arc::default(),
        }
    }

    /// Adds a runtime as a row. The first row is the reference, unless another is named. [`OwnRuntime`]
    /// has an example.
    #[must_use]
    pub fn own_runtime(mut self, runtime: impl OwnRuntime + 'static) -> Self {
        self.request.runners.push(Runner::of_own(runtime));
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
        let runner = Runner::configured(name.into(), threads, make);
        self.request.runners.push(runner);
        self
    }

    /// Adds runtimes that come with the comparison, as rows.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_compare::{Builtin, Comparison, RuntimeName};
    ///
    /// // Those whose features are on.
    /// let comparison = Comparison::of_builtin(vec![Builtin::Sleep]).built_in(RuntimeName::compared());
    /// ```
    #[must_use]
    pub fn built_in(mut self, runtimes: impl IntoIterator<Item = RuntimeName>) -> Self {
        for name in runtimes {
            // A name that is given twice adds one row.
            let mut runners = self.request.runners.iter();
            if runners.all(|runner| runner.built_in != Some(name)) {
                self.request.runners.push(Runner::built_in(name));
            }
        }
        self
    }

    /// Checks that the comparison can be run, before any run.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`], which says in one line what can't be done.
    ///
    /// # Examples
    ///
    /// ```
    /// # use dormouse::SmolExecutor;
    /// # use dormouse_compare::{Builtin, Comparison};
    /// let comparison = Comparison::new(vec![Builtin::Sleep]);
    /// assert!(comparison.check().is_err()); // no runtime is compared yet
    /// comparison.configuration("smol", || SmolExecutor::new(1)).check()?;
    /// # Ok::<(), dormouse_compare::Error>(())
    /// ```
    pub fn check(&self) -> Result<(), Error> {
        Plan::new(&self.request).map(drop)
    }

    /// The session as it is before its first run.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check).
    pub fn planned(&self) -> Result<Session, Error> {
        Ok(Plan::new(&self.request)?.session)
    }

    /// Runs the comparison, each run in a fresh process of this program.
    ///
    /// In such a worker process this does one run and does not return. So every start of the program
    /// must make the same calls up to here. A worker has the arguments and the environment of this
    /// process. What it prints before this call is ignored.
    ///
    /// # Errors
    ///
    /// If the comparison can't be run as asked for. A row that fails is no error: the row says so.
    pub fn run(&self, observer: &mut dyn Observer) -> Result<Session, Error> {
        self.work();
        worker::refuse_to_compare();
        let Plan { rows, mut session } = Plan::new(&self.request)?;
        observer.begins(&session);
        let began = Instant::now();
        rounds::run(&self.request, &rows, &mut session, &self.stop, observer)?;
        if !self.request.is_virtual() {
            session.environment.measured_s = Some(began.elapsed().as_secs_f64());
        }
        session.tell_if_nothing_was_measured();
        session.conclude();
        Ok(session)
    }

    /// In a worker process of this comparison, does its run and ends the process; otherwise returns.
    ///
    /// [`run`](Self::run) begins with it. A program with several comparisons calls it on each of them
    /// first, so that a worker finds the one that its run belongs to.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use dormouse::SmolExecutor;
    /// use dormouse_compare::{Builtin, Comparison};
    ///
    /// let make = |workload| Comparison::new(vec![workload]).configuration("smol", || SmolExecutor::new(1));
    /// let comparisons = [make(Builtin::Sleep), make(Builtin::Load)];
    /// comparisons.iter().for_each(Comparison::work);
    /// for comparison in &comparisons {
    ///     print!("{}", comparison.run(&mut ())?.report().text(80));
    /// }
    /// # Ok::<(), dormouse_compare::Error>(())
    /// ```
    pub fn work(&self) {
        worker::work(&self.request, Some(self.request.number));
    }

    /// In a worker process of any comparison of this program, does its run and ends the process, if a
    /// workload and a row of these names are here; otherwise returns.
    ///
    /// It is for a program whose comparisons are all parts of this one, such as one that takes the
    /// names of runtimes from its command line.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use dormouse_compare::{Builtin, Comparison, RuntimeName};
    ///
    /// // Of all that the command line can name, before it is read.
    /// let all = Comparison::of_builtin(Builtin::ALL.to_vec()).built_in(RuntimeName::built_in());
    /// all.work_for_all();
    /// ```
    pub fn work_for_all(&self) {
        worker::work(&self.request, None);
    }
}

impl<W> std::fmt::Debug for Comparison<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Comparison").finish_non_exhaustive()
    }
}
