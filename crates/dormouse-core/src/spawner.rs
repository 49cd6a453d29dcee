//! Tasks: how they start and how they end.

use std::future::Future;

use crate::JoinError;
use crate::adapter::yield_now::YieldNow;

pub use crate::spawner::blocking::SpawnBlocking;
pub use crate::spawner::local::LocalSpawner;

mod blocking;
mod local;

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
///
/// # Values with a lifetime in their type
///
/// An `async fn` over any `S: Spawner` that awaits a task whose value has a lifetime in its type, be it
/// `'static`, can be blocked on, but not spawned: the compiler says that `Send` is "not general
/// enough", or "could not prove" it ([rust-lang/rust#110338](https://github.com/rust-lang/rust/issues/110338)).
/// `&'static str` and `Box<dyn Error + Send + Sync>` are such types. Give the task an owned type, put it
/// into a [`JoinSet`](crate::JoinSet), or box its handle:
///
/// ```
/// use dormouse_core::{JoinError, Runtime, Spawner, Task};
/// use std::{error::Error, future::Future, pin::Pin};
///
/// type Outcome = Result<u32, Box<dyn Error + Send + Sync>>;
///
/// async fn work<R: Runtime>(runtime: R) -> u32 {
///     let task: Pin<Box<dyn Future<Output = Result<Outcome, JoinError>> + Send>> =
///         Box::pin(runtime.spawn(async { "42".parse().map_err(Into::into) }));
///     task.await.unwrap().unwrap()
/// }
///
/// # use dormouse_core::BlockOn;
/// let runtime = dormouse_smol::Smol;
/// let task = runtime.spawn(work(runtime));
/// assert_eq!(runtime.block_on(task).unwrap(), 42);
/// ```
///
/// # Decorators
///
/// One that passes its tasks on to another spawner also passes on [`can_spawn`](Self::can_spawn) and
/// [`yield_now`](Self::yield_now), as the provided ones know nothing of the runtime inside.
#[diagnostic::on_unimplemented(
    message = "`{Self}` starts no tasks that are `Send`",
    note = "a runtime whose tasks stay on one thread, such as compio, is a `LocalSpawner` instead"
)]
pub trait Spawner {
    /// The handle of a task. To share one between threads, put it into a `Mutex`, or keep an
    /// [`AbortHandle`](crate::AbortHandle): not every handle is `Sync`. Those of this project's adapters
    /// are, if the value is `Send`.
    type Task<T: Send + 'static>: Task<Value = T> + Send + 'static;

    /// The size in bytes of the largest future whose task still fits the runtime's smallest
    /// allocation, for a runtime whose tasks grow in large steps. Only memory use depends on it:
    /// [`task_wait_n`](crate::task_wait_n) boxes a sleep that would make its tasks larger.
    #[doc(hidden)]
    const SMALL_FUTURE: usize = usize::MAX;

    /// Starts a task and returns its handle; the task runs whether or not it is awaited.
    ///
    /// If the runtime is gone, the task is cancelled, and its future is dropped within this call: hold no
    /// lock that its destructor takes.
    ///
    /// The future is moved over the stack several times on its way to its task: box one of hundreds of
    /// kilobytes.
    ///
    /// # Panics
    ///
    /// A runtime that needs a context (tokio) panics if this is called outside of it. The message
    /// names the caller's line and says what to do.
    fn spawn<F>(&self, future: F) -> Self::Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static;

    /// Starts a task of the library's own, such as the driver of a [`Coalesced`](crate::Coalesced).
    /// It may outlive whatever starts it, so a spawner that ties its tasks to the code that spawns
    /// them, such as one that passes on a `tracing` span, does not do so here.
    #[doc(hidden)]
    fn spawn_driver<F: Future<Output = ()> + Send + 'static>(&self, driver: F) {
        self.spawn(driver).detach();
    }

    /// Whether the context that [`spawn`](Self::spawn) needs is here.
    ///
    /// An ambient runtime that needs one overrides this, so that a [`Coalesced`](crate::Coalesced)
    /// over it uses the alarm thread instead of a task where there is no context.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Spawner};
    /// use dormouse_tokio::{Tokio, TokioRuntime};
    ///
    /// assert!(!Tokio.can_spawn());
    /// assert!(TokioRuntime::new().block_on(async { Tokio.can_spawn() }));
    /// ```
    fn can_spawn(&self) -> bool {
        true
    }

    /// Lets other tasks and the timers run, then goes on.
    ///
    /// It is pending at its first poll, each time, so that others run at every step of a loop, in a
    /// task and in the future of [`block_on`](crate::BlockOn::block_on) alike.
    ///
    /// A task that computes for long should await this now and then. It is the runtime's own yield
    /// where there is one: on tokio, a task that merely wakes itself keeps the timers waiting.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Spawner};
    ///
    /// let runtime = dormouse_smol::Smol;
    /// runtime.block_on(async {
    ///     for _step in 0..100 {
    ///         // some computation
    ///         runtime.yield_now().await;
    ///     }
    /// });
    /// ```
    fn yield_now(&self) -> impl Future<Output = ()> + Send + 'static {
        YieldNow::default()
    }
}

/// The handle of a task, with one contract on every runtime.
///
/// An implementation MUST ensure that
///
/// * the task runs without being awaited, and is not polled within the call that spawns it, nor within
///   one that wakes it: who spawns or wakes may hold a lock that the task takes;
/// * the task goes on when its handle is dropped ([`AbortOnDrop`](crate::AbortOnDrop) aborts it
///   instead);
/// * the handle gives `Ok` with the task's value, or a [`JoinError`] that is either a
///   cancellation or a panic with its payload, the first one if there were several, even if the
///   task is aborted in the poll that panics;
/// * the task's future is dropped before the handle resolves, after [`abort`](Self::abort), too. A
///   poll that is running ends first; then the task ends;
/// * a task that is woken is polled again, also if another thread polls it just then. Every clone
///   of its waker wakes it, also one of an earlier poll, and on a thread whose panic unwinds. The call
///   returns, also while the runtime is not being driven. One after the task's end does nothing;
/// * a task that wakes itself while it is polled lets the tasks run that are ready, and so do tasks that
///   wake each other;
/// * the handle can be asked, polled, aborted and dropped while the task is polled, and does not wait for
///   that poll;
/// * the handle wakes the waker of its latest poll, and no lock of the runtime is held meanwhile:
///   that waker may ask, poll, abort and drop the handle. A handle that is dropped drops it;
/// * no panic takes down the executor, a thread of it, the process or another task: not one in a
///   poll, in the destructor of the future, of its output or of a panic's payload, nor in a waker;
/// * a panic in the destructor of the future is the task's panic;
/// * the destructor of the future can spawn and abort tasks, and so can that of an output that
///   nobody takes; the former can wake its own task, which has ended;
/// * an output that nobody takes is dropped, and a panic of its destructor goes no further;
/// * a task whose runtime is gone gives a cancellation;
/// * a handle that is polled again after it has resolved panics.
///
/// Each of these has a case of the same meaning in the crate `dormouse-conformance`.
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
pub trait Task: Future<Output = Result<<Self as Task>::Value, JoinError>> + Unpin {
    /// The value of a task that ends by itself.
    type Value;

    /// Asks the task to end early; the handle can still be awaited.
    ///
    /// A task that has finished keeps its value, and no other task ends. A second abort has no effect. Any thread can call
    /// it, and so can other tasks. If the task ends by itself in a poll that is running during this
    /// call, its handle gives the value on some runtimes (tokio, futures, compio, `Threads`,
    /// `Virtual`) and a cancellation on others (smol, async-std).
    fn abort(&mut self);

    /// Whether the task has ended and its future is dropped, so that awaiting it would not wait, except
    /// for a turn of others where [`Runtime`](crate::Runtime) says so.
    fn is_finished(&mut self) -> bool;

    /// Lets the task go on by itself: the same as dropping the handle, made explicit.
    fn detach(self)
    where
        Self: Sized,
    {
    }
}
