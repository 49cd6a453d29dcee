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
//! What its thread pool does otherwise than the others: a task that wakes itself is polled again at
//! once, so it keeps its thread, and with it every task that waits for that thread. Say
//! [`yield_now`](dormouse_core::Spawner::yield_now), which goes to the end of the queue. A waker of
//! a task keeps the pool's threads for as long as somebody holds it. All sleeps of the process
//! share one thread.

pub use crate::handle::FuturesHandle;
pub use crate::local::{FuturesLocal, FuturesLocalHandle};
pub use crate::owner::FuturesPool;
pub use crate::sleep::FuturesSleep;
pub use crate::task::FuturesTask;

mod handle;
mod local;
mod owner;
mod sleep;
mod task;
