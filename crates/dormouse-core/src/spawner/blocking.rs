//! Closures that block.

use crate::Task;

/// Runs closures that block, on threads where blocking stalls no task.
///
/// The handle keeps the contract of [`Task`], with one difference: a closure that has begun can't
/// be stopped, neither by an abort nor by the end of its runtime. It goes on, and its handle gives
/// its value. One that has not begun may be cancelled by either, and then does not run.
///
/// On a test's clock, which moves on when nothing runs, no time passes while a closure runs: otherwise a
/// timeout around it would fire at once.
///
/// A closure may wait for a free thread: tokio and [`Virtual`] have 512 for them, smol and async-std 500
/// (`BLOCKING_MAX_THREADS`); the other runtimes give each a thread of its own. So closures that wait for
/// each other can hang once there are more of them.
///
/// [`Virtual`]: https://docs.rs/dormouse-virtual/latest/dormouse_virtual/struct.Virtual.html
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, SpawnBlocking};
/// use std::{thread, time::Duration};
///
/// let runtime = dormouse_smol::Smol;
/// let answer = runtime.spawn_blocking(|| {
///     thread::sleep(Duration::from_millis(2)); // whatever would stall other tasks
///     42
/// });
/// assert_eq!(runtime.block_on(answer).unwrap(), 42);
/// ```
pub trait SpawnBlocking {
    /// The handle of a closure that blocks.
    type BlockingTask<T: Send + 'static>: Task<Value = T> + Send + 'static;

    /// Runs a closure on a thread where it may block, and returns its handle; it runs whether or
    /// not it is awaited.
    ///
    /// If the runtime is gone, the task is cancelled: the closure does not run, and is dropped within this
    /// call, as the future of a [`spawn`](crate::Spawner::spawn) is. While the runtime goes, as in a
    /// destructor of a task, either that or it runs.
    ///
    /// # Panics
    ///
    /// Same as [`Spawner::spawn`](crate::Spawner::spawn): outside the context of a runtime that needs one.
    ///
    /// If the system refuses a thread, tokio panics here; smol and async-std (blocking 1.7) try again for
    /// ever if none of their threads is there; on every other runtime the handle gives the panic. A
    /// process with some 16,000 threads, a thread for each closure that runs, reaches a limit of Linux
    /// first (`vm.max_map_count`): there the standard library may abort it.
    fn spawn_blocking<F, T>(&self, closure: F) -> Self::BlockingTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static;
}
