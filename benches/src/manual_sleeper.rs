//! A sleeper whose clock stands still until it is moved: what is timed with it is the work above
//! a timer, and never a timer.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use dormouse::Sleeper;
use futures::task::AtomicWaker;

/// A clock that is moved by hand, with one alarm: enough for what shares one timer.
#[derive(Clone, Debug)]
pub struct ManualSleeper {
    start: Instant,
    clock: Arc<Clock>,
}

#[derive(Debug, Default)]
struct Clock {
    nanos: AtomicU64,
    alarm: AtomicWaker,
}

impl ManualSleeper {
    /// Moves the clock on and rings the alarm.
    ///
    /// # Panics
    ///
    /// If the duration is more than 584 years.
    pub fn advance(&self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).expect("less than 584 years");
        self.clock.nanos.fetch_add(nanos, Ordering::Relaxed);
        self.clock.alarm.wake();
    }
}

impl Default for ManualSleeper {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            clock: Arc::default(),
        }
    }
}

impl Sleeper for ManualSleeper {
    type Sleep = ManualSleep;

    fn now(&self) -> Instant {
        self.start + Duration::from_nanos(self.clock.nanos.load(Ordering::Relaxed))
    }

    fn sleep_until(&self, deadline: Instant) -> ManualSleep {
        ManualSleep {
            sleeper: self.clone(),
            deadline,
        }
    }
}

/// A sleep of a [`ManualSleeper`].
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct ManualSleep {
    sleeper: ManualSleeper,
    deadline: Instant,
}

impl Future for ManualSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.sleeper.now() >= self.deadline {
            return Poll::Ready(());
        }
        self.sleeper.clock.alarm.register(cx.waker());
        Poll::Pending
    }
}

/// Polls with a waker that wakes nobody.
pub fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}
