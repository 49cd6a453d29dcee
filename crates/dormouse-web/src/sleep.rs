//! A timeout of the browser as a sleep.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};

use dormouse_core::Instant;

use crate::timers;

/// A sleep on `setTimeout`; dropping it clears its timeout.
///
/// A sleep holds a number, by which the thread that polls it finds the timeout. So it may move to
/// another thread, if there are any: when it is polled there, it gets a timeout there. The timeout
/// that it leaves behind can be cleared only on its own thread; otherwise it causes one spurious
/// wake-up.
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct WebSleep {
    deadline: Instant,
    /// The key of its timeout, from the first poll on.
    number: Option<u64>,
}

impl WebSleep {
    pub(crate) fn until(deadline: Instant) -> Self {
        Self {
            deadline,
            number: None,
        }
    }

    /// Moves the timeout, and keeps the waker.
    pub(crate) fn reset(mut self: Pin<&mut Self>, deadline: Instant) {
        self.deadline = deadline;
        if let Some(number) = self.number {
            timers::put_off(number, deadline);
        }
    }

    fn cancel(&mut self) {
        if let Some(number) = self.number.take() {
            timers::clear(number);
        }
    }
}

impl Future for WebSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.deadline <= Instant::now() {
            self.cancel();
            return Poll::Ready(());
        }
        let number = *self
            .number
            .get_or_insert_with(|| NEXT.fetch_add(1, Relaxed));
        timers::arm(number, self.deadline, cx.waker());
        Poll::Pending
    }
}

impl Drop for WebSleep {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Unique across threads, so that no thread takes another thread's sleep for one of its own.
static NEXT: AtomicU64 = AtomicU64::new(0);
