//! dormouse on plain threads of the standard library: its sleeps and tasks behind the traits of
//! [`dormouse_core`].
//!
//! ```
//! use dormouse_core::{BlockOn, task_wait_n};
//! use dormouse_threads::Threads;
//! use std::time::Duration;
//!
//! let delays = Threads.block_on(task_wait_n(&Threads, 10, Duration::from_millis(20)));
//! assert!(delays.is_sorted());
//! ```
//!
//! There is no executor. A task is a thread, so it takes some ten microseconds to start and some
//! ten kilobytes of memory, and a machine can run some ten thousand of them. If the system refuses
//! a thread, the handle gives a panic that says so. All sleeps share one more thread, which the
//! first of them starts and which never ends.

pub use crate::ambient::Threads;
pub use crate::sleep::ThreadsSleep;
pub use crate::task::ThreadsTask;

mod ambient;
mod park;
mod sleep;
mod task;
