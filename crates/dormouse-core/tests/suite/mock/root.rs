//! The future under test, polled when the test says so.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_core::Stream;

use crate::mock::Mock;

/// A future or a stream, and whether it has been woken since it was last polled.
pub(crate) struct Root<F> {
    pub(crate) future: Pin<Box<F>>,
    woken: Arc<Flag>,
    /// Every poll gets a waker of its own, of which only the latest one counts.
    pub(crate) moves: bool,
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Whether something still keeps a waker.
pub(crate) struct Kept(Arc<Flag>);

impl Kept {
    /// Polls with a waker of its own.
    pub(crate) fn poll<F: Future + Unpin>(future: &mut F) -> (Poll<F::Output>, Self) {
        let flag = Arc::<Flag>::default();
        let waker = Waker::from(Arc::clone(&flag));
        let poll = Pin::new(future).poll(&mut Context::from_waker(&waker));
        (poll, Self(flag))
    }

    pub(crate) fn is_kept(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

impl<F> Root<F> {
    pub(crate) fn new(future: F) -> Self {
        let woken = Arc::<Flag>::default();
        woken.0.store(true, Ordering::Relaxed);
        Self {
            future: Box::pin(future),
            woken,
            moves: false,
        }
    }

    pub(crate) fn is_woken(&self) -> bool {
        self.woken.0.load(Ordering::Relaxed)
    }

    /// Makes the next `poll_if_woken` poll, even if nothing else wakes it.
    pub(crate) fn wake(&self) {
        self.woken.0.store(true, Ordering::Relaxed);
    }

    fn waker(&mut self) -> Waker {
        if self.moves {
            self.woken = Arc::default();
        }
        self.woken.0.store(false, Ordering::Relaxed);
        Waker::from(Arc::clone(&self.woken))
    }
}

impl<F: Future> Root<F> {
    /// Polls, woken or not.
    pub(crate) fn poll(&mut self) -> Poll<F::Output> {
        let waker = self.waker();
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    /// Polls if it has been woken.
    pub(crate) fn poll_if_woken(&mut self) -> Poll<F::Output> {
        if self.is_woken() {
            self.poll()
        } else {
            Poll::Pending
        }
    }

    /// Runs to the end as a runtime without faults does; panics if nothing more would happen.
    pub(crate) fn finish(&mut self, mock: &Mock) -> F::Output {
        for _ in 0..MANY {
            if let Poll::Ready(output) = self.poll_if_woken() {
                return output;
            }
            if self.is_woken() {
                continue;
            }
            move_on(mock);
        }
        panic!("it goes on for ever");
    }
}

impl<F: Stream> Root<F> {
    /// Polls for the next item, woken or not.
    pub(crate) fn poll_next(&mut self) -> Poll<Option<F::Item>> {
        let waker = self.waker();
        self.future
            .as_mut()
            .poll_next(&mut Context::from_waker(&waker))
    }

    /// [`finish`](Root::finish) for a stream: passes on the items that are left.
    pub(crate) fn collect(&mut self, mock: &Mock, mut each: impl FnMut(F::Item)) {
        for _ in 0..MANY {
            while self.is_woken() {
                match self.poll_next() {
                    Poll::Ready(None) => return,
                    Poll::Ready(Some(item)) => {
                        each(item);
                        // There may be another item already, for which no wake-up comes.
                        self.wake();
                    }
                    Poll::Pending => {}
                }
            }
            move_on(mock);
        }
        panic!("it goes on for ever");
    }
}

/// Does what happens next by itself: a task runs, a sleep is fired, or time passes.
fn move_on(mock: &Mock) {
    if let Some(&task) = mock.woken_tasks().first() {
        mock.run(task);
    } else if let Some(&sleep) = mock.due().first() {
        mock.fire(sleep);
    } else {
        assert!(mock.advance_to_next(), "nobody will ever wake it");
    }
}

/// More steps than any test needs.
const MANY: usize = 1_000_000;
