//! A runtime whose sleeps share one timer.

use dormouse::{Coalesced, Runtime};

/// The runtime with the timer of a `Coalesced`, and its own tasks.
pub(super) fn runtime<R: Runtime>(runtime: &R) -> impl Runtime {
    Coalesced::new(runtime.clone())
}
