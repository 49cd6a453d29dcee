//! dormouse on the executors of [futures](https://docs.rs/futures): its tasks behind the traits of
//! [`dormouse_core`], with the timer of [futures-timer](https://docs.rs/futures-timer).
//!
//! ```
//! use dormouse_core::{BlockOn, task_wait_n};
//! use dormouse_futures::FuturesPool;
//! use std::time::Duration;
//!
//! let runtime = FuturesPool::new(2);
//! let delays = runtime.block_on(task_wait_n(&runtime, 10, Duration::from_millis(20)));
//! assert!(delays.is_sorted());
//! ```
//!
//! What it does not have: a way to stop the pool while tasks are left. A [`FuturesPool`] whose last
//! clone has been dropped runs them to their ends. All sleeps of the process share one thread.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub use crate::local::FuturesLocal;
pub use crate::pool::FuturesPool;
pub use crate::sleep::FuturesSleep;

use dormouse_core::RemoteTask;

mod local;
mod pool;
mod sleep;

/// The handle of a task on an executor of futures.
///
/// futures' own handle cancels its task when dropped, and resumes the task's panic in whoever
/// awaits it. This one does neither.
pub type FuturesTask<T> = RemoteTask<T>;
