//! The waker of a task of the pool.

use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};

/// Lets others run before a task that was woken during its poll.
///
/// The pool polls such a task again at once. So one that yields by waking itself would keep its
/// thread, and on a pool of one thread no other task would run.
pub(crate) struct PoolWaker {
    /// The pool's own, which keeps the threads alive; `None` once the task has ended, so that a waker
    /// that is kept somewhere keeps no thread.
    inner: Mutex<Option<Waker>>,
    state: AtomicU8,
}

const IDLE: u8 = 0;
const POLLED: u8 = 1;
const WOKEN: u8 = 2;

impl PoolWaker {
    pub(crate) fn new(inner: Waker) -> Arc<Self> {
        Arc::new(Self {
            inner: Mutex::new(Some(inner)),
            state: AtomicU8::new(IDLE),
        })
    }

    /// The task has ended.
    pub(crate) fn end(&self) {
        let inner = self.lock().take();
        drop(inner);
    }

    /// Polls with this waker. If the task is woken meanwhile, `later` is given the pool's own, to wake it
    /// once others have run.
    pub(crate) fn poll<T>(
        self: &Arc<Self>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
        later: impl FnOnce(Waker),
    ) -> Poll<T> {
        self.state.store(POLLED, SeqCst);
        let polled = poll(&mut Context::from_waker(&Waker::from(Arc::clone(self))));
        if self.state.swap(IDLE, SeqCst) == WOKEN && polled.is_pending() {
            if let Some(inner) = self.inner() {
                later(inner);
            }
        }
        polled
    }

    fn inner(&self) -> Option<Waker> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Waker>> {
        // No foreign code runs while the lock is held.
        self.inner.lock().unwrap_or_else(|lock| lock.into_inner())
    }
}

impl Wake for PoolWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let during_poll = self.state.compare_exchange(POLLED, WOKEN, SeqCst, SeqCst);
        if during_poll == Err(IDLE) {
            if let Some(inner) = self.inner() {
                inner.wake();
            }
        }
    }
}
