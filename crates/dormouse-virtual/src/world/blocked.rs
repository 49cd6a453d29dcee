//! A future that a thread is blocked on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::Wake;
use std::thread::{self, ThreadId};

use crate::world::World;

/// The waker of a future that is blocked on. The future itself stays in the call.
pub(crate) struct Blocked {
    world: Arc<World>,
    pub(crate) thread: ThreadId,
    queued: AtomicBool,
    ended: AtomicBool,
}

impl Blocked {
    /// A waker that counts as queued, for the first poll.
    pub(crate) fn new(world: &Arc<World>) -> Arc<Self> {
        Arc::new(Self {
            world: Arc::clone(world),
            thread: thread::current().id(),
            queued: AtomicBool::new(true),
            ended: AtomicBool::new(false),
        })
    }

    /// Called before each poll: the next wake-up queues it again.
    pub(crate) fn begin_poll(&self) {
        self.queued.store(false, SeqCst);
    }

    /// The call is over.
    pub(crate) fn end(&self) {
        self.ended.store(true, SeqCst);
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(SeqCst)
    }
}

impl Wake for Blocked {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.has_ended() && !self.queued.swap(true, SeqCst) {
            self.world.ready(Arc::clone(self));
        }
    }
}
