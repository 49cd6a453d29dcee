//! Tasks that keep the contract, for runtimes that only run futures.

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker, ready};

use pin_project_lite::pin_project;

use crate::adapter::contained::{drop_future, poll_to_end};
use crate::adapter::current::enter_destructor;
use crate::adapter::polled_after_its_end;
use crate::adapter::quiet::{drop_quietly, wake};
use crate::sync::{Mutex, MutexGuard};
use crate::{JoinError, Task};

#[cfg(all(test, loom))]
mod loom_tests;

/// Splits a future in two: what a runtime runs and forgets, and the handle that keeps the contract
/// of [`Task`].
///
/// It is for adapters whose runtime gives no handle, or one that can't keep the contract. It costs
/// one allocation, and an uncontended lock per poll.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::remote;
///
/// let (run, handle) = remote(async { 42 });
/// std::thread::spawn(|| futures::executor::block_on(run)); // or whatever runs futures
/// assert_eq!(futures::executor::block_on(handle).unwrap(), 42);
/// ```
pub fn remote<F: Future>(future: F) -> (Remote<F>, RemoteTask<F::Output>) {
    let shared = Arc::new(Shared(Mutex::new(State {
        result: None,
        ended: false,
        aborted: false,
        forgotten: false,
        runner: None,
        waiter: None,
    })));
    let run = Remote {
        future: Some(future),
        shared: Arc::clone(&shared),
    };
    (run, RemoteTask { shared })
}

pin_project! {
    /// What a runtime runs, made by [`remote`]; dropping it cancels the task.
    #[must_use = "a task that nobody runs is cancelled"]
    pub struct Remote<F: Future> {
        // `None` once it has ended.
        #[pin]
        future: Option<F>,
        shared: Arc<Shared<F::Output>>,
    }

    impl<F: Future> PinnedDrop for Remote<F> {
        fn drop(this: Pin<&mut Self>) {
            this.end(JoinError::cancelled());
        }
    }
}

impl<F: Future> Remote<F> {
    /// Ends the task with this error, if the runtime can't run it.
    pub fn fail(self, error: JoinError) {
        pin!(self).end(error);
    }

    fn end(self: Pin<&mut Self>, error: JoinError) {
        let this = self.project();
        if this.future.is_some() {
            let result = drop_future("", this.future, Err(error));
            this.shared.end(result);
        }
    }
}

impl<F: Future> Future for Remote<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if this.future.is_none() {
            return Poll::Ready(());
        }
        let result = if this.shared.is_aborted(cx) {
            drop_future("", this.future, Err(JoinError::cancelled()))
        } else {
            ready!(poll_to_end("", this.future, cx))
        };
        this.shared.end(result);
        Poll::Ready(())
    }
}

impl<F: Future> fmt::Debug for Remote<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote")
            .field("ended", &self.future.is_none())
            .finish_non_exhaustive()
    }
}

/// The handle of a task, made by [`remote`].
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct RemoteTask<T> {
    shared: Arc<Shared<T>>,
}

impl<T: Send + 'static> RemoteTask<T> {
    /// Makes an [`Aborter`], which can abort the task from elsewhere and keeps nothing alive.
    #[must_use]
    pub fn aborter(&self) -> Aborter {
        let shared: Weak<Shared<T>> = Arc::downgrade(&self.shared);
        Aborter { shared }
    }
}

/// Aborts a task whose handle is elsewhere, made by [`RemoteTask::aborter`].
#[derive(Clone)]
pub struct Aborter {
    shared: Weak<dyn Abort>,
}

impl Aborter {
    /// Asks the task to end, as [`Task::abort`] does.
    pub fn abort(&self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.abort();
        }
    }
}

impl fmt::Debug for Aborter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aborter").finish_non_exhaustive()
    }
}

trait Abort: Send + Sync {
    fn abort(&self);
}

impl<T: Send> Abort for Shared<T> {
    fn abort(&self) {
        Shared::abort(self);
    }
}

impl<T> Future for RemoteTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let waker = cx.waker().clone();
        let mut state = self.shared.lock();
        if state.ended {
            let result = state.result.take();
            drop(state);
            return Poll::Ready(result.unwrap_or_else(|| polled_after_its_end()));
        }
        let former = state.waiter.replace(waker);
        drop(state);
        drop_quietly(former);
        Poll::Pending
    }
}

impl<T> Task for RemoteTask<T> {
    type Value = T;

    fn abort(&mut self) {
        self.shared.abort();
    }

    fn is_finished(&mut self) -> bool {
        self.shared.lock().ended
    }
}

impl<T> Drop for RemoteTask<T> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.forgotten = true;
        let (result, waiter) = (state.result.take(), state.waiter.take());
        drop(state);
        drop_unread(result);
        drop_quietly(waiter);
    }
}

impl<T> fmt::Debug for RemoteTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteTask").finish_non_exhaustive()
    }
}

/// What the two halves share. Foreign code, including wakers, runs while the lock is not held.
struct Shared<T>(Mutex<State<T>>);

struct State<T> {
    /// `None` again once it has been taken.
    result: Option<Result<T, JoinError>>,
    /// The future has been dropped, and the result is there.
    ended: bool,
    aborted: bool,
    /// The handle has been dropped, so the result is not wanted.
    forgotten: bool,
    /// The waker of the latest poll of the future, woken by an abort.
    runner: Option<Waker>,
    waiter: Option<Waker>,
}

impl<T> Shared<T> {
    /// Whether the task has been aborted; if not, an abort will wake the polling task.
    fn is_aborted(&self, cx: &Context<'_>) -> bool {
        let state = self.lock();
        let known = state.runner.as_ref();
        if state.aborted || known.is_some_and(|runner| runner.will_wake(cx.waker())) {
            return state.aborted;
        }
        drop(state);
        let runner = cx.waker().clone();
        let mut state = self.lock();
        let former = state.runner.replace(runner);
        let aborted = state.aborted;
        drop(state);
        drop_quietly(former);
        aborted
    }

    fn abort(&self) {
        let mut state = self.lock();
        state.aborted = true;
        let runner = state.runner.take();
        drop(state);
        if let Some(runner) = runner {
            wake(runner);
        }
    }

    fn end(&self, result: Result<T, JoinError>) {
        let mut state = self.lock();
        let unwanted = if state.forgotten {
            Some(result)
        } else {
            state.result = Some(result);
            None
        };
        state.ended = true;
        let (runner, waiter) = (state.runner.take(), state.waiter.take());
        drop(state);
        drop(runner);
        // This is a thread of the runtime, where a panic would harm other tasks.
        drop_unread(unwanted);
        if let Some(waiter) = waiter {
            wake(waiter);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(|lock| lock.into_inner())
    }
}

/// The destructor of an output that nobody has read is the task's.
fn drop_unread<T>(output: Option<Result<T, JoinError>>) {
    if output.is_some() {
        let _current = enter_destructor("");
        drop_quietly(output);
    }
}
