//! async-std's timer as a sleep.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use async_io::Timer;
use dormouse_core::adapter::{Shielded, wake};

/// A sleep on the timer of async-std's reactor.
///
/// In a task that was not spawned through the traits, as by `async_std::task::spawn`, its first poll allocates
/// twice, because it must not give the waker of that task to the reactor.
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct AsyncStdSleep(Shielded<Timer>);

impl AsyncStdSleep {
    #[inline]
    pub(crate) fn until(deadline: Instant) -> Self {
        Self(Shielded::new(Timer::at(deadline)))
    }

    pub(crate) fn reset_to(mut self: Pin<&mut Self>, deadline: Instant) {
        self.0.timer().set_at(deadline);
    }
}

impl Future for AsyncStdSleep {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // The reactor drops wakers while it holds a lock that each sleep may need.
        let ended = ready!(self.0.poll(cx, Timer::never, wake));
        // Else another poll would wait for ever.
        self.0.timer().set_at(ended);
        Poll::Ready(())
    }
}
