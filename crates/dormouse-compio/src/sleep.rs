//! compio's sleep, which has no name.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

/// A sleep on the timer of the compio runtime that polls it.
///
/// # Panics
///
/// Polling it outside of a compio runtime panics, as compio does.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct CompioSleep(Pin<Box<dyn Future<Output = ()>>>);

impl CompioSleep {
    pub(crate) fn until(deadline: Instant) -> Self {
        Self(Box::pin(compio_runtime::time::sleep_until(deadline)))
    }
}

impl Future for CompioSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(cx)
    }
}

impl fmt::Debug for CompioSleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompioSleep").finish_non_exhaustive()
    }
}
