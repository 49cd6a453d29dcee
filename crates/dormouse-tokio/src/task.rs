//! tokio's handle under the contract of tasks.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use dormouse_core::{JoinError, Task};
use tokio::task::JoinHandle;

/// The handle of a task on tokio.
///
/// tokio keeps most of the contract by itself; only its error is another one.
#[derive(Debug)]
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct TokioTask<T> {
    handle: JoinHandle<T>,
}

impl<T> TokioTask<T> {
    pub(crate) fn new(handle: JoinHandle<T>) -> Self {
        Self { handle }
    }
}

impl<T> Future for TokioTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.handle)
            .poll(cx)
            .map_err(|error| match error.try_into_panic() {
                Ok(payload) => JoinError::panicked(payload),
                Err(_) => JoinError::cancelled(),
            })
    }
}

impl<T> Task<T> for TokioTask<T> {
    fn abort(&mut self) {
        self.handle.abort();
    }

    fn is_finished(&mut self) -> bool {
        self.handle.is_finished()
    }

    fn detach(self) {}
}
