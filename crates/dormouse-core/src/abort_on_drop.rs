//! A handle that ends its task when it is dropped.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::{JoinError, Task};

/// A task handle that aborts its task when dropped.
///
/// It is a [`Task`] itself; [`detach`](Task::detach) lets the task go on after all.
///
/// Dropping it asks the task to end and does not wait: what the task holds may live a while longer,
/// until its runtime drops the future. To wait for that, call [`cancel`](AbortOnDrop::cancel).
///
/// Of a runtime that is not known, a handle need not be [`Sync`]: [`Spawner::Task`](crate::Spawner::Task)
/// says how to hold it.
///
/// # Examples
///
/// ```
/// use dormouse_core::{AbortOnDrop, Sleeper, Spawner};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// let task = AbortOnDrop::new(runtime.spawn(runtime.sleep(Duration::MAX)));
/// drop(task); // aborts the task, which drops the sleep
/// ```
#[must_use = "dropping it aborts the task"]
#[derive(Debug)]
pub struct AbortOnDrop<H: Task> {
    // `None` once detached.
    task: Option<H>,
}

impl<H: Task> AbortOnDrop<H> {
    /// Wraps the handle of a task.
    pub fn new(task: H) -> Self {
        Self { task: Some(task) }
    }

    /// Aborts the task and waits until its future has been dropped.
    ///
    /// # Errors
    ///
    /// The [`JoinError`] of the task: a cancellation, unless it panicked. A task that had ended
    /// before gives its value.
    ///
    /// # Panics
    ///
    /// If `&mut` of this handle was awaited to its end before: the result can be taken only once.
    /// Drop the handle, or [`detach`](Task::detach) it, which both do nothing then.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{AbortOnDrop, BlockOn, Sleeper, Spawner};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let runtime = dormouse_smol::Smol;
    /// let held = Arc::new(());
    /// let task = AbortOnDrop::new(runtime.spawn({
    ///     let (held, sleep) = (held.clone(), runtime.sleep(Duration::MAX));
    ///     async move {
    ///         sleep.await;
    ///         drop(held);
    ///     }
    /// }));
    /// assert!(runtime.block_on(task.cancel()).unwrap_err().is_cancelled());
    /// assert_eq!(Arc::strong_count(&held), 1);
    /// ```
    pub async fn cancel(mut self) -> Result<H::Value, JoinError> {
        self.task().abort();
        // If this future is dropped here, the task has been aborted nevertheless.
        (&mut self).await
    }

    fn task(&mut self) -> &mut H {
        self.task
            .as_mut()
            .expect("only `detach` takes the task, and it consumes the handle")
    }
}

impl<H: Task> Drop for AbortOnDrop<H> {
    fn drop(&mut self) {
        if let Some(task) = &mut self.task {
            task.abort();
        }
    }
}

impl<H: Task> Future for AbortOnDrop<H> {
    type Output = Result<H::Value, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(self.task()).poll(cx)
    }
}

impl<H: Task> Task for AbortOnDrop<H> {
    type Value = H::Value;

    fn abort(&mut self) {
        self.task().abort();
    }

    fn is_finished(&mut self) -> bool {
        self.task().is_finished()
    }

    fn detach(mut self) {
        if let Some(task) = self.task.take() {
            task.detach();
        }
    }
}
