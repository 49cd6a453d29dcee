//! The timer of futures-timer.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use dormouse_core::Sleeper;
use futures_timer::Delay;

/// A [`Sleeper`] that needs no runtime: futures-timer has a thread of its own.
///
/// # Examples
///
/// ```
/// use dormouse::{TokioRuntime, BlockOn, wait_n};
/// use dormouse_compat::FuturesTimer;
/// use std::time::Duration;
///
/// let runtime = TokioRuntime::current_thread();
/// let delays = runtime.block_on(wait_n(&FuturesTimer, 10, Duration::from_millis(5)));
/// assert!(delays.is_sorted());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct FuturesTimer;

impl Sleeper for FuturesTimer {
    type Sleep = FuturesTimerSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        let duration = deadline.saturating_duration_since(Instant::now());
        FuturesTimerSleep(Delay::new(duration.min(FAR)))
    }
}

/// A sleep of [`FuturesTimer`].
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct FuturesTimerSleep(Delay);

impl Future for FuturesTimerSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx)
    }
}

/// A century: futures-timer adds the duration to the present, and panics where the clock ends.
const FAR: Duration = Duration::from_secs(100 * 365 * 86_400);
