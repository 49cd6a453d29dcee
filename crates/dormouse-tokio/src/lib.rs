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
//! or a task made outside of its context panics at the call.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub use crate::ambient::Tokio;
pub use crate::owner::TokioRuntime;
pub use crate::task::TokioTask;

mod ambient;
mod owner;
mod task;

/// The tick of tokio's timer.
const GRANULARITY: std::time::Duration = std::time::Duration::from_millis(1);
