//! A pool of futures, and the list of its tasks.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::task::{Context, Poll};

use dormouse_core::adapter::{Aborter, Remote, wake};
use futures_executor::ThreadPool;
use pin_project_lite::pin_project;

use crate::pool_waker::PoolWaker;

/// The threads, and the pending tasks: a pool of futures would run them to their ends, ours aborts
/// them when its owner is dropped.
pub(crate) struct Pool {
    threads: ThreadPool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    running: BTreeMap<u64, Aborter>,
    next: u64,
    closed: bool,
}

impl Pool {
    pub(crate) fn new(threads: ThreadPool) -> Arc<Self> {
        Arc::new(Self {
            threads,
            state: Mutex::default(),
        })
    }

    /// Runs a task, or drops it, which cancels it, if the pool is closed.
    pub(crate) fn spawn<F>(self: &Arc<Self>, run: Remote<F>, aborter: Aborter)
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let mut state = self.lock();
        if state.closed {
            drop(state);
            return drop(run);
        }
        let number = state.next;
        state.next += 1;
        state.running.insert(number, aborter);
        drop(state);
        self.threads.spawn_ok(Member {
            run,
            waker: None,
            pool: Arc::downgrade(self),
            number,
        });
    }

    /// Whether the owner is gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Ends all tasks; no more can be spawned.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let running = std::mem::take(&mut state.running);
        drop(state);
        for aborter in running.into_values() {
            aborter.abort();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No foreign code runs while the lock is held.
        self.state.lock().unwrap_or_else(|lock| lock.into_inner())
    }
}

pin_project! {
    /// What the pool runs: a task, which is in the list until it is dropped.
    struct Member<F: Future> {
        #[pin]
        run: Remote<F>,
        // `None` before its first poll.
        waker: Option<Arc<PoolWaker>>,
        pool: Weak<Pool>,
        number: u64,
    }

    impl<F: Future> PinnedDrop for Member<F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Some(waker) = this.waker {
                waker.end();
            }
            if let Some(pool) = this.pool.upgrade() {
                let aborter = pool.lock().running.remove(this.number);
                drop(aborter);
            }
        }
    }
}

impl<F: Future> Future for Member<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        // A task of the pool has one waker all its life.
        let waker = this
            .waker
            .get_or_insert_with(|| PoolWaker::new(cx.waker().clone()));
        waker.poll(
            |cx| this.run.poll(cx),
            |waker| match this.pool.upgrade() {
                Some(pool) => pool.threads.spawn_ok(async { wake(waker) }),
                None => wake(waker),
            },
        )
    }
}
