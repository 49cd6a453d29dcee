//! The tasks of a set, each with the waker that queues its key.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use crate::abort_handle::{Abort, Abortable, Shared};
use crate::join_set::ready::ReadyWaker;
use crate::{AbortHandle, JoinError, LocalAbortHandle, Task, abortable_local};

/// A task of a set; dropping it lets the task go on.
pub(super) trait Member {
    type Value;

    fn waker(&self) -> &ReadyWaker;

    /// Polls the handle of the task with that waker.
    fn poll(&mut self) -> Poll<Result<Self::Value, JoinError>>;

    fn abort(&mut self);
}

/// A task of any type that gives a `T`, with its waker in the same allocation.
///
/// It is `Send` for every `T`, and the compiler knows that where it does not know the lifetimes in
/// `T`: in an `async fn`, to which the type of a task, `R::Task<T>`, is only `Send` if `T` is `'static`.
pub(super) struct Erased<T>(Arc<dyn Handle<T> + Send + Sync>);

/// What an [`Erased`] has of its task before that is spawned; the future of the task holds it, too.
pub(super) type Entry<H> = Shared<H, ReadyWaker>;

impl<T> Erased<T> {
    /// The task, whose handle has come.
    pub(super) fn new<H>(entry: Arc<Entry<H>>, task: H) -> (Self, AbortHandle)
    where
        H: Task<Value = T> + Send + 'static,
    {
        entry.put(task);
        let handle = AbortHandle::new(Arc::clone(&entry) as _);
        (Self(entry), handle)
    }
}

impl<T> Member for Erased<T> {
    type Value = T;

    fn waker(&self) -> &ReadyWaker {
        self.0.waker()
    }

    fn poll(&mut self) -> Poll<Result<T, JoinError>> {
        let waker = Arc::clone(&self.0).into_waker();
        self.0.poll(&mut Context::from_waker(&waker))
    }

    fn abort(&mut self) {
        self.0.abort();
    }
}

impl<T> Drop for Erased<T> {
    fn drop(&mut self) {
        if self.0.is_shared() {
            Arc::clone(&self.0).reap();
        } else {
            self.0.detach();
        }
    }
}

// As `AbortHandle` is.
impl<T> RefUnwindSafe for Erased<T> {}
impl<T> UnwindSafe for Erased<T> {}

trait Handle<T>: Abort {
    fn waker(&self) -> &ReadyWaker;

    fn into_waker(self: Arc<Self>) -> Waker;

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<T, JoinError>>;

    fn detach(&self);

    fn reap(self: Arc<Self>);
}

impl<H: Task + Send + 'static> Handle<H::Value> for Entry<H> {
    fn waker(&self) -> &ReadyWaker {
        &self.beside
    }

    fn into_waker(self: Arc<Self>) -> Waker {
        self.into()
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<H::Value, JoinError>> {
        Self::poll(self, cx)
    }

    fn detach(&self) {
        Self::detach(self);
    }

    fn reap(self: Arc<Self>) {
        Self::reap(self);
    }
}

impl<H: Task + Send + 'static> Wake for Entry<H> {
    fn wake(self: Arc<Self>) {
        self.beside.enqueue();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.beside.enqueue();
    }
}

/// A task that stays on its thread; its waker does not, so that is apart.
pub(super) struct Local<H: Task> {
    task: Abortable<H>,
    waker: Arc<ReadyWaker>,
}

impl<H: Task + 'static> Local<H> {
    pub(super) fn new(waker: Arc<ReadyWaker>, task: H) -> (Self, LocalAbortHandle) {
        let (task, handle) = abortable_local(task);
        (Self { task, waker }, handle)
    }
}

impl<H: Task> Member for Local<H> {
    type Value = H::Value;

    fn waker(&self) -> &ReadyWaker {
        &self.waker
    }

    fn poll(&mut self) -> Poll<Result<H::Value, JoinError>> {
        let waker = Waker::from(Arc::clone(&self.waker));
        Pin::new(&mut self.task).poll(&mut Context::from_waker(&waker))
    }

    fn abort(&mut self) {
        self.task.abort();
    }
}
