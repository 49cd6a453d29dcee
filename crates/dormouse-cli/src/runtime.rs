//! The runtimes by name.

use std::fmt;
use std::num::NonZeroUsize;
#[cfg(feature = "compio")]
use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use dormouse::{BlockOn, LocalSpawner, Runtime, Sleeper};
use serde::Serialize;

use crate::failure::Failure;

/// A runtime that the command knows, built in or not.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RuntimeName {
    Tokio,
    TokioCurrentThread,
    Smol,
    AsyncStd,
    Futures,
    Compio,
    Threads,
    Virtual,
}

/// What is done with a runtime once there is one.
///
/// The command does not go by `AnyRuntime`: a comparison must not measure the boxes of an erased
/// runtime.
pub(crate) trait Visit {
    type Output;

    fn visit<R: Runtime + BlockOn>(self, runtime: &R) -> Self::Output;

    /// The same with a runtime whose tasks stay on their thread.
    fn visit_local<R>(self, runtime: &R) -> Self::Output
    where
        R: Sleeper<Sleep: 'static> + LocalSpawner + BlockOn + Clone + 'static;
}

impl RuntimeName {
    pub(crate) const ALL: [Self; 8] = [
        Self::Tokio,
        Self::TokioCurrentThread,
        Self::Smol,
        Self::AsyncStd,
        Self::Futures,
        Self::Compio,
        Self::Threads,
        Self::Virtual,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tokio => "tokio",
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
    pub(crate) fn feature(self) -> &'static str {
        match self {
            Self::Tokio | Self::TokioCurrentThread => "tokio",
            Self::Smol => "smol",
            Self::AsyncStd => "async-std",
            Self::Futures => "futures",
            Self::Compio => "compio",
            Self::Threads => "threads",
            Self::Virtual => "virtual",
        }
    }

    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::Tokio | Self::TokioCurrentThread => env!("DORMOUSE_TOKIO"),
            Self::Smol => env!("DORMOUSE_SMOL"),
            Self::AsyncStd => env!("DORMOUSE_ASYNC_STD"),
            Self::Futures => env!("DORMOUSE_FUTURES_EXECUTOR"),
            Self::Compio => env!("DORMOUSE_COMPIO_RUNTIME"),
            Self::Threads => "std",
            Self::Virtual => env!("CARGO_PKG_VERSION"),
        }
    }

    pub(crate) fn is_built_in(self) -> bool {
        match self {
            Self::Tokio | Self::TokioCurrentThread => cfg!(feature = "tokio"),
            Self::Smol => cfg!(feature = "smol"),
            Self::AsyncStd => cfg!(feature = "async-std"),
            Self::Futures => cfg!(feature = "futures"),
            Self::Compio => cfg!(feature = "compio"),
            Self::Threads => cfg!(feature = "threads"),
            Self::Virtual => cfg!(feature = "virtual"),
        }
    }

    /// What should be known before it is chosen.
    pub(crate) fn remark(self) -> &'static str {
        match self {
            Self::Tokio | Self::Smol => "",
            Self::TokioCurrentThread => "one thread, always",
            Self::AsyncStd => "discontinued (RUSTSEC-2025-0052)",
            Self::Futures => "its thread pool, with the timer of futures-timer",
            Self::Compio => "one thread, no tasks that are Send: no mode spawn",
            Self::Threads => "no executor: a thread a task, and one for all sleeps",
            Self::Virtual => "virtual time, for tests: compared where it is named",
        }
    }

    pub(crate) fn built_in() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|name| name.is_built_in())
    }

    /// Those that are compared where none are named: virtual time takes none.
    pub(crate) fn compared() -> impl Iterator<Item = Self> {
        Self::built_in().filter(|name| *name != Self::Virtual)
    }

    /// Whether it has a number of threads to set.
    pub(crate) fn has_threads(self) -> bool {
        matches!(
            self,
            Self::Tokio | Self::Smol | Self::AsyncStd | Self::Futures
        )
    }

    /// Whether it has tasks for mode spawn, which can be sent to other threads.
    pub(crate) fn spawns(self) -> bool {
        self != Self::Compio
    }

    /// The one that is taken where none is named.
    pub(crate) fn default_one() -> Result<Self, Failure> {
        Self::built_in().next().ok_or_else(|| {
            Failure::usage("no runtime is built in: build dormouse-cli with `--features tokio`, smol or async-std")
        })
    }

    /// Reads the name of a runtime that is built in.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let Some(name) = Self::ALL.into_iter().find(|name| name.name() == text) else {
            let names: Vec<_> = Self::built_in().map(Self::name).collect();
            return Err(format!(
                "no runtime has this name; built in: {}",
                names.join(", ")
            ));
        };
        if !name.is_built_in() {
            return Err(format!(
                "it is not built in: build dormouse-cli with `--features {}`",
                name.feature()
            ));
        }
        Ok(name)
    }

    /// Its threads, if `asked` for so many: one per core unless asked for.
    pub(crate) fn threads(self, asked: Option<NonZeroUsize>) -> NonZeroUsize {
        let one = NonZeroUsize::MIN;
        if !self.has_threads() {
            return one;
        }
        asked.unwrap_or_else(|| thread::available_parallelism().unwrap_or(one))
    }

    /// Makes the runtime with so many threads.
    pub(crate) fn visit<V: Visit>(self, threads: NonZeroUsize, visit: V) -> V::Output {
        #[cfg(not(feature = "tokio"))]
        let _ = threads;
        match self {
            #[cfg(feature = "tokio")]
            Self::Tokio => visit.visit(&Arc::new(dormouse::TokioRuntime::multi_thread(
                threads.get(),
            ))),
            #[cfg(feature = "tokio")]
            Self::TokioCurrentThread => {
                visit.visit(&Arc::new(dormouse::TokioRuntime::current_thread()))
            }
            #[cfg(feature = "smol")]
            Self::Smol => visit.visit(&Arc::new(dormouse::SmolExecutor::new(threads.get()))),
            // Its threads are counted from `THREADS_OF_ASYNC_STD` when it first runs.
            #[cfg(feature = "async-std")]
            Self::AsyncStd => visit.visit(&dormouse::AsyncStd),
            #[cfg(feature = "futures")]
            Self::Futures => visit.visit(&Arc::new(dormouse::FuturesPool::new(threads.get()))),
            #[cfg(feature = "compio")]
            Self::Compio => visit.visit_local(&Rc::new(dormouse::CompioRuntime::new())),
            #[cfg(feature = "threads")]
            Self::Threads => visit.visit(&dormouse::Threads),
            #[cfg(feature = "virtual")]
            Self::Virtual => {
                let runtime = dormouse::Virtual::new();
                let clock = runtime.handle();
                crate::recorder::follow(move || clock.now());
                visit.visit(&Arc::new(runtime))
            }
            #[allow(unreachable_patterns)]
            name => unreachable!("{name} is not built in, and `parse` lets nobody name it"),
        }
    }
}

/// What tells async-std how many threads to start; it is read once in a process.
pub(crate) const THREADS_OF_ASYNC_STD: &str = "ASYNC_STD_THREAD_COUNT";

impl fmt::Display for RuntimeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
