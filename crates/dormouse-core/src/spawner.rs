//! Tasks: how they start, how they end, how they are driven.

use std::future::Future;

use crate::{JoinError, Sleeper};

/// Starts tasks.
///
/// # Examples
///
/// ```
/// use dormouse_core::{Spawner, Task};
///
/// async fn sum<S: Spawner>(spawner: &S) -> u64 {
///     let left = spawner.spawn(async { 20 });
///     let right = spawner.spawn(async { 22 });
///     left.await.unwrap() + right.await.unwrap()
/// }
///
/// # use dormouse_core::BlockOn;
/// let runtime = dormouse_smol::Smol;
/// assert_eq!(runtime.block_on(sum(&runtime)), 42);
/// ```
pub trait Spawner {
    /// The handle of a task.
    type Task<T: Send + 'static>: Task<T> + Send + 'static;

    /// The size in bytes of the largest future that leaves a task in its smallest allocation, for
    /// a runtime whose tasks grow in large steps.
    ///
    /// Nothing depends on it but memory: [`task_wait_n`](crate::task_wait_n) boxes what would make
    /// its tasks larger.
    const SMALL_FUTURE: usize = usize::MAX;

    /// Starts a task and returns its handle; the task runs whether or not it is awaited.
    ///
    /// # Panics
    ///
    /// A runtime that needs a context (tokio) panics at this call outside of it, with a message
    /// that says what to do.
    fn spawn<F>(&self, future: F) -> Self::Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static;
}

/// The handle of a task, with one contract on every runtime.
///
/// An implementation MUST ensure that
///
/// * the task runs without being awaited;
/// * the task goes on when its handle is dropped ([`AbortOnDrop`](crate::AbortOnDrop) is for the other wish);
/// * the handle gives `Ok` with the task's value, or a [`JoinError`] that is either a
///   cancellation or a panic with its payload;
/// * after [`abort`](Self::abort) the task's future is dropped before the handle resolves;
/// * a panic never takes the executor down;
/// * a task whose runtime is gone gives a cancellation, not a panic.
///
/// Each of these has a case of the same meaning in the crate `dormouse-conformance`.
///
/// # Panics
///
/// Polling a handle again after it has resolved panics.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper, Spawner, Task};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// runtime.block_on(async {
///     let mut task = runtime.spawn(runtime.sleep(Duration::MAX));
///     assert!(!task.is_finished());
///     task.abort();
///     assert!(task.await.unwrap_err().is_cancelled());
/// });
/// ```
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub trait Task<T>: Future<Output = Result<T, JoinError>> + Unpin {
    /// Asks the task to end where it stands; the handle can still be awaited.
    ///
    /// A task that has finished keeps its value. Aborting twice is aborting once.
    fn abort(&mut self);

    /// Whether the task has ended: awaiting it would not wait.
    fn is_finished(&mut self) -> bool;

    /// Lets the task go on by itself: what dropping the handle does, said aloud.
    fn detach(self);
}

/// Drives a future to its end on the calling thread.
///
/// Only a type that drives its own timers has this; a mere handle to a runtime does not.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper};
/// use std::time::Duration;
///
/// fn nap<R: BlockOn + Sleeper>(runtime: &R) {
///     runtime.block_on(runtime.sleep(Duration::from_millis(2)));
/// }
///
/// nap(&dormouse_smol::Smol);
/// ```
pub trait BlockOn {
    /// Blocks until `future` has ended, and returns its output.
    ///
    /// # Panics
    ///
    /// If the runtime cannot block here, as tokio can't inside its own tasks.
    fn block_on<F: Future>(&self, future: F) -> F::Output;
}

/// All that a program needs of a runtime: sleeps and tasks, cloneable, free to go to any thread.
///
/// Nobody implements it: every type that can be one, is one.
///
/// # Examples
///
/// ```
/// use dormouse_core::{AbortOnDrop, BlockOn, Runtime};
/// use std::time::Duration;
///
/// /// Looks after something every few milliseconds, until the handle is dropped.
/// fn look_after<R: Runtime>(
///     runtime: &R,
///     look: impl Fn() + Send + 'static,
/// ) -> AbortOnDrop<(), R::Task<()>> {
///     let sleeper = runtime.clone();
///     AbortOnDrop::new(runtime.spawn(async move {
///         loop {
///             look();
///             sleeper.sleep(Duration::from_millis(1)).await;
///         }
///     }))
/// }
///
/// let runtime = dormouse_smol::Smol;
/// let (sender, receiver) = std::sync::mpsc::channel();
/// let looking = look_after(&runtime, move || _ = sender.send(()));
/// assert_eq!(receiver.iter().take(3).count(), 3);
/// drop(looking);
/// ```
pub trait Runtime:
    Sleeper<Sleep: Send + 'static> + Spawner + Clone + Send + Sync + 'static
{
}

impl<R> Runtime for R where
    R: Sleeper<Sleep: Send + 'static> + Spawner + Clone + Send + Sync + 'static
{
}

/// Starts tasks that stay on one thread, so that they need not be `Send`.
///
/// Only a type whose runtime really has this implements it. The tasks run while that runtime is
/// driven, and their handles keep the contract of [`Task`].
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, LocalSpawner};
/// use std::rc::Rc;
///
/// let runtime = dormouse_smol::SmolLocal::new();
/// let shared = Rc::new(42); // not `Send`
/// let task = runtime.spawn_local({
///     let shared = Rc::clone(&shared);
///     async move { shared }
/// });
/// assert_eq!(runtime.block_on(task).unwrap(), shared);
/// ```
pub trait LocalSpawner {
    /// The handle of a task that stays on its thread.
    type LocalTask<T: 'static>: Task<T> + 'static;

    /// Starts a task on this thread and returns its handle; the task runs whether or not it is
    /// awaited.
    fn spawn_local<F>(&self, future: F) -> Self::LocalTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static;
}
