//! A sleep on virtual time.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};

use crate::world::{Key, World};

/// A sleep of a [`Virtual`](crate::Virtual).
///
/// # Panics
///
/// Polling it panics once its runtime is gone: no clock is left that could end it.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct VirtualSleep {
    world: Weak<World>,
    /// Nanoseconds since the base.
    deadline: u64,
    /// Its entry in the queue, from the first poll to the end.
    key: Option<Key>,
}

impl VirtualSleep {
    pub(crate) fn until(world: Weak<World>, deadline: u64) -> Self {
        Self {
            world,
            deadline,
            key: None,
        }
    }
}

impl Future for VirtualSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(world) = self.world.upgrade() else {
            panic!(
                "the `Virtual` of this sleep is gone: keep a clone of it while its sleeps are awaited"
            );
        };
        let mut waker = cx.waker().clone();
        let mut state = world.lock();
        if self.deadline <= state.now {
            let former = self.key.take().and_then(|key| state.forget(key));
            drop(state);
            drop(former);
            return Poll::Ready(());
        }
        if let Some(queued) = self.key.and_then(|key| state.waker(key)) {
            std::mem::swap(queued, &mut waker);
            drop(state);
            // The former one, with the lock let go.
            drop(waker);
        } else {
            self.key = Some(state.register(self.deadline, waker));
            // A driver that has nothing to do may be waiting for this, on another thread.
            world.ring(state);
        }
        Poll::Pending
    }
}

impl Drop for VirtualSleep {
    fn drop(&mut self) {
        if let Some((world, key)) = self.world.upgrade().zip(self.key) {
            let waker = world.lock().forget(key);
            drop(waker);
            drop::<Arc<World>>(world);
        }
    }
}

impl fmt::Debug for VirtualSleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualSleep")
            .field("queued", &self.key.is_some())
            .finish_non_exhaustive()
    }
}
