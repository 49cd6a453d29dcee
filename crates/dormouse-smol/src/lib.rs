//! dormouse on [smol](https://docs.rs/smol): its sleeps and tasks behind the traits of
//! [`dormouse_core`].
//!
//! ```
//! use dormouse_core::{BlockOn, wait_n};
//! use dormouse_smol::Smol;
//! use std::time::Duration;
//!
//! let delays = Smol.block_on(wait_n(&Smol, 10, Duration::from_millis(20)));
//! assert!(delays.is_sorted());
//! ```
//!
//! How smol differs from the other runtimes: its global executor has one thread unless
//! `SMOL_THREADS` sets more, its timers work on any thread, and its own task handle cancels the
//! task when dropped, which [`SmolTask`] does not.
//!
//! A known bug of async-executor 1.14.1: a task that another thread wakes at the very moment when
//! its executor is dropped can be lost: it is never polled and never dropped, and its handle does
//! not resolve. This crate makes that very unlikely; an ignored test looks for it.

pub use crate::ambient::Smol;
pub use crate::handle::SmolHandle;
pub use crate::local::{SmolLocal, SmolLocalHandle};
pub use crate::owner::SmolExecutor;
pub use crate::sleep::SmolSleep;
pub use crate::task::{SmolBlockingTask, SmolLocalTask, SmolTask};

mod ambient;
mod block_on;
mod closing;
mod handle;
mod linger;
mod local;
mod owner;
mod sleep;
mod task;
