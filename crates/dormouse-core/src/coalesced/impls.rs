//! `Coalesced` as the sleeper and the runtime that it decorates.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use crate::{
    BlockOn, Coalesced, CoalescedSleep, Instant, LocalSpawner, Sleeper, SpawnBlocking, Spawner,
    SystemTime, ToHandle,
};

impl<S: ToHandle> Sleeper for Coalesced<S> {
    type Sleep = CoalescedSleep<S::Handle>;

    fn now(&self) -> Instant {
        self.shards.shared().sleeper.now()
    }

    #[inline]
    fn sleep_until(&self, deadline: Instant) -> CoalescedSleep<S::Handle> {
        let shard = self.shards.here();
        CoalescedSleep::new(shard, shard.shared.queue.nanos(deadline))
    }

    /// Computes in the queue's own numbers, which saves two conversions of an [`Instant`].
    #[inline]
    fn sleep(&self, duration: Duration) -> CoalescedSleep<S::Handle> {
        let shard = self.shards.here();
        CoalescedSleep::new(shard, shard.shared.after(duration))
    }

    /// Moves the deadline in its place, and keeps the waker.
    fn reset(&self, mut sleep: Pin<&mut CoalescedSleep<S::Handle>>, deadline: Instant) {
        if sleep.is_of(self.shards.shared()) {
            sleep.reset(deadline);
        } else {
            sleep.set(self.sleep_until(deadline));
        }
    }

    fn system_time(&self) -> SystemTime {
        self.shards.shared().sleeper.system_time()
    }

    fn draw_seed(&self) -> u64 {
        self.shards.shared().sleeper.draw_seed()
    }

    fn timer_step(&self) -> Duration {
        let shared = self.shards.shared();
        let step = shared.sleeper.timer_step();
        step.saturating_add(shared.queue.slack)
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
            .field("slack", &self.shards.shared().queue.slack)
            .finish()
    }
}
