//! A sleep on virtual time.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use dormouse_core::adapter::drop_quietly;

use crate::world::World;

/// A sleep of a [`Virtual`](crate::Virtual).
///
/// Once its runtime is gone it is over, whatever its deadline was: the clock has reached its end.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct VirtualSleep {
    world: Arc<World>,
    /// Nanoseconds since the base.
    deadline: u64,
    /// Its entry in the queue, from the first poll to the end; 0 without one.
    number: u64,
}

impl VirtualSleep {
    pub(crate) fn until(world: Arc<World>, deadline: u64) -> Self {
        Self {
            world,
            deadline,
            number: 0,
        }
    }

    fn cancel(&mut self) {
        if self.number != 0 {
            let waker = self
                .world
                .lock()
                .sleeps
                .remove(&(self.deadline, self.number));
            self.number = 0;
            drop_quietly(waker);
        }
    }
}

impl Future for VirtualSleep {
    type Output = ();

    /// # Panics
    ///
    /// On a livelock, with the words of a [`Deadlock`](crate::Deadlock), if this one and 10 million
    /// sleeps before it were ready at once, in one poll of a task.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.deadline <= self.world.now() {
            if self.number == 0 {
                self.world.count_ready_at_once();
            }
            self.cancel();
            return Poll::Ready(());
        }
        // Foreign code, before the lock.
        let mut waker = cx.waker().clone();
        let mut state = self.world.lock();
        if self.deadline <= self.world.now() {
            // The clock has moved meanwhile, on another thread.
            drop(state);
            self.cancel();
            return Poll::Ready(());
        }
        let key = (self.deadline, self.number);
        if let Some(queued) = state.sleeps.get_mut(&key) {
            std::mem::swap(queued, &mut waker);
            drop(state);
            // The former one, with the lock let go.
            drop(waker);
            return Poll::Pending;
        }
        let number = state.number();
        state.sleeps.insert((self.deadline, number), waker);
        // A driver that has nothing to do may be waiting for this, on another thread.
        self.world.ring(state);
        self.number = number;
        Poll::Pending
    }
}

impl Drop for VirtualSleep {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl fmt::Debug for VirtualSleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualSleep")
            .field("queued", &(self.number != 0))
            .finish_non_exhaustive()
    }
}
