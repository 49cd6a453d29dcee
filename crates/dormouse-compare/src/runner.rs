//! Runners: what runs the rows of a comparison.

use std::num::NonZeroUsize;
use std::rc::Rc;

use dormouse::{BlockOn, Runtime, ToHandle};

use crate::engine::Mode;
use crate::error::Error;
use crate::figures::Figures;
use crate::measure::Measure;
use crate::runtime::{RuntimeName, Visit};
use crate::workload::{Setup, Workload};

/// A runtime as a row of a comparison: one of your own, or a configuration of one.
///
/// # Examples
///
/// ```
/// use dormouse::SmolExecutor;
/// use dormouse_compare::OwnRuntime;
///
/// struct OneThread;
///
/// impl OwnRuntime for OneThread {
///     type Owner = SmolExecutor;
///
///     fn name(&self) -> String {
///         "smol on one thread".into()
///     }
///
///     fn make(&self, _threads: usize) -> SmolExecutor {
///         SmolExecutor::new(1)
///     }
/// }
/// ```
pub trait OwnRuntime {
    /// The owner of the runtime, which drives it.
    type Owner: BlockOn + ToHandle<Handle: Runtime> + 'static;

    /// The name of its row, which no other row may have.
    fn name(&self) -> String;

    /// Makes the runtime, with this number of threads if it can be set: what [`threads`](Self::threads)
    /// returns, or [`Setup::threads`] where that is unknown.
    fn make(&self, threads: usize) -> Self::Owner;

    /// The version of the runtime; by default `unknown`.
    fn version(&self) -> String {
        "unknown".into()
    }

    /// How many threads the runtime has if `asked` are asked for; 0 if the number is unknown, which is
    /// the default.
    ///
    /// The workload load has busy tasks for each of them.
    fn threads(&self, asked: Option<NonZeroUsize>) -> usize {
        let _ = asked;
        0
    }
}

type Run<W> = Box<dyn Fn(&W, &Setup) -> Result<Figures, Error>>;
type Threads = Box<dyn Fn(Option<NonZeroUsize>) -> usize>;

/// What runs the rows of one name, in all modes and with all numbers of threads.
pub(crate) struct Runner<W> {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) place: Place,
    pub(crate) threads: Threads,
    /// Which runtime that comes with the comparison it is; none if it is another, or none at all.
    pub(crate) built_in: Option<RuntimeName>,
    pub(crate) run: RunBy<W>,
}

/// In which groups a runner has rows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// In every workload and mode that it can run.
    Everywhere,
    /// In this mode of the workload sleep.
    #[cfg_attr(not(feature = "peers"), allow(dead_code))]
    Peer(Mode),
    /// In the workload sleep, after all modes.
    Floor,
}

/// The way in which a row is run.
pub(crate) enum RunBy<W> {
    /// By a worker process of this program.
    Worker(Run<W>),
    /// By a program in another language.
    #[cfg(feature = "peers")]
    Script(dormouse_peers::Script),
}

impl<W> Runner<W> {
    /// A runner of rows in every workload and mode, whose runs are done by workers.
    pub(crate) fn new(
        name: impl Into<String>,
        version: impl Into<String>,
        threads: impl Fn(Option<NonZeroUsize>) -> usize + 'static,
        run: impl Fn(&W, &Setup) -> Result<Figures, Error> + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            place: Place::Everywhere,
            threads: Box::new(threads),
            built_in: None,
            run: RunBy::Worker(Box::new(run)),
        }
    }

    pub(crate) fn is_virtual(&self) -> bool {
        self.built_in == Some(RuntimeName::Virtual)
    }

    /// Whether its tasks can be sent to other threads.
    pub(crate) fn spawns(&self) -> bool {
        self.built_in.is_none_or(RuntimeName::spawns)
    }
}

impl<W: Workload + 'static> Runner<W> {
    pub(crate) fn of_own(runtime: impl OwnRuntime + 'static) -> Self {
        let (name, version) = (runtime.name(), runtime.version());
        let runtime = Rc::new(runtime);
        let counted = Rc::clone(&runtime);
        let threads = move |asked| counted.threads(asked);
        Self::new(name, version, threads, move |workload, setup| {
            Measure { workload, setup }.visit(|| runtime.make(setup.threads))
        })
    }

    pub(crate) fn built_in(name: RuntimeName) -> Self {
        let threads = move |asked| name.threads(asked).get();
        let run = move |workload: &W, setup: &Setup| {
            let threads = NonZeroUsize::new(setup.threads).unwrap_or(NonZeroUsize::MIN);
            name.visit(threads, Measure { workload, setup })
        };
        Self {
            built_in: Some(name),
            ..Self::new(name.name(), name.version(), threads, run)
        }
    }
}
