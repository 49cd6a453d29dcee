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

use std::time::{Duration, Instant};

use tokio::time::{self, Sleep};

pub use crate::ambient::Tokio;
pub use crate::local::TokioLocal;
pub use crate::owner::TokioRuntime;
pub use crate::task::TokioTask;

mod ambient;
mod local;
mod owned;
mod owner;
mod task;

/// The tick of tokio's timer.
const GRANULARITY: Duration = Duration::from_millis(1);

/// A task takes multiples of 128 bytes, of which tokio needs 104 for itself. glibc loses as much
/// again to such an alignment: a million tasks with their sleep of 112 bytes inside took 448 bytes
/// of the heap each, and 384 with the sleep in a box.
const SMALL_FUTURE: usize = 24;

/// tokio's sleep, in the runtime that is there.
#[inline]
#[track_caller]
fn sleep_until(deadline: Instant) -> Sleep {
    // tokio rounds up to the tick when it arms the timer, and panics where the clock ends.
    let deadline = match deadline.checked_add(GRANULARITY) {
        Some(_) => deadline,
        None => a_tick_before(deadline),
    };
    time::sleep_until(deadline.into())
}

/// tokio's sleep for a duration, in the runtime that is there: no look at where the clock ends, as
/// it is not near.
#[inline]
#[track_caller]
fn sleep(duration: Duration) -> Sleep {
    time::sleep_until(time::Instant::now() + duration.min(FAR))
}

#[cold]
fn a_tick_before(deadline: Instant) -> Instant {
    deadline - GRANULARITY
}

/// A thousand years: no clock ends before.
const FAR: Duration = Duration::from_secs(1_000 * 365 * 24 * 60 * 60);
