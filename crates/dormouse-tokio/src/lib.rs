//! dormouse on [tokio](https://docs.rs/tokio): its sleeps and tasks behind the traits of
//! [`dormouse_core`].
//!
//! ```
//! use dormouse_core::{BlockOn, wait_n};
//! use dormouse_tokio::{Tokio, TokioRuntime};
//! use std::time::Duration;
//!
//! let delays = TokioRuntime::new().block_on(async {
//!     // The ambient runtime, anywhere inside it: under `#[tokio::main]`, for example.
//!     wait_n(&Tokio, 10, Duration::from_millis(20)).await
//! });
//! assert!(delays.is_sorted());
//! ```
//!
//! How tokio differs from the other runtimes: its timer rounds up to a millisecond, and a sleep or
//! a task of [`Tokio`] made outside of its context panics at the call. tokio's budget for a task
//! does not count a [`TokioSleep`]: one whose deadline has passed is ready.

pub use crate::ambient::Tokio;
pub use crate::handle::TokioHandle;
pub use crate::local::{TokioLocal, TokioLocalHandle, TokioLocalTask};
pub use crate::owner::TokioRuntime;
pub use crate::sleep::TokioSleep;
pub use crate::task::TokioTask;

mod ambient;
mod block_on;
mod ended;
mod handle;
mod local;
mod owner;
mod sleep;
mod task;
mod yield_now;
