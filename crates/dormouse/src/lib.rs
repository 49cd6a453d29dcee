#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use crate::any_runtime::{AnyRuntime, AnyTask, UnknownRuntime};
#[doc(inline)]
pub use dormouse_core::*;

mod any_runtime;

/// Bridges to the traits of other crates, and back: one feature each, named as its crate.
#[cfg(any(
    feature = "backon",
    feature = "futures-task",
    feature = "futures-timer",
    feature = "hyper",
    feature = "tower"
))]
pub mod compat {
    #[doc(inline)]
    pub use dormouse_compat::*;
}

#[cfg(feature = "async-std")]
#[doc(inline)]
pub use dormouse_async_std::{AsyncStd, AsyncStdSleep, AsyncStdTask};

#[cfg(feature = "compio")]
#[doc(inline)]
pub use dormouse_compio::{CompioRuntime, CompioSleep, CompioTask};

#[cfg(feature = "futures")]
#[doc(inline)]
pub use dormouse_futures::{FuturesLocal, FuturesPool, FuturesSleep, FuturesTask};

#[cfg(feature = "smol")]
#[doc(inline)]
pub use dormouse_smol::{Smol, SmolExecutor, SmolLocal, SmolLocalTask, SmolSleep, SmolTask};

#[cfg(feature = "threads")]
#[doc(inline)]
pub use dormouse_threads::{Threads, ThreadsSleep, ThreadsTask};

#[cfg(feature = "tokio")]
#[doc(inline)]
pub use dormouse_tokio::{Tokio, TokioLocal, TokioRuntime, TokioTask};

#[cfg(feature = "virtual")]
#[doc(inline)]
pub use dormouse_virtual::{Deadlock, Virtual, VirtualSleep, VirtualTask, for_seeds};

/// The examples on the front page of the repository are tests, too.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod front_page {}
