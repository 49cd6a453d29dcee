//! A sleep on compio's timer, whose own type can't be named.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use compio_runtime::Runtime;
use compio_runtime::time::sleep_until;
use dormouse_core::adapter::{AlarmSleep, poll_quietly};

/// A sleep on the timer of the compio runtime that polls it; outside of one, on a thread of the
/// standard library.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct CompioSleep {
    deadline: Instant,
    timer: Option<Timer>,
}

enum Timer {
    Compio(Pin<Box<dyn Future<Output = ()>>>),
    Alarm(AlarmSleep),
}

impl CompioSleep {
    pub(crate) fn until(deadline: Instant) -> Self {
        Self {
            deadline,
            timer: None,
        }
    }
}

impl Future for CompioSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = self.deadline;
        if deadline <= Instant::now() {
            return Poll::Ready(());
        }
        let in_compio = Runtime::try_with_current(|_| ()).is_ok();
        // Each poll arms compio's timer anew: the former one belongs to the runtime that polled it,
        // which may be another one, and may no longer be driven.
        if in_compio {
            self.timer = Some(Timer::Compio(Box::pin(sleep_until(deadline))));
        } else if !matches!(self.timer, Some(Timer::Alarm(_))) {
            self.timer = Some(Timer::Alarm(AlarmSleep::until(deadline)));
        }
        match &mut self.timer {
            // A waker that panics would end the `block_on` that drives the timer.
            Some(Timer::Compio(sleep)) => {
                ready!(poll_quietly(cx, |cx| sleep.as_mut().poll(cx)));
            }
            Some(Timer::Alarm(sleep)) => ready!(Pin::new(sleep).poll(cx)),
            None => unreachable!("armed above"),
        }
        Poll::Ready(())
    }
}

impl fmt::Debug for CompioSleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompioSleep")
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
