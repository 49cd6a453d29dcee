//! A task that is a thread.

use std::future::Future;

use dormouse_core::adapter::{on_thread, remote};

use crate::park;

dormouse_core::remote_task! {
    /// The handle of a task that is a thread.
    pub struct ThreadsTask;
}

/// Starts a thread that runs a future to its end.
pub(crate) fn start<F>(future: F) -> ThreadsTask<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let (run, task) = remote(future);
    ThreadsTask::new(on_thread(|| park::block_on(run), task))
}
