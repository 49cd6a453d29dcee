//! The runtimes that come with the comparison, by name.

use std::fmt;
use std::num::NonZeroUsize;
use std::thread;

use serde::Serialize;

use crate::environment::versions;
use crate::error::Error;

pub use crate::runtime::visit::Visit;

mod visit;

/// A runtime that comes with the comparison, whether it is built in or not.
///
/// # Examples
///
/// ```
/// use dormouse_compare::RuntimeName;
/// use std::num::NonZeroUsize;
///
/// assert_eq!(RuntimeName::TokioTimeOnly.name(), "tokio-time-only");
/// assert_eq!(RuntimeName::TokioTimeOnly.feature(), "tokio");
/// assert!(!RuntimeName::Compio.spawns()); // its tasks are not `Send`
///
/// let two = NonZeroUsize::new(2);
/// assert_eq!(RuntimeName::Smol.threads(two), two.unwrap());
/// assert_eq!(RuntimeName::Compio.threads(two), NonZeroUsize::MIN);
/// assert!(RuntimeName::parse("nameless").is_err());
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RuntimeName {
    /// tokio as `#[tokio::main]` makes it: all drivers, several threads.
    Tokio,
    /// tokio with its timer alone, which changes how a worker parks.
    TokioTimeOnly,
    /// tokio as `#[tokio::main(flavor = "current_thread")]` makes it.
    TokioCurrentThread,
    /// smol's executor, reactor and timers.
    Smol,
    /// async-std, which is discontinued.
    AsyncStd,
    /// The thread pool of futures, with one thread for all sleeps.
    Futures,
    /// compio, whose tasks stay on their thread.
    Compio,
    /// One thread per task.
    Threads,
    /// Virtual time, for tests.
    Virtual,
}

impl RuntimeName {
    /// Every runtime.
    pub const ALL: [Self; 9] = [
        Self::Tokio,
        Self::TokioTimeOnly,
        Self::TokioCurrentThread,
        Self::Smol,
        Self::AsyncStd,
        Self::Futures,
        Self::Compio,
        Self::Threads,
        Self::Virtual,
    ];

    /// Its name, which a report has.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tokio => "tokio",
            Self::TokioTimeOnly => "tokio-time-only",
            Self::TokioCurrentThread => "tokio-current-thread",
            Self::Smol => "smol",
            Self::AsyncStd => "async-std",
            Self::Futures => "futures",
            Self::Compio => "compio",
            Self::Threads => "threads",
            Self::Virtual => "virtual",
        }
    }

    /// The Cargo feature that builds it in.
    #[must_use]
    pub fn feature(self) -> &'static str {
        match self {
            Self::TokioTimeOnly | Self::TokioCurrentThread => "tokio",
            other => other.name(),
        }
    }

    /// Its version, or `unknown`.
    #[must_use]
    pub fn version(self) -> &'static str {
        let name = match self {
            Self::Tokio | Self::TokioTimeOnly | Self::TokioCurrentThread => "tokio",
            Self::Smol => "smol",
            Self::AsyncStd => "async-std",
            Self::Futures => "futures-executor",
            Self::Compio => "compio-runtime",
            Self::Threads => return "std",
            Self::Virtual => return env!("CARGO_PKG_VERSION"),
        };
        let mut all = versions();
        all.find(|(other, _)| *other == name)
            .map_or("unknown", |(_, version)| version)
    }

    /// Whether it is built in.
    #[must_use]
    fn is_built_in(self) -> bool {
        match self {
            Self::Tokio | Self::TokioTimeOnly | Self::TokioCurrentThread => cfg!(feature = "tokio"),
            Self::Smol => cfg!(feature = "smol"),
            Self::AsyncStd => cfg!(feature = "async-std"),
            Self::Futures => cfg!(feature = "futures"),
            Self::Compio => cfg!(feature = "compio"),
            Self::Threads => cfg!(feature = "threads"),
            Self::Virtual => cfg!(feature = "virtual"),
        }
    }

    /// A remark for those who choose it; may be empty.
    #[must_use]
    pub fn remark(self) -> &'static str {
        match self {
            Self::Tokio | Self::Smol => "",
            Self::TokioTimeOnly => "without its I/O driver, which changes how it parks",
            Self::TokioCurrentThread => "one thread, always",
            Self::AsyncStd => "discontinued (RUSTSEC-2025-0052)",
            Self::Futures => "its thread pool, with one thread for all sleeps",
            Self::Compio => "one thread, with tasks that stay on it: no mode spawn",
            Self::Threads => "no executor: a thread a task, and one for all sleeps",
            Self::Virtual => "virtual time, for tests: compared where it is named",
        }
    }

    /// The runtimes that are built in.
    pub fn built_in() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|name| name.is_built_in())
    }

    /// The runtimes that are compared by default: all that are built in but virtual time.
    pub fn compared() -> impl Iterator<Item = Self> {
        Self::built_in().filter(|name| *name != Self::Virtual)
    }

    /// Whether its number of threads can be set.
    #[must_use]
    pub fn has_threads(self) -> bool {
        matches!(
            self,
            Self::Tokio | Self::TokioTimeOnly | Self::Smol | Self::AsyncStd | Self::Futures
        )
    }

    /// Whether its tasks can be sent to other threads, as the mode spawn needs.
    #[must_use]
    pub fn spawns(self) -> bool {
        self != Self::Compio
    }

    /// The default runtime: the first that is built in.
    ///
    /// # Errors
    ///
    /// If no runtime is built in.
    pub fn default_one() -> Result<Self, Error> {
        Self::built_in().next().ok_or_else(|| {
            Error::usage("no runtime is built in: build with `--features tokio`, smol or async-std")
        })
    }

    /// Reads the name of a runtime that is built in.
    ///
    /// # Errors
    ///
    /// One line that says which names there are, or how to build this runtime in.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Some(name) = Self::ALL.into_iter().find(|name| name.name() == text) else {
            Self::default_one().map_err(|error| error.to_string())?;
            let names: Vec<_> = Self::built_in().map(Self::name).collect();
            let meant = nearest(text, &names);
            let meant = meant.map_or(String::new(), |name| format!("did you mean {name}? "));
            return Err(format!(
                "no runtime has this name; {meant}built in: {}",
                names.join(", ")
            ));
        };
        if !name.is_built_in() {
            return Err(format!(
                "it is not built in: build with `--features {}`",
                name.feature()
            ));
        }
        Ok(name)
    }

    /// The number of threads that it has if `asked` are asked for; by default one per core.
    #[must_use]
    pub fn threads(self, asked: Option<NonZeroUsize>) -> NonZeroUsize {
        let one = NonZeroUsize::MIN;
        if !self.has_threads() {
            return one;
        }
        asked.unwrap_or_else(|| thread::available_parallelism().unwrap_or(one))
    }
}

/// The name that was most likely meant, if one is similar enough.
#[must_use]
pub fn nearest<'a>(typed: &str, names: &[&'a str]) -> Option<&'a str> {
    // All names are in lower case.
    let typed = typed.to_lowercase();
    let likeness = |name: &&'a str| (strsim::jaro_winkler(&typed, name), *name);
    let all = names.iter().map(likeness);
    let (like, name) = all.max_by(|left, right| left.0.total_cmp(&right.0))?;
    (like > 0.8).then_some(name)
}

/// The environment variable with async-std's number of threads, which a process reads once.
pub const THREADS_OF_ASYNC_STD: &str = "ASYNC_STD_THREAD_COUNT";

impl fmt::Display for RuntimeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
