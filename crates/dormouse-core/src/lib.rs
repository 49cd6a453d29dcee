//! The traits of dormouse, and the functions built on them.
//!
//! You probably want the facade `dormouse`, which brings the runtimes along by feature, also for a
//! library of timer code. This crate depends on none of them: adapters depend on it.
//!
//! ```
//! use dormouse_core::{BlockOn, Sleeper, wait_n};
//! use std::time::Duration;
//!
//! async fn first_and_last<S: Sleeper>(sleeper: &S) -> (f64, f64) {
//!     let delays = wait_n(sleeper, 100, Duration::from_millis(20)).await;
//!     (delays[0], delays[99])
//! }
//!
//! let (first, last) = dormouse_smol::Smol.block_on(first_and_last(&dormouse_smol::Smol));
//! assert!(first <= last);
//! ```
//!
//! The traits are small, so that a runtime implements only what it supports: [`Sleeper`] is a clock
//! with its timer, [`Spawner`] starts a [`Task`], [`BlockOn`] drives a future, and [`Runtime`] is
//! both a sleeper and a spawner. Durations and instants are those of [`std::time`].

pub use crate::abort_handle::{
    AbortHandle, Abortable, LocalAbortHandle, abortable, abortable_local,
};
pub use crate::abort_on_drop::AbortOnDrop;
pub use crate::coalesced::{Coalesced, CoalescedSleep, CoalescedWaitN};
pub use crate::instant::{Instant, SystemTime};
pub use crate::interval::{Interval, MissedTick, interval, interval_at};
pub use crate::join_error::JoinError;
pub use crate::join_set::{JoinSet, LocalJoinSet};
pub use crate::max_delay::{MaxDelay, MaxDelayError};
pub use crate::measure_time::{
    MeasureError, measure_time, measure_time_async, measure_time_async_with, measure_time_with,
};
pub use crate::mixed::Mixed;
pub use crate::runtime::{BlockOn, Runtime, ToHandle};
pub use crate::sleeper::Sleeper;
pub use crate::sleeper_fn::{SleeperFn, sleeper_fn};
pub use crate::spawner::{LocalSpawner, SpawnBlocking, Spawner, Task};
pub use crate::task_wait_n::{
    FallibleTaskWaitN, TaskWaitN, TaskWaitNStream, task_wait_n, task_wait_n_with,
};
pub use crate::timeout::{Elapsed, Timeout, timeout, timeout_at};
pub use crate::too_many_waits::TooManyWaits;
pub use crate::wait_n::{WaitN, WaitNStream, wait_n, wait_n_with};
pub use crate::wait_random::{
    WaitRandom, task_wait_random, task_wait_random_with, wait_random, wait_random_with,
};
pub use crate::wall_clock::{
    SleepUntilSystemTime, SystemInterval, sleep_until_system_time, system_interval,
};

mod abort_handle;
mod abort_on_drop;
pub mod adapter;
mod allowance;
mod coalesced;
mod deadline_queue;
mod draws;
mod forward;
mod instant;
mod interval;
mod join_error;
mod join_set;
mod max_delay;
mod measure_time;
mod mixed;
mod runtime;
mod shared_queue;
mod sleeper;
mod sleeper_fn;
mod slots;
mod spawner;
mod sync;
mod task_wait_n;
mod timeout;
mod timers;
mod too_many_waits;
mod wait_n;
mod wait_random;
mod wall_clock;

/// The adapter in the README is a doctest, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
