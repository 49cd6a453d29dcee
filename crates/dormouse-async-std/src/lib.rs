//! dormouse on [async-std](https://docs.rs/async-std): its sleeps and tasks behind the traits of
//! [`dormouse_core`].
//!
//! async-std is discontinued ([RUSTSEC-2025-0052]): use this for a program that still runs on it,
//! and smol for a new one.
//!
//! ```
//! use dormouse_core::{BlockOn, wait_n};
//! use dormouse_async_std::AsyncStd;
//! use std::time::Duration;
//!
//! let delays = AsyncStd.block_on(wait_n(&AsyncStd, 10, Duration::from_millis(20)));
//! assert!(delays.is_sorted());
//! ```
//!
//! How async-std differs from the other runtimes: its own `sleep` counts from the first poll, so
//! [`AsyncStdSleep`] is a timer of its reactor instead, which counts from the call. A process has
//! one runtime; `ASYNC_STD_THREAD_COUNT` sets its threads, by default one per core.
//!
//! [RUSTSEC-2025-0052]: https://rustsec.org/advisories/RUSTSEC-2025-0052.html

pub use crate::ambient::AsyncStd;
pub use crate::sleep::AsyncStdSleep;
pub use crate::task::{AsyncStdBlockingTask, AsyncStdTask};

mod ambient;
mod sleep;
mod task;
