//! Tasks that keep the contract, for runtimes that only run futures.

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::adapter::contained::{drop_future, poll_to_end};
use crate::adapter::remote::shared::Shared;
use crate::adapter::turn::{note_dropped, note_made};
use crate::{JoinError, Task};

#[cfg(all(test, loom))]
mod loom_tests;
mod shared;

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
    note_made();
    let shared = Arc::new(Shared::new());
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
            note_dropped();
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
#[derive(Clone, Debug)]
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
        self.shared.poll_result(cx)
    }
}

impl<T> Task for RemoteTask<T> {
    type Value = T;

    fn abort(&mut self) {
        self.shared.abort();
    }

    fn is_finished(&mut self) -> bool {
        self.shared.is_ended()
    }
}

impl<T> Drop for RemoteTask<T> {
    fn drop(&mut self) {
        self.shared.forget();
    }
}

impl<T> fmt::Debug for RemoteTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteTask").finish_non_exhaustive()
    }
}
