//! What a sleep needs from its `Coalesced`.

use std::sync::Arc;
use std::time::Duration;

use crate::Sleeper;
use crate::coalesced::driver::Driver;
use crate::coalesced::queue::{Claim, Queue, at_most_never, is_real};
use crate::timers::{nanos, shard_of_this_thread, shards};

/// The sleeper's handle, the queue, and how a driver is started.
pub(super) struct Shared<S: Sleeper> {
    pub(super) sleeper: S,
    pub(super) queue: Arc<Queue>,
    start: Start<S>,
}

/// How a driver is started: function pointers, not closures, so that they do not affect what is
/// `Send`.
pub(super) struct Start<S: Sleeper> {
    /// Whether the context that it needs is here.
    pub(super) has_context: fn(&S) -> bool,
    pub(super) run: fn(&S, Driver<S>),
}

impl<S: Sleeper> Start<S> {
    pub(super) fn anywhere(run: fn(&S, Driver<S>)) -> Self {
        let has_context = |_: &S| true;
        Self { has_context, run }
    }
}

impl<S: Sleeper> Shared<S> {
    /// The time, in nanoseconds of the queue.
    #[inline]
    pub(super) fn now(&self) -> u64 {
        self.queue.time(self.sleeper.now())
    }

    /// The deadline of a sleep that begins now.
    #[inline]
    pub(super) fn after(&self, duration: Duration) -> u64 {
        at_most_never(self.now().saturating_add(nanos(duration)))
    }

    /// Whether a driver, or a sleep of the inner sleeper, can be started here.
    pub(super) fn has_context(&self) -> bool {
        (self.start.has_context)(&self.sleeper)
    }
}

impl<S: Sleeper + Clone> Shared<S> {
    /// Makes sure that an entered deadline has a driver; `false` if it can't have one.
    #[inline]
    pub(super) fn drive(&self, deadline: u64) -> bool {
        let driven = !self.queue.timers.is_early(deadline) || self.wake_driver();
        if driven {
            self.queue.watch(deadline, &self.sleeper);
        }
        driven
    }

    #[cold]
    fn wake_driver(&self) -> bool {
        if !self.queue.driver.wake_or_claim() {
            return true;
        }
        // First, as the sleeper may panic.
        let claim = Claim::new(&self.queue);
        // The driver may be dropped before its first poll, and the claim's destructor reads this.
        self.queue.set_real(is_real(&self.sleeper));
        let driver = Driver::new(claim, self.sleeper.clone());
        if self.has_context() {
            (self.start.run)(&self.sleeper, driver);
            // If the runtime is gone, the driver has been dropped by now.
            return self.queue.driver.is_driven();
        }
        drop(driver);
        self.queue.is_real() && self.queue.take_over().is_ok()
    }
}

impl<S: Sleeper> Drop for Shared<S> {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// The same [`Shared`] for each shard, with a reference count for each: so threads do not contend for
/// one count whenever a sleep is made or dropped.
pub(super) struct ShardRefs<S: Sleeper>(Box<[Arc<ShardRef<S>>]>);

/// On cache lines of its own, for its reference count.
#[repr(align(128))]
pub(super) struct ShardRef<S: Sleeper> {
    pub(super) shared: Arc<Shared<S>>,
}

impl<S: Sleeper> ShardRefs<S> {
    pub(super) fn new(sleeper: S, slack: Duration, start: Start<S>) -> Self {
        let queue = Arc::new(Queue::new(sleeper.now(), slack));
        let shared = Arc::new(Shared {
            sleeper,
            queue,
            start,
        });
        let shard = |_| {
            let shared = Arc::clone(&shared);
            Arc::new(ShardRef { shared })
        };
        Self((0..shards()).map(shard).collect())
    }

    /// That of the calling thread.
    #[inline]
    pub(super) fn here(&self) -> &Arc<ShardRef<S>> {
        &self.0[shard_of_this_thread()]
    }

    pub(super) fn shared(&self) -> &Arc<Shared<S>> {
        &self.0[0].shared
    }
}
