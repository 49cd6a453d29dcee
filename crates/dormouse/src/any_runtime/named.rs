//! The runtimes that are built in, by name.

use std::error::Error;
use std::fmt;

use crate::{AnyHandle, AnyRuntime};

impl AnyRuntime {
    /// A runtime by its name: a new one, or that of the process.
    ///
    /// * `tokio`, `tokio-current-thread`, `futures` and `virtual` give a new runtime, which ends
    ///   when this is dropped.
    /// * `smol`, `async-std` and `threads` give [`Smol`](crate::Smol), `AsyncStd` and `Threads`,
    ///   which the process shares: dropping this ends nothing, and its tasks go on. For a smol that
    ///   ends, wrap a [`SmolExecutor`](crate::SmolExecutor) by [`new`](Self::new).
    ///
    /// The names are those of the features that add a runtime, and `tokio-current-thread`. compio
    /// and web are not among them, as their tasks are not `Send`.
    ///
    /// # Errors
    ///
    /// [`UnknownRuntime`] if no runtime has this name, or if it is not built in.
    ///
    /// # Panics
    ///
    /// If the system refuses what the runtime needs.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse::{AnyRuntime, BlockOn, Sleeper};
    /// use std::time::Duration;
    ///
    /// let runtime = AnyRuntime::named("smol")?;
    /// runtime.block_on(runtime.sleep(Duration::from_millis(2)));
    ///
    /// let error = AnyRuntime::named("nope").unwrap_err();
    /// assert!(error.to_string().starts_with("no runtime is named `nope`; built in: "));
    /// # Ok::<(), dormouse::UnknownRuntime>(())
    /// ```
    pub fn named(name: &str) -> Result<Self, UnknownRuntime> {
        let built_in = BUILT_IN.iter().find(|(built_in, _)| *built_in == name);
        let (_, make) = built_in.ok_or_else(|| UnknownRuntime { name: name.into() })?;
        Ok(make())
    }

    /// The innermost runtime that the calling code runs in, if that is known.
    ///
    /// It is known for tokio and async-std. The others run their tasks like any other code, so
    /// inside them this is `None`, even if one of them runs inside tokio.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse::{AnyRuntime, BlockOn, TokioRuntime};
    ///
    /// assert!(AnyRuntime::current().is_none());
    /// TokioRuntime::new().block_on(async {
    ///     assert!(AnyRuntime::current().is_some());
    /// });
    /// ```
    #[must_use]
    pub fn current() -> Option<AnyHandle> {
        // This stays empty for code that does not use our traits, as in `#[tokio::main]`.
        let innermost = dormouse_core::adapter::current_runtime();
        #[cfg(feature = "tokio")]
        if innermost.is_none_or(|name| name.starts_with("Tokio")) {
            if let Some(handle) = dormouse_tokio::TokioHandle::try_current() {
                return Some(AnyHandle::new(handle));
            }
        }
        #[cfg(feature = "async-std")]
        if innermost.is_none_or(|name| name == "AsyncStd")
            && dormouse_async_std::AsyncStd::is_here()
        {
            return Some(AnyHandle::new(dormouse_async_std::AsyncStd));
        }
        let _ = innermost;
        None
    }

    /// The names of the runtimes that are built in.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse::AnyRuntime;
    ///
    /// assert!(AnyRuntime::names().any(|name| name == "smol"));
    /// ```
    pub fn names() -> impl ExactSizeIterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }
}

type Make = fn() -> AnyRuntime;

const BUILT_IN: &[(&str, Make)] = &[
    #[cfg(feature = "tokio")]
    ("tokio", || {
        AnyRuntime::new(dormouse_tokio::TokioRuntime::new())
    }),
    #[cfg(feature = "tokio")]
    ("tokio-current-thread", || {
        AnyRuntime::new(dormouse_tokio::TokioRuntime::current_thread())
    }),
    #[cfg(feature = "smol")]
    ("smol", || AnyRuntime::new(dormouse_smol::Smol)),
    #[cfg(feature = "async-std")]
    ("async-std", || {
        AnyRuntime::new(dormouse_async_std::AsyncStd)
    }),
    #[cfg(feature = "futures")]
    ("futures", || {
        AnyRuntime::new(dormouse_futures::FuturesPool::new(0))
    }),
    #[cfg(feature = "threads")]
    ("threads", || AnyRuntime::new(dormouse_threads::Threads)),
    #[cfg(feature = "virtual")]
    ("virtual", || {
        AnyRuntime::new(dormouse_virtual::Virtual::new())
    }),
];

/// Every name that can be built in, with its feature.
const KNOWN: &[(&str, &str)] = &[
    ("tokio", "tokio"),
    ("tokio-current-thread", "tokio"),
    ("smol", "smol"),
    ("async-std", "async-std"),
    ("futures", "futures"),
    ("threads", "threads"),
    ("virtual", "virtual"),
];

/// The error of a name that no built-in runtime has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownRuntime {
    name: String,
}

impl fmt::Display for UnknownRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        if name == "compio" {
            return f.write_str(
                "the runtime `compio` has no tasks that are Send: use `CompioRuntime` itself",
            );
        }
        if let Some((_, feature)) = KNOWN.iter().find(|(known, _)| known == name) {
            return write!(
                f,
                "the runtime `{name}` is not built in: enable the feature `{feature}` of dormouse"
            );
        }
        let names: Vec<_> = AnyRuntime::names().collect();
        match names.as_slice() {
            [] => write!(f, "no runtime is named `{name}`, and none is built in"),
            names => write!(
                f,
                "no runtime is named `{name}`; built in: {}",
                names.join(", ")
            ),
        }
    }
}

impl Error for UnknownRuntime {}
