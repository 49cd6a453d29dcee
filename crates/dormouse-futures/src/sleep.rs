//! A sleep that one thread of the process wakes, as the futures crate has no timer.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use dormouse_core::adapter::AlarmSleep;

/// A sleep on the one thread that wakes all sleeps of the process.
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct FuturesSleep(AlarmSleep);

impl FuturesSleep {
    pub(crate) fn until(deadline: Instant) -> Self {
        Self(AlarmSleep::until(deadline))
    }
}

impl Future for FuturesSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx)
    }
}
