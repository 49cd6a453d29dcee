//! A closure that blocks, as a task.

use std::future::{Future, pending};
use std::io;
use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;

use crate::JoinError;
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
        // On a thread for closures that block, `block_on` is allowed.
        let _may_block = leave();
        closure()
    });
    let run = move || {
        // The future never waits: one poll runs it to its end.
        let _ = pin!(run).poll(&mut Context::from_waker(Waker::noop()));
    };
    (run, task)
}

/// Runs a closure that may block on a thread of its own, for an ambient runtime without threads for
/// this.
///
/// It always runs the closure, so it is not for the handle of an owner, which uses
/// [`blocking_thread_if`].
///
/// If the system refuses the thread, the handle gives a panic that says so.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::blocking_thread;
///
/// let task = blocking_thread(|| 42);
/// assert_eq!(futures::executor::block_on(task).unwrap(), 42);
/// ```
pub fn blocking_thread<F, T>(closure: F) -> RemoteTask<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    blocking_thread_if(true, closure)
}

/// [`blocking_thread`] for the handle of an owner: once that is gone, the closure must not run, so its
/// task is cancelled.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::blocking_thread_if;
/// use std::sync::Arc;
///
/// let owner = Arc::new(()); // whatever runs the tasks
/// let handle = Arc::downgrade(&owner);
/// let spawn_blocking = || blocking_thread_if(handle.strong_count() > 0, || 42);
///
/// assert_eq!(futures::executor::block_on(spawn_blocking()).unwrap(), 42);
/// drop(owner);
/// let error = futures::executor::block_on(spawn_blocking()).unwrap_err();
/// assert!(error.is_cancelled());
/// ```
pub fn blocking_thread_if<F, T>(alive: bool, closure: F) -> RemoteTask<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let (run, task) = blocking(closure);
    if alive {
        on_thread(run, task)
    } else {
        drop(run);
        task
    }
}

/// Runs the part of a task that belongs on a thread, on one of its own; returns the task, or one
/// that has ended with a panic that says why there is no thread.
///
/// The two are the halves that [`blocking`] makes.
pub fn on_thread<T>(run: impl FnOnce() + Send + 'static, task: RemoteTask<T>) -> RemoteTask<T> {
    let thread = thread::Builder::new().name("dormouse-task".into());
    let Err(error) = thread.spawn(run) else {
        return task;
    };
    refused(&error)
}

/// A task that has ended with a panic, because the system refused a thread for it.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::refused;
///
/// let task = refused::<()>(&std::io::Error::other("no more threads"));
/// let panic = futures::executor::block_on(task).unwrap_err().into_panic();
/// let message = "cannot start a thread for a task: no more threads";
/// assert_eq!(panic.downcast_ref::<String>().unwrap(), message);
/// ```
pub fn refused<T>(error: &io::Error) -> RemoteTask<T> {
    let (run, task) = remote(pending());
    let why = format!("cannot start a thread for a task: {error}");
    run.fail(JoinError::panicked(Box::new(why)));
    task
}
