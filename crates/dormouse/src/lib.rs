#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use crate::any_runtime::{AnyHandle, AnyRuntime, AnySleep, AnyTask, UnknownRuntime};
#[doc(inline)]
pub use dormouse_core::{
    AbortHandle, AbortOnDrop, Abortable, BlockOn, Coalesced, Elapsed, Instant, Interval, JoinError,
    JoinSet, LocalAbortHandle, LocalJoinSet, LocalSpawner, MaxDelay, MaxDelayError, MeasureError,
    MissedTick, Mixed, Runtime, SleepUntilSystemTime, Sleeper, SpawnBlocking, Spawner,
    SystemInterval, SystemTime, Task, Timeout, ToHandle, abortable, abortable_local, interval,
    interval_at, measure_time, measure_time_async, measure_time_async_with, measure_time_with,
    sleep_until_system_time, sleeper_fn, system_interval, task_wait_n, task_wait_n_with,
    task_wait_random, task_wait_random_with, timeout, timeout_at, wait_n, wait_n_with, wait_random,
    wait_random_with,
};

mod any_runtime;

/// The futures and streams of the random waits, and their errors.
pub mod waits {
    #[doc(inline)]
    pub use dormouse_core::{
        CoalescedSleep, CoalescedWaitN, FallibleTaskWaitN, SleeperFn, TaskWaitN, TaskWaitNStream,
        TooManyWaits, WaitN, WaitNStream, WaitRandom,
    };
}

/// Bridges to and from the traits of other crates, with a feature for each, named after the crate.
#[cfg(any(
    feature = "backon",
    feature = "criterion",
    feature = "futures-task",
    feature = "hyper",
    feature = "tower",
    feature = "tracing"
))]
pub mod compat {
    #[cfg(feature = "backon")]
    #[doc(inline)]
    pub use dormouse_compat::Backon;
    #[cfg(feature = "criterion")]
    #[doc(inline)]
    pub use dormouse_compat::CriterionExecutor;
    #[cfg(feature = "futures-task")]
    #[doc(inline)]
    pub use dormouse_compat::Futures;
    #[cfg(feature = "tracing")]
    #[doc(inline)]
    pub use dormouse_compat::Traced;
    #[cfg(all(
        feature = "hyper",
        not(all(target_family = "wasm", target_os = "unknown"))
    ))]
    #[doc(inline)]
    pub use dormouse_compat::{FromHyper, Hyper, HyperSleep};
    #[cfg(feature = "tower")]
    #[doc(inline)]
    pub use dormouse_compat::{Tower, TowerSleep};
}

#[cfg(feature = "async-std")]
#[doc(inline)]
pub use dormouse_async_std::{AsyncStd, AsyncStdBlockingTask, AsyncStdSleep, AsyncStdTask};

#[cfg(feature = "compio")]
#[doc(inline)]
pub use dormouse_compio::{CompioHandle, CompioRuntime, CompioSleep, CompioTask};

#[cfg(feature = "futures")]
#[doc(inline)]
pub use dormouse_futures::{
    FuturesHandle, FuturesLocal, FuturesLocalHandle, FuturesPool, FuturesSleep, FuturesTask,
};

#[cfg(feature = "smol")]
#[doc(inline)]
pub use dormouse_smol::{
    Smol, SmolBlockingTask, SmolExecutor, SmolHandle, SmolLocal, SmolLocalHandle, SmolLocalTask,
    SmolSleep, SmolTask,
};

#[cfg(feature = "threads")]
#[doc(inline)]
pub use dormouse_threads::{Threads, ThreadsSleep, ThreadsTask};

#[cfg(feature = "tokio")]
#[doc(inline)]
pub use dormouse_tokio::{
    Tokio, TokioHandle, TokioLocal, TokioLocalHandle, TokioLocalTask, TokioRuntime, TokioSleep,
    TokioTask,
};

#[cfg(feature = "virtual")]
#[doc(inline)]
pub use dormouse_virtual::{
    Deadlock, RealWork, Virtual, VirtualBlockingTask, VirtualHandle, VirtualLocalTask,
    VirtualSleep, VirtualTask, for_seeds,
};

#[cfg(all(feature = "web", target_family = "wasm", target_os = "unknown"))]
#[doc(inline)]
pub use dormouse_web::{Web, WebSleep, WebTask};

/// The examples in the README of the repository are tests, too.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod front_page {}
