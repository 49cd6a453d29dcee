//! A runtime whose sleeps are recorded.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use dormouse::{Instant, Sleeper, Spawner};
use pin_project_lite::pin_project;

use crate::recorder::{nanos, record};

/// A runtime whose sleeps record how late they end.
///
/// A sleep is 8 bytes larger, for its deadline.
#[derive(Clone, Debug)]
pub(crate) struct Recorded<R>(pub(crate) R);

impl<R: Sleeper> Sleeper for Recorded<R> {
    type Sleep = RecordedSleep<R::Sleep>;

    fn now(&self) -> Instant {
        self.0.now()
    }

    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        RecordedSleep {
            sleep: self.0.sleep_until(deadline),
            deadline: nanos(deadline),
        }
    }

    fn system_time(&self) -> SystemTime {
        self.0.system_time()
    }

    fn draw_seed(&self) -> u64 {
        self.0.draw_seed()
    }

    fn timer_step(&self) -> Duration {
        self.0.timer_step()
    }
}

dormouse_core::__forward! { Spawner [R: Spawner] Recorded<R>, |this| &this.0, R }

pin_project! {
    /// The sleep of a [`Recorded`].
    #[derive(Debug)]
    pub(crate) struct RecordedSleep<S> {
        #[pin]
        sleep: S,
        // Nanoseconds since the base.
        deadline: u64,
    }
}

impl<S: Future<Output = ()>> Future for RecordedSleep<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        ready!(this.sleep.poll(cx));
        record(*this.deadline);
        Poll::Ready(())
    }
}
