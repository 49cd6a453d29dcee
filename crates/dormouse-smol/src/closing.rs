//! An executor that ends soon after its owner is dropped.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{
    AtomicBool, AtomicU32,
    Ordering::{Acquire, Relaxed},
};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use smol::Executor;

use crate::linger::{LONG, Linger, SHORT};

/// An executor, kept alive by its owner and its threads.
pub(crate) struct Shared {
    pub(crate) executor: Executor<'static>,
    /// The owner is gone. The threads end a while later, and a spawn in progress may also keep this
    /// alive for a moment.
    pub(crate) closed: AtomicBool,
    /// If it has, the last of its threads drops this.
    pub(crate) has_threads: bool,
    // Dropped after `executor`: then its tasks are gone.
    ending: Ending,
}

impl Shared {
    pub(crate) fn new(has_threads: bool) -> Self {
        static LATEST: AtomicU32 = AtomicU32::new(0);
        let number = LATEST.fetch_add(1, Relaxed).wrapping_add(1);
        Self {
            executor: Executor::new(),
            closed: AtomicBool::new(false),
            has_threads,
            ending: Ending(ExecutorId(number)),
        }
    }

    pub(crate) fn id(&self) -> ExecutorId {
        self.ending.0
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        ending().push(self.id());
        if !self.executor.is_empty() {
            let grace = if self.has_threads { LONG } else { SHORT };
            self.executor.spawn(Linger { grace }).detach();
        }
    }
}

/// The executors that are dropping their tasks. async-task 4.7 calls a task finished while that goes on.
static ENDING: Mutex<Vec<ExecutorId>> = Mutex::new(Vec::new());

fn ending() -> MutexGuard<'static, Vec<ExecutorId>> {
    ENDING.lock().unwrap_or_else(|lock| lock.into_inner())
}

/// Tells the executors of a process apart; in 4 bytes, which cost the handle of a task nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ExecutorId(u32);

impl ExecutorId {
    /// That of an executor that no other thread drops: smol's own, or one on a single thread.
    pub(crate) const STAYS: Self = Self(0);

    /// Whether its tasks are being dropped.
    pub(crate) fn is_ending(self) -> bool {
        self != Self::STAYS && ending().contains(&self)
    }
}

/// Removes an executor from those that are dropping their tasks.
struct Ending(ExecutorId);

impl Drop for Ending {
    fn drop(&mut self) {
        ending().retain(|id| *id != self.0);
    }
}

thread_local! {
    /// The executor that this thread runs, if it may be closed meanwhile.
    static RUNNING: RefCell<Option<Arc<Shared>>> = const { RefCell::new(None) };
}

/// Runs tasks of `executor`, or of one that nobody can close meanwhile.
pub(crate) fn running<T>(executor: Option<Arc<Shared>>, run: impl FnOnce() -> T) -> T {
    let _restore = Restore(set(executor));
    run()
}

/// In the last destructors of a thread, it is `None`.
fn set(executor: Option<Arc<Shared>>) -> Option<Arc<Shared>> {
    RUNNING
        .try_with(|running| running.replace(executor))
        .ok()
        .flatten()
}

struct Restore(Option<Arc<Shared>>);

impl Drop for Restore {
    fn drop(&mut self) {
        set(self.0.take());
    }
}

pin_project! {
    /// A task that is no longer polled once its executor is closed.
    ///
    /// async-executor 1.14.1 polls up to 200 tasks before it looks whether its thread should end. If
    /// each of them computes for 5 ms, tasks would go on for a second after their owner is gone.
    pub(crate) struct WhileOpen<F> {
        #[pin]
        pub(crate) future: F,
    }
}

impl<F: Future> Future for WhileOpen<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let is_closed = RUNNING.try_with(|running| {
            let running = running.borrow();
            running
                .as_ref()
                .is_some_and(|executor| executor.closed.load(Acquire))
        });
        if is_closed.unwrap_or(false) {
            // Nothing has to wake it: the executor drops it.
            return Poll::Pending;
        }
        self.project().future.poll(cx)
    }
}
