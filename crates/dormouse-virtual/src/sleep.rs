//! A sleep on virtual time.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use dormouse_core::adapter::{Turn, drop_quietly};

use crate::world::World;

/// A sleep of a [`Virtual`](crate::Virtual).
///
/// Once its runtime is gone it is due, whatever its deadline: the clock is at the end of its range.
/// If it was not polled before, its first poll is pending and wakes its task, and so are later ones
/// if there are many in one poll of a task ([`Turn`]): so a loop of sleeps yields and can be aborted.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct VirtualSleep {
    world: Arc<World>,
    /// Nanoseconds since the base.
    deadline: u64,
    /// The number of its entry in the queue, from the first poll to the end; 0 without an entry.
    number: u64,
    /// It lets others run if its runtime is gone.
    turn: Turn,
}

impl VirtualSleep {
    pub(crate) fn until(world: Arc<World>, deadline: u64) -> Self {
        Self {
            world,
            deadline,
            number: 0,
            turn: Turn::default(),
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
    /// On a livelock, with the message of a [`Deadlock`](crate::Deadlock): if this sleep and 10
    /// million before it were ready at once, or pending as before, in one poll of a task.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.deadline <= self.world.now() {
            if self.number == 0 {
                if self.world.is_gone() {
                    ready!(self.turn.poll(cx));
                }
                self.world.count_sleep();
            }
            self.cancel();
            return Poll::Ready(());
        }
        // Cloning a waker is foreign code, so this comes before the lock.
        let mut waker = cx.waker().clone();
        let mut state = self.world.lock();
        if self.deadline <= self.world.now() {
            // The clock has just been moved by another thread.
            drop(state);
            self.cancel();
            return Poll::Ready(());
        }
        let key = (self.deadline, self.number);
        if let Some(queued) = state.sleeps.get_mut(&key) {
            std::mem::swap(queued, &mut waker);
            drop(state);
            // The former waker, dropped while the lock is not held.
            drop_quietly(waker);
            self.world.count_sleep();
            return Poll::Pending;
        }
        let number = state.number();
        state.sleeps.insert((self.deadline, number), waker);
        // An idle driver on another thread may be waiting for this deadline.
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
