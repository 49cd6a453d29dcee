//! futures-timer's delay as a sleep.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_timer::Delay;

/// A sleep on the timer of futures-timer.
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct FuturesSleep(Delay);

impl FuturesSleep {
    pub(crate) fn until(deadline: Instant) -> Self {
        let duration = deadline.saturating_duration_since(Instant::now());
        Self(Delay::new(duration.min(FAR)))
    }
}

impl Future for FuturesSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx)
    }
}

/// A century. futures-timer adds the duration to the present, and panics where the clock ends.
const FAR: Duration = Duration::from_secs(100 * 365 * 86_400);
