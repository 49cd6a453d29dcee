//! dormouse on [compio](https://docs.rs/compio): its sleeps and tasks behind the traits of
//! [`dormouse_core`].
//!
//! ```
//! use dormouse_core::{BlockOn, wait_n};
//! use dormouse_compio::CompioRuntime;
//! use std::time::Duration;
//!
//! let runtime = CompioRuntime::new();
//! let delays = runtime.block_on(wait_n(&runtime, 10, Duration::from_millis(20)));
//! assert!(delays.is_sorted());
//! ```
//!
//! compio has no tasks that are `Send`. A runtime has one thread, so it is a
//! [`LocalSpawner`](dormouse_core::LocalSpawner) and not a [`Spawner`](dormouse_core::Spawner), and
//! [`task_wait_n`](dormouse_core::task_wait_n) does not work on it. A sleep is armed on the compio
//! runtime that polls it, and outside of one on a thread of the standard library. The type of
//! compio's own sleep can't be named, so [`CompioSleep`] is the only sleep that is boxed.
//!
//! compio looks at its timers once no task is ready, or after 61 polls of tasks. So while two or
//! more tasks wake themselves in each poll, a sleep ends up to 61 polls late. A task that computes
//! for long yields by a sleep that is pending, such as `sleep(Duration::from_millis(1))`: compio looks
//! at the timers before the task goes on. A sleep of zero or of a nanosecond is ready at its first
//! poll, and does not yield at all.

pub use crate::handle::CompioHandle;
pub use crate::owner::CompioRuntime;
pub use crate::sleep::CompioSleep;
pub use crate::task::CompioTask;

mod handle;
mod owner;
mod sleep;
mod task;
mod task_waker;
mod tasks;
mod unwinding;
