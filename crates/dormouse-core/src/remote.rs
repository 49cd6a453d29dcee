//! The contract of a task for runtimes that only run futures.

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;

use crate::sync::{Mutex, MutexGuard};
use crate::{JoinError, Task};

/// Splits a future in two: what a runtime runs and forgets, and the handle that keeps the contract
/// of [`Task`].
///
/// It is for adapters whose runtime gives no handle, or one that can't be brought to the contract.
/// It costs one allocation, and a lock that is free for each poll.
///
/// # Examples
///
/// ```
/// use dormouse_core::remote;
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
            let mut this = this.project();
            if this.future.is_some() {
                let result = drop_future(this.future.as_mut(), Err(JoinError::cancelled()));
                this.shared.end(result);
            }
        }
    }
}

impl<F: Future> Remote<F> {
    /// Ends the task with this error, where the runtime can't run it.
    pub fn fail(self, error: JoinError) {
        let mut this = pin!(self);
        let this = this.as_mut().project();
        let result = drop_future(this.future, Err(error));
        this.shared.end(result);
    }
}

impl<F: Future> Future for Remote<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            return Poll::Ready(());
        };
        let result = if this.shared.is_aborted(cx) {
            Err(JoinError::cancelled())
        } else {
            match JoinError::catch(|| future.poll(cx)) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(result) => result,
            }
        };
        let result = drop_future(this.future, result);
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

impl<T> Future for RemoteTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let waker = cx.waker().clone();
        let mut state = self.shared.lock();
        if state.ended {
            let result = state.result.take();
            drop(state);
            return Poll::Ready(result.expect("a task was polled after its end"));
        }
        let former = state.waiter.replace(waker);
        drop(state);
        drop(former);
        Poll::Pending
    }
}

impl<T> Task<T> for RemoteTask<T> {
    fn abort(&mut self) {
        let mut state = self.shared.lock();
        state.aborted = true;
        let runner = state.runner.take();
        drop(state);
        if let Some(runner) = runner {
            runner.wake();
        }
    }

    fn is_finished(&mut self) -> bool {
        self.shared.lock().ended
    }

    fn detach(self) {}
}

impl<T> fmt::Debug for RemoteTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteTask").finish_non_exhaustive()
    }
}

/// What the two halves share. Foreign code, wakers among it, runs with the lock let go.
struct Shared<T>(Mutex<State<T>>);

struct State<T> {
    /// `None` again once it has been taken.
    result: Option<Result<T, JoinError>>,
    /// The future has been dropped, and the result is there.
    ended: bool,
    aborted: bool,
    /// Who polls the future, to be woken by an abort.
    runner: Option<Waker>,
    waiter: Option<Waker>,
}

impl<T> Shared<T> {
    /// Whether it has been aborted; if not, an abort wakes who polls.
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
        drop(former);
        aborted
    }

    fn end(&self, result: Result<T, JoinError>) {
        let mut state = self.lock();
        state.result = Some(result);
        state.ended = true;
        let (runner, waiter) = (state.runner.take(), state.waiter.take());
        drop(state);
        drop(runner);
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(|lock| lock.into_inner())
    }
}

/// Drops a future, whose result this was; its drop may panic, which is a result of its own.
fn drop_future<F: Future>(
    mut future: Pin<&mut Option<F>>,
    result: Result<F::Output, JoinError>,
) -> Result<F::Output, JoinError> {
    match catch_unwind(AssertUnwindSafe(|| future.set(None))) {
        Ok(()) => result,
        Err(payload) => Err(JoinError::panicked(payload)),
    }
}
