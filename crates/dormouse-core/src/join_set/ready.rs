//! Which tasks of a set are to be polled.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::AcqRel;
use std::task::{Wake, Waker};

use crate::adapter::wake;
use crate::sync::{AtomicBool, Mutex, MutexGuard};

/// A place in the set, and the number of the task that has it: places are used again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Key {
    pub(super) place: usize,
    pub(super) number: u64,
}

/// The tasks whose bells have rung, in that order, and who waits for them.
///
/// Wakers are cloned, dropped and woken outside of the lock: they are foreign code.
pub(super) struct Ready {
    state: Mutex<State>,
}

struct State {
    rung: VecDeque<Key>,
    waiter: Option<Waker>,
}

impl Ready {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                rung: VecDeque::new(),
                waiter: None,
            }),
        })
    }

    fn push(&self, key: Key) {
        let mut state = self.lock();
        state.rung.push_back(key);
        let waiter = state.waiter.take();
        drop(state);
        waiter.into_iter().for_each(wake);
    }

    /// Gives those that have rung in exchange for an empty queue.
    pub(super) fn swap(&self, empty: &mut VecDeque<Key>) {
        std::mem::swap(&mut self.lock().rung, empty);
    }

    /// Says who waits for the next one: false if there is one already.
    pub(super) fn wait(&self, waiter: &Waker) -> bool {
        let state = self.lock();
        if !state.rung.is_empty() {
            return false;
        }
        if state.waiter.as_ref().is_some_and(|it| it.will_wake(waiter)) {
            return true;
        }
        drop(state);
        let waiter = waiter.clone();
        let mut state = self.lock();
        let former = state.waiter.replace(waiter);
        let waits = state.rung.is_empty();
        drop(state);
        drop(former);
        waits
    }

    /// Drops the waker here, and not where the last task of the set is dropped.
    pub(super) fn forget_waiter(&self) {
        let waiter = self.lock().waiter.take();
        drop(waiter);
    }

    /// Forgets who has rung, and gives back the memory of a queue that was long.
    pub(super) fn clear(&self) {
        let mut state = self.lock();
        state.rung.clear();
        state.rung.shrink_to(super::members::KEPT);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|lock| lock.into_inner())
    }
}

/// The bell of one task of a set. As a waker it rings, too.
pub(super) struct Bell {
    key: Key,
    /// It is in the queue.
    queued: AtomicBool,
    ready: Arc<Ready>,
}

impl Bell {
    pub(super) fn new(key: Key, ready: Arc<Ready>) -> Arc<Self> {
        Arc::new(Self {
            key,
            queued: AtomicBool::new(false),
            ready,
        })
    }

    pub(super) fn number(&self) -> u64 {
        self.key.number
    }

    pub(super) fn ring(&self) {
        if !self.queued.swap(true, AcqRel) {
            self.ready.push(self.key);
        }
    }

    /// It has been taken from the queue, and its task is about to be polled.
    ///
    /// Both sides exchange the flag: who rings and finds it set, leaves it at that, and does so
    /// before the poll.
    pub(super) fn taken(&self) {
        self.queued.swap(false, AcqRel);
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.ring();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ring();
    }
}

/// Rings when dropped.
pub(super) struct RingOnDrop(pub(super) Arc<Bell>);

impl Drop for RingOnDrop {
    fn drop(&mut self) {
        self.0.ring();
    }
}
