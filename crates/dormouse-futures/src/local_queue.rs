//! The new tasks of a local pool, and the polls of the future that is blocked on.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_executor::LocalSpawner;
use futures_task::{LocalFutureObj, LocalSpawn};

/// Takes new tasks to the pool, only so many between two polls of the future that is blocked on: the
/// pool runs until it has no new ones.
pub(crate) struct Queue {
    spawner: LocalSpawner,
    /// How many more go to the pool at once.
    left: Cell<usize>,
    /// Those that wait for the next poll of that future.
    waiting: RefCell<Vec<LocalFutureObj<'static, ()>>>,
    /// Of the thread that polls it.
    waker: RefCell<Option<Waker>>,
}

impl Queue {
    pub(crate) fn new(spawner: LocalSpawner) -> Self {
        Self {
            spawner,
            left: Cell::new(usize::MAX),
            waiting: RefCell::default(),
            waker: RefCell::default(),
        }
    }

    pub(crate) fn push(&self, task: LocalFutureObj<'static, ()>) {
        if let Some(left) = self.left.get().checked_sub(1) {
            self.left.set(left);
            self.spawn(task);
            return;
        }
        self.waiting.borrow_mut().push(task);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Whether the pool is gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.spawner.status_local().is_err()
    }

    /// Polls the future that is blocked on; until its next poll, the pool gets at most so many new
    /// tasks.
    pub(crate) fn poll<F: Future>(
        &self,
        future: Pin<&mut F>,
        cx: &mut Context<'_>,
    ) -> Poll<F::Output> {
        self.left.set(usize::MAX);
        for task in self.waiting.take() {
            self.spawn(task);
        }
        let poll = future.poll(cx);
        if poll.is_pending() {
            self.left.set(AT_ONCE);
            self.waker.replace(Some(cx.waker().clone()));
        }
        poll
    }

    fn spawn(&self, task: LocalFutureObj<'static, ()>) {
        // An error means that the pool is gone; it drops the task, which cancels it.
        let _ = self.spawner.spawn_local_obj(task);
    }
}

/// A chain of a million tasks takes as long as without a bound; with a bound of 1, some 20 % longer.
const AT_ONCE: usize = 200;
