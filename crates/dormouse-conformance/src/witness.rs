//! What sees whether something happened: a wake-up, a drop, a step of a task.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// How often something happened; clones share the number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Witness(Arc<Count>);

impl Witness {
    /// It happened once more.
    pub(crate) fn see(&self) {
        self.0.seen.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn times(&self) -> usize {
        self.0.seen.load(Ordering::SeqCst)
    }

    pub(crate) fn seen(&self) -> bool {
        self.times() > 0
    }

    /// A value whose drop is seen.
    pub(crate) fn of_drop(&self) -> SeenDrop {
        SeenDrop(self.clone())
    }

    /// A waker whose wake-ups are seen.
    pub(crate) fn of_wakes(&self) -> Waker {
        Waker::from(Arc::clone(&self.0))
    }

    /// Polls once; who is to be woken is this witness.
    pub(crate) fn poll<F: Future + Unpin>(&self, future: &mut F) -> Poll<F::Output> {
        Pin::new(future).poll(&mut Context::from_waker(&self.of_wakes()))
    }
}

#[derive(Debug, Default)]
struct Count {
    seen: AtomicUsize,
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.seen.fetch_add(1, Ordering::SeqCst);
    }
}

/// Seen when dropped. It is not `Clone`: each is seen once.
#[derive(Debug)]
pub(crate) struct SeenDrop(Witness);

impl Drop for SeenDrop {
    fn drop(&mut self) {
        self.0.see();
    }
}
