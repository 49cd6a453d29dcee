//! A runtime that counts its living sleeps.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use dormouse_core::{Instant, Sleeper, Spawner, SystemTime};

/// Counts the sleeps that have been made and not yet dropped, and with them the tasks that hold
/// them.
#[derive(Clone, Debug)]
pub(crate) struct Counted<R> {
    runtime: R,
    alive: Arc<()>,
}

impl<R> Counted<R> {
    pub(crate) fn new(runtime: R) -> Self {
        Self {
            runtime,
            alive: Arc::new(()),
        }
    }

    /// How many sleeps are alive.
    pub(crate) fn alive(&self) -> usize {
        Arc::strong_count(&self.alive) - 1
    }

    fn count<F>(&self, sleep: F) -> CountedSleep<F> {
        CountedSleep {
            sleep: Box::pin(sleep),
            _alive: Arc::clone(&self.alive),
        }
    }
}

impl<R: Sleeper> Sleeper for Counted<R> {
    type Sleep = CountedSleep<R::Sleep>;

    fn now(&self) -> Instant {
        self.runtime.now()
    }

    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        self.count(self.runtime.sleep_until(deadline))
    }

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.count(self.runtime.sleep(duration))
    }

    fn system_time(&self) -> SystemTime {
        self.runtime.system_time()
    }

    fn draw_seed(&self) -> u64 {
        self.runtime.draw_seed()
    }

    fn timer_step(&self) -> Duration {
        self.runtime.timer_step()
    }
}

dormouse_core::__forward! { Spawner [R: Spawner] Counted<R>, |this| &this.runtime, R }

/// A sleep that counts. Its fields are dropped in order, so the sleep is gone before the count.
#[derive(Debug)]
pub(crate) struct CountedSleep<F> {
    sleep: Pin<Box<F>>,
    _alive: Arc<()>,
}

impl<F: Future> Future for CountedSleep<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.sleep.as_mut().poll(cx)
    }
}
