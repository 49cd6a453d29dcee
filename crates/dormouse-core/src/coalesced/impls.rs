//! `Coalesced` as the sleeper and the runtime that it decorates.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::{
    BlockOn, Coalesced, CoalescedSleep, Instant, LocalSpawner, Sleeper, SpawnBlocking, Spawner,
    SystemTime, ToHandle,
};

impl<S: ToHandle + Clone> Clone for Coalesced<S> {
    fn clone(&self) -> Self {
        Self {
            sleeper: self.sleeper.clone(),
            ports: Arc::clone(&self.ports),
        }
    }
}

impl<S: ToHandle> Sleeper for Coalesced<S> {
    type Sleep = CoalescedSleep<S::Handle>;

    fn now(&self) -> Instant {
        self.ports.source().sleeper.now()
    }

    #[inline]
    fn sleep_until(&self, deadline: Instant) -> CoalescedSleep<S::Handle> {
        let port = self.ports.here();
        CoalescedSleep::new(port, port.source.queue.nanos(deadline))
    }

    /// By the queue's own numbers: two conversions of an [`Instant`] fewer.
    #[inline]
    fn sleep(&self, duration: Duration) -> CoalescedSleep<S::Handle> {
        let port = self.ports.here();
        CoalescedSleep::new(port, port.source.after(duration))
    }

    /// Moves the deadline in its place, with the waker that waits for it.
    fn reset(&self, mut sleep: Pin<&mut CoalescedSleep<S::Handle>>, deadline: Instant) {
        if sleep.is_of(self.ports.source()) {
            sleep.reset(deadline);
        } else {
            sleep.set(self.sleep_until(deadline));
        }
    }

    fn system_time(&self) -> SystemTime {
        self.ports.source().sleeper.system_time()
    }

    fn timer_step(&self) -> Duration {
        let source = self.ports.source();
        let step = source.sleeper.timer_step();
        step.saturating_add(source.queue.slack())
    }
}

impl<S: ToHandle + Spawner> Spawner for Coalesced<S> {
    type Task<T: Send + 'static> = S::Task<T>;

    const SMALL_FUTURE: usize = S::SMALL_FUTURE;

    #[track_caller]
    fn spawn<F>(&self, future: F) -> S::Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.get_ref().spawn(future)
    }

    fn yield_now(&self) -> impl Future<Output = ()> + Send + 'static {
        self.get_ref().yield_now()
    }
}

impl<S: ToHandle + SpawnBlocking> SpawnBlocking for Coalesced<S> {
    type BlockingTask<T: Send + 'static> = S::BlockingTask<T>;

    #[track_caller]
    fn spawn_blocking<F, T>(&self, closure: F) -> S::BlockingTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.get_ref().spawn_blocking(closure)
    }
}

impl<S: ToHandle + LocalSpawner> LocalSpawner for Coalesced<S> {
    type LocalTask<T: 'static> = S::LocalTask<T>;

    #[track_caller]
    fn spawn_local<F>(&self, future: F) -> S::LocalTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.get_ref().spawn_local(future)
    }
}

impl<S: ToHandle + BlockOn> BlockOn for Coalesced<S> {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.get_ref().block_on(future)
    }
}

impl<S: ToHandle + fmt::Debug> fmt::Debug for Coalesced<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Coalesced");
        debug
            .field("sleeper", self.get_ref())
            .field("slack", &self.ports.source().queue.slack())
            .finish()
    }
}
