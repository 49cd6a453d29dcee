//! A task whose type is forgotten.

use std::future::Future;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::abort_handle::AbortHandle;
use crate::abort_handle::shared::{Abort, Shared};
use crate::{JoinError, Task};

/// [`abortable`](crate::abortable), for the task of a set.
pub(crate) fn erased<H: Task + Send + 'static>(task: H) -> (Erased<H::Value>, AbortHandle) {
    let shared = Shared::new(task);
    let handle = AbortHandle(Arc::clone(&shared) as _);
    (Erased(shared), handle)
}

/// An [`Abortable`](crate::Abortable) of a task of any type that gives a `T`.
///
/// It costs no allocation, as the handle is in an `Arc` already. It is `Send` for every `T`, and the
/// compiler knows that where it does not know the lifetimes in `T`: in an `async fn`, to which the
/// type of a task, `R::Task<T>`, is only `Send` if `T` is `'static`.
pub(crate) struct Erased<T>(Arc<dyn Handle<T> + Send + Sync>);

trait Handle<T>: Abort {
    fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<T, JoinError>>;

    /// Drops the output of the task when it ends.
    fn leave(self: Arc<Self>);
}

impl<H: Task + Send + 'static> Handle<H::Value> for Shared<H> {
    fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<H::Value, JoinError>> {
        Self::poll(self, cx)
    }

    fn leave(self: Arc<Self>) {
        self.reap();
    }
}

impl<T> Future for Erased<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll(cx)
    }
}

impl<T> Task for Erased<T> {
    type Value = T;

    fn abort(&mut self) {
        self.0.abort();
    }

    fn is_finished(&mut self) -> bool {
        self.0.is_finished()
    }
}

impl<T> Drop for Erased<T> {
    fn drop(&mut self) {
        // If no abort handle is left, the task's own handle is dropped with this one.
        if Arc::strong_count(&self.0) > 1 {
            Arc::clone(&self.0).leave();
        }
    }
}

// As `AbortHandle` is.
impl<T> RefUnwindSafe for Erased<T> {}
impl<T> UnwindSafe for Erased<T> {}
