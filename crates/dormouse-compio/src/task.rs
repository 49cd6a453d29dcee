//! The handle of a task.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use dormouse_core::adapter::{RemoteTask, spawned};
use dormouse_core::{JoinError, Task};

/// The handle of a task on compio.
///
/// compio's own handle cancels its task when dropped. This one does not.
#[derive(Debug)]
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct CompioTask<T>(RemoteTask<T>);

impl<T> CompioTask<T> {
    pub(crate) fn new(task: RemoteTask<T>) -> Self {
        spawned();
        Self(task)
    }
}

impl<T> Future for CompioTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<T> Task for CompioTask<T> {
    type Value = T;

    fn abort(&mut self) {
        self.0.abort();
    }

    fn is_finished(&mut self) -> bool {
        self.0.is_finished()
    }
}
