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
//! What it does not have: anything that is `Send`. A runtime has one thread, so it is a
//! [`LocalSpawner`](dormouse_core::LocalSpawner) and no [`Spawner`](dormouse_core::Spawner), and
//! [`task_wait_n`](dormouse_core::task_wait_n) does not go with it. A sleep must be polled inside
//! of a compio runtime. compio's sleep has no name, so [`CompioSleep`] is the one sleep that is in
//! a box.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub use crate::owner::{CompioRuntime, CompioTask};
pub use crate::sleep::CompioSleep;

mod owner;
mod sleep;
