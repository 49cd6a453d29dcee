//! A closure that blocks, as a task.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use crate::adapter::current::leave;
use crate::adapter::remote::{RemoteTask, remote};

/// Splits a closure that may block in two: what a thread runs, and the handle that keeps the
/// contract of [`SpawnBlocking`](crate::SpawnBlocking).
///
/// Dropping the first half cancels the task.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::blocking;
///
/// let (run, handle) = blocking(|| 42);
/// std::thread::spawn(run); // or the threads that a runtime has for this
/// assert_eq!(futures::executor::block_on(handle).unwrap(), 42);
/// ```
pub fn blocking<F, T>(closure: F) -> (impl FnOnce() + Send + 'static, RemoteTask<T>)
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let (run, task) = remote(async {
        // On a thread for this, blocking on a future is allowed.
        let _may_block = leave();
        closure()
    });
    let run = move || {
        // It never waits: one poll is its whole life.
        let _ = pin!(run).poll(&mut Context::from_waker(Waker::noop()));
    };
    (run, task)
}
