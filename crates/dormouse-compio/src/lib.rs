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
//! What it does not have: tasks that are `Send`. A runtime has one thread, so it is a
//! [`LocalSpawner`](dormouse_core::LocalSpawner) and no [`Spawner`](dormouse_core::Spawner), and
//! [`task_wait_n`](dormouse_core::task_wait_n) does not go with it. A sleep is armed on the compio
//! runtime that polls it, and outside of one by a thread of the standard library. compio's own
//! sleep has no name, so [`CompioSleep`] is the one sleep that is in a box.

pub use crate::handle::CompioHandle;
pub use crate::owner::CompioRuntime;
pub use crate::sleep::CompioSleep;
pub use crate::task::CompioTask;

mod handle;
mod owner;
mod sleep;
mod task;
mod unwinding;
