//! Comparisons are checked and run.

use std::time::Instant;

use crate::comparison::Comparison;
use crate::error::Error;
use crate::plan::Plan;
use crate::report::Session;
use crate::rounds::{self, Observer};
use crate::worker;
use crate::workload::Workload;

impl<W: Workload + 'static> Comparison<W> {
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
        Plan::new(self).map(drop)
    }

    /// The session as it is before its first run.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check).
    pub fn planned(&self) -> Result<Session, Error> {
        Ok(Plan::new(self)?.session)
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
        let Plan { rows, mut session } = Plan::new(self)?;
        observer.begins(&session);
        let began = Instant::now();
        rounds::run(self, &rows, &mut session, observer)?;
        if !self.is_virtual() {
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
        worker::work(self, Some(self.number));
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
        worker::work(self, None);
    }
}
