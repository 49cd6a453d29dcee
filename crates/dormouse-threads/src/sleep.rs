//! A sleep that the alarm ends.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use crate::alarm::{self, Key};

/// A sleep on the alarm of this process.
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct ThreadsSleep {
    deadline: Instant,
    /// Its entry with the alarm, from the first poll to the end.
    key: Option<Key>,
}

impl ThreadsSleep {
    pub(crate) fn until(deadline: Instant) -> Self {
        Self {
            deadline,
            key: None,
        }
    }

    fn cancel(&mut self) {
        if let Some(key) = self.key.take() {
            alarm::cancel(key);
        }
    }
}

impl Future for ThreadsSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.deadline <= Instant::now() {
            self.cancel();
            return Poll::Ready(());
        }
        let waits = self.key.is_some_and(|key| alarm::replace(key, cx.waker()));
        if !waits {
            self.key = Some(alarm::set(self.deadline, cx.waker().clone()));
        }
        Poll::Pending
    }
}

impl Drop for ThreadsSleep {
    fn drop(&mut self) {
        self.cancel();
    }
}
