//! The handles of tasks.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use dormouse_core::adapter::{RemoteTask, spawned};
use dormouse_core::{JoinError, Task};

use crate::world::job::{Job, home};

dormouse_core::remote_task! {
    /// The handle of a task on a [`Virtual`](crate::Virtual).
    pub struct VirtualTask;
}

dormouse_core::remote_task! {
    /// The handle of a closure that runs on a real thread, while the clock of its
    /// [`Virtual`](crate::Virtual) stands still.
    pub struct VirtualBlockingTask;
}

/// The handle of a task on a [`Virtual`](crate::Virtual) that stays on its thread.
#[derive(Debug)]
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct VirtualLocalTask<T> {
    task: RemoteTask<T>,
    job: Arc<Job>,
}

impl<T> VirtualLocalTask<T> {
    pub(crate) fn new(task: RemoteTask<T>, job: Arc<Job>) -> Self {
        spawned();
        Self { task, job }
    }
}

impl<T> Future for VirtualLocalTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // In this order: if the runtime is dropped meanwhile, it wakes this waker, or the sweep
        // sees it.
        self.job.set_waiter(Some(cx.waker().clone()));
        home::sweep();
        Pin::new(&mut self.task).poll(cx)
    }
}

impl<T> Task for VirtualLocalTask<T> {
    type Value = T;

    fn abort(&mut self) {
        home::sweep();
        self.task.abort();
    }

    fn is_finished(&mut self) -> bool {
        home::sweep();
        self.task.is_finished()
    }
}

impl<T> Drop for VirtualLocalTask<T> {
    fn drop(&mut self) {
        self.job.set_waiter(None);
        home::sweep();
    }
}
