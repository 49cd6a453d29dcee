//! dormouse on [tokio](https://docs.rs/tokio): its sleeps and tasks behind the traits of
//! [`dormouse_core`].
//!
//! ```
//! use dormouse_core::{BlockOn, wait_n};
//! use dormouse_tokio::{Tokio, TokioRuntime};
//! use std::time::Duration;
//!
//! let delays = TokioRuntime::new().block_on(async {
//!     // The ambient runtime, anywhere inside of it: under `#[tokio::main]`, for one.
//!     wait_n(&Tokio, 10, Duration::from_millis(20)).await
//! });
//! assert!(delays.is_sorted());
//! ```
//!
//! What tokio does otherwise than the others: its timer rounds up to a millisecond, and a sleep
//! or a task of [`Tokio`] made outside of its context panics at the call. tokio's budget for a task
//! does not count a [`TokioSleep`]: one whose deadline has passed is ready.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub use crate::ambient::Tokio;
pub use crate::handle::TokioHandle;
pub use crate::local::{TokioLocal, TokioLocalHandle, TokioLocalTask};
pub use crate::owner::TokioRuntime;
pub use crate::sleep::TokioSleep;
pub use crate::task::TokioTask;

mod ambient;
mod block_on;
mod handle;
mod local;
mod owner;
mod sleep;
mod task;
mod yield_now;
