//! futures-timer's delay as a sleep.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use dormouse_core::adapter::poll_quietly;
use futures_timer::Delay;

/// A sleep on the timer of futures-timer.
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct FuturesSleep {
    delay: Delay,
    deadline: Instant,
}

impl FuturesSleep {
    pub(crate) fn until(deadline: Instant) -> Self {
        Self {
            delay: Delay::new(left(deadline)),
            deadline,
        }
    }

    pub(crate) fn reset(mut self: Pin<&mut Self>, deadline: Instant) {
        self.delay.reset(left(deadline));
        self.deadline = deadline;
    }
}

impl Future for FuturesSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // The timer's thread may not have run yet.
        while Instant::now() < self.deadline {
            let delay = Pin::new(&mut self.delay);
            // A waker that panics would end the thread of all sleeps.
            ready!(poll_quietly(cx, |cx| delay.poll(cx)));
            // If a delay is reset while its thread enters it, futures-timer 3.0.4 may fire it at the
            // former deadline.
            let left = left(self.deadline);
            if !left.is_zero() {
                self.delay.reset(left);
            }
        }
        Poll::Ready(())
    }
}

/// futures-timer adds the duration to the current time, and panics at the end of the clock.
fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now()).min(FAR)
}

/// A century.
const FAR: Duration = Duration::from_secs(100 * 365 * 86_400);
