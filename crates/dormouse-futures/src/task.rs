//! The handle of a task, and the list of a pool's tasks.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::task::{Context, Poll};

use dormouse_core::adapter::{Aborter, Remote, RemoteTask, blocking, blocking_thread, remote};
use pin_project_lite::pin_project;

use crate::handle::Pool;
use crate::pool_waker::PoolWaker;

dormouse_core::remote_task! {
    /// The handle of a task on an executor of futures.
    ///
    /// futures' own handle cancels its task when dropped, and resumes the task's panic in the code
    /// that awaits it. This one does neither.
    pub struct FuturesTask;
}

impl<T: Send + 'static> FuturesTask<T> {
    /// A closure on a thread of its own, or cancelled because its runtime is gone.
    pub(crate) fn of_closure(closure: impl FnOnce() -> T + Send + 'static, gone: bool) -> Self {
        Self::new(if gone {
            let (run, task) = blocking(closure);
            drop(run);
            task
        } else {
            blocking_thread(closure)
        })
    }
}

/// The pending tasks of a pool: a pool of futures would run them to their ends, ours aborts them.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: BTreeMap<u64, Aborter>,
    next: u64,
    closed: bool,
}

impl Tasks {
    /// Splits a future into what the pool runs, which is `None` for a closed pool, and its handle.
    pub(crate) fn add<F>(
        self: &Arc<Self>,
        pool: &Arc<Pool>,
        future: F,
    ) -> (Option<Member<F>>, RemoteTask<F::Output>)
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (run, task) = remote(future);
        let mut state = self.lock();
        if state.closed {
            drop(state);
            // The other half has been dropped, which cancels the task.
            return (None, task);
        }
        let number = state.next;
        state.next += 1;
        state.running.insert(number, task.aborter());
        drop(state);
        let member = Member {
            run,
            waker: None,
            pool: Arc::downgrade(pool),
            number,
            tasks: Arc::clone(self),
        };
        (Some(member), task)
    }

    /// Whether the owner is gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Ends all tasks; no more can be added.
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
    /// A task, which is in the list while it runs.
    pub(crate) struct Member<F: Future> {
        #[pin]
        run: Remote<F>,
        // `None` before its first poll.
        waker: Option<Arc<PoolWaker>>,
        pool: Weak<Pool>,
        number: u64,
        tasks: Arc<Tasks>,
    }

    impl<F: Future> PinnedDrop for Member<F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            let aborter = this.tasks.lock().running.remove(this.number);
            drop(aborter);
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
            || this.pool.upgrade().map(|pool| pool.threads.clone()),
        )
    }
}
