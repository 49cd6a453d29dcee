//! A task that is a thread.

use std::future::{Future, pending};
use std::thread;

use dormouse_core::{JoinError, RemoteTask, remote};

use crate::park;

/// The handle of a task that is a thread.
pub type ThreadsTask<T> = RemoteTask<T>;

/// Starts a thread that runs a future to its end.
pub(crate) fn start<F>(future: F) -> ThreadsTask<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let (run, task) = remote(future);
    let thread = thread::Builder::new().name("dormouse-task".into());
    match thread.spawn(|| park::block_on(run)) {
        Ok(_) => task,
        Err(error) => refused(format!("cannot start a thread for a task: {error}")),
    }
}

/// A task that has ended with a panic that says why.
fn refused<T>(why: String) -> ThreadsTask<T> {
    let (run, task) = remote(pending());
    run.fail(JoinError::panicked(Box::new(why)));
    task
}
