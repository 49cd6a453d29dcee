//! The handle for those who want a dropped handle to end its task.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::{JoinError, Task};

/// A task handle that aborts its task when dropped.
///
/// It is a [`Task`] itself; [`detach`](Task::detach) lets the task go on after all.
///
/// # Examples
///
/// ```
/// use dormouse_core::{AbortOnDrop, Sleeper, Spawner};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// let task = AbortOnDrop::new(runtime.spawn(runtime.sleep(Duration::MAX)));
/// drop(task); // and with it the sleep
/// ```
#[must_use = "dropping it aborts the task"]
#[derive(Debug)]
pub struct AbortOnDrop<T, H: Task<T>> {
    // `None` once detached.
    task: Option<H>,
    output: PhantomData<fn() -> T>,
}

impl<T, H: Task<T>> AbortOnDrop<T, H> {
    /// Ties the task to the handle's life.
    pub fn new(task: H) -> Self {
        Self {
            task: Some(task),
            output: PhantomData,
        }
    }

    fn task(&mut self) -> &mut H {
        self.task
            .as_mut()
            .expect("only `detach` takes the task, and it consumes the handle")
    }
}

impl<T, H: Task<T>> Drop for AbortOnDrop<T, H> {
    fn drop(&mut self) {
        if let Some(task) = &mut self.task {
            task.abort();
        }
    }
}

impl<T, H: Task<T>> Future for AbortOnDrop<T, H> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(self.task()).poll(cx)
    }
}

impl<T, H: Task<T>> Task<T> for AbortOnDrop<T, H> {
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
