//! `Coalesced` as the sleeper and the runtime that it decorates.

use std::fmt;
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

    /// Computes in the queue's own numbers, which saves two conversions of an [`Instant`].
    #[inline]
    fn sleep(&self, duration: Duration) -> CoalescedSleep<S::Handle> {
        let port = self.ports.here();
        CoalescedSleep::new(port, port.source.after(duration))
    }

    /// Moves the deadline in its place, and keeps the waker.
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

    fn draw_seed(&self) -> u64 {
        self.ports.source().sleeper.draw_seed()
    }

    fn timer_step(&self) -> Duration {
        let source = self.ports.source();
        let step = source.sleeper.timer_step();
        step.saturating_add(source.queue.slack())
    }
}

crate::__forward! { Spawner [S: ToHandle + Spawner] Coalesced<S>, |this| this.get_ref(), S }
crate::__forward! { SpawnBlocking [S: ToHandle + SpawnBlocking] Coalesced<S>, |this| this.get_ref(), S }
crate::__forward! { LocalSpawner [S: ToHandle + LocalSpawner] Coalesced<S>, |this| this.get_ref(), S }
crate::__forward! { BlockOn [S: ToHandle + BlockOn] Coalesced<S>, |this| this.get_ref(), S }

impl<S: ToHandle + fmt::Debug> fmt::Debug for Coalesced<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Coalesced");
        debug
            .field("sleeper", self.get_ref())
            .field("slack", &self.ports.source().queue.slack())
            .finish()
    }
}
