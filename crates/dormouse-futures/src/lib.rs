//! dormouse on the executors of [futures](https://docs.rs/futures): its tasks behind the traits of
//! [`dormouse_core`]. As it has no timer, sleeps are those of the core's own thread.
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
//! How the thread pool differs from other runtimes: the waker of a task keeps the pool's threads
//! alive as long as it exists. A task that is woken while it is polled goes to the end of the queue
//! here; of its own, the pool would poll it again at once, before any other task. All sleeps of the
//! process share one thread.

pub use crate::handle::FuturesHandle;
pub use crate::local::{FuturesLocal, FuturesLocalHandle};
pub use crate::owner::FuturesPool;
pub use crate::sleep::FuturesSleep;
pub use crate::task::FuturesTask;

mod handle;
mod local;
mod local_queue;
mod owner;
mod pool;
mod pool_waker;
mod sleep;
mod task;
