//! n random waits, a task each.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::allowance::Allowance;
use crate::max_delay::seconds;
use crate::task_wait_n::sweep::Sweep;
use crate::task_wait_n::tasks::Tasks;
use crate::{JoinError, MaxDelay, Sleeper, Spawner, TooManyWaits};

pub use crate::task_wait_n::stream::TaskWaitNStream;

mod stream;
mod sweep;
mod tasks;

/// Spawns `n` random waits, a task each, and returns a future of their delays in seconds,
/// ascending: an ordinary function, not async.
///
/// From one seed it returns the same list as [`wait_n`](crate::wait_n). No list of delays is
/// sorted: a queue of the pending deadlines decides the order of release. All waits count from one
/// start in this call, and all deadlines are queued before the first wait. A task whose sleep has
/// ended releases, in order, all pending deadlines up to its own. The future ends when all n tasks
/// have ended.
///
/// Dropping the future aborts every task. [`into_stream`](TaskWaitN::into_stream) gives each
/// delay when it is released.
///
/// # Panics
///
/// Same as [`Sleeper::sleep`] and [`Spawner::spawn`], and if the memory for `n` tasks can't be
/// allocated: [`TaskWaitN::try_new`] returns an error instead. Awaiting it panics if a task was
/// lost: with the task's own panic, or because its runtime has been shut down.
/// [`fallible`](TaskWaitN::fallible) returns a [`JoinError`] instead.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, task_wait_n};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::SmolExecutor::new(2);
/// let delays = runtime.block_on(task_wait_n(&runtime, 100, Duration::from_millis(20)));
/// assert_eq!(delays.len(), 100);
/// assert!(delays.is_sorted());
/// ```
#[track_caller]
pub fn task_wait_n<R>(runtime: &R, n: usize, max_delay: impl Into<MaxDelay>) -> TaskWaitN<R>
where
    R: Sleeper<Sleep: Send + 'static> + Spawner,
{
    TooManyWaits::or_panic(TaskWaitN::try_new(runtime, n, max_delay, None))
}

/// [`task_wait_n`] with a seed: one seed gives one list, on every runtime.
///
/// # Panics
///
/// Same as [`task_wait_n`].
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, task_wait_n_with, wait_n_with};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// let max_delay = Duration::from_millis(5);
/// let tasks = runtime.block_on(task_wait_n_with(&runtime, 10, max_delay, 7));
/// assert_eq!(tasks, runtime.block_on(wait_n_with(&runtime, 10, max_delay, 7)));
/// ```
#[track_caller]
pub fn task_wait_n_with<R>(
    runtime: &R,
    n: usize,
    max_delay: impl Into<MaxDelay>,
    seed: u64,
) -> TaskWaitN<R>
where
    R: Sleeper<Sleep: Send + 'static> + Spawner,
{
    TooManyWaits::or_panic(TaskWaitN::try_new(runtime, n, max_delay, Some(seed)))
}

/// Future for the [`task_wait_n`] function; dropping it aborts the tasks.
#[derive(Debug)]
#[must_use = "dropping it aborts the tasks"]
pub struct TaskWaitN<R: Spawner> {
    fallible: FallibleTaskWaitN<R>,
}

impl<R: Sleeper<Sleep: Send + 'static> + Spawner> TaskWaitN<R> {
    /// [`task_wait_n`], seeded or not, for an `n` that may be too large for the memory.
    ///
    /// # Errors
    ///
    /// [`TooManyWaits`] if the memory for `n` tasks can't be allocated.
    ///
    /// # Panics
    ///
    /// Same as [`Sleeper::sleep`] and [`Spawner::spawn`].
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::TaskWaitN;
    ///
    /// let error = TaskWaitN::try_new(&dormouse_smol::Smol, usize::MAX, 10, None).unwrap_err();
    /// assert!(error.to_string().contains("18446744073709551615 waits"));
    /// ```
    #[track_caller]
    pub fn try_new(
        runtime: &R,
        n: usize,
        max_delay: impl Into<MaxDelay>,
        seed: Option<u64>,
    ) -> Result<Self, TooManyWaits> {
        let tasks = Tasks::try_spawn(runtime, n, max_delay.into(), seed)?;
        let sweep = Sweep::after(n);
        Ok(Self {
            fallible: FallibleTaskWaitN { tasks, n, sweep },
        })
    }
}

impl<R: Spawner> TaskWaitN<R> {
    /// The same tasks, with a [`JoinError`] instead of a panic if one of them is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, task_wait_n};
    /// use std::time::Duration;
    ///
    /// let runtime = dormouse_smol::Smol;
    /// let delays = task_wait_n(&runtime, 100, Duration::from_millis(20)).fallible();
    /// assert_eq!(runtime.block_on(delays)?.len(), 100);
    /// # Ok::<(), dormouse_core::JoinError>(())
    /// ```
    pub fn fallible(self) -> FallibleTaskWaitN<R> {
        self.fallible
    }

    /// The same tasks as a stream of delays: ascending, each as soon as it is released.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, task_wait_n};
    /// use futures::StreamExt;
    /// use std::time::Duration;
    ///
    /// let runtime = dormouse_smol::Smol;
    /// let first = runtime.block_on(async {
    ///     task_wait_n(&runtime, 100, Duration::from_millis(20)).into_stream().next().await
    /// });
    /// assert!(first.unwrap() < 0.02); // the other 99 tasks are aborted
    /// ```
    pub fn into_stream(self) -> TaskWaitNStream<R> {
        let FallibleTaskWaitN { tasks, n, .. } = self.fallible;
        TaskWaitNStream {
            tasks,
            given: 0,
            n,
            allowance: Allowance::new(),
        }
    }
}

impl<R: Spawner> Future for TaskWaitN<R> {
    type Output = Vec<f64>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Vec<f64>> {
        let delays = ready!(Pin::new(&mut self.fallible).poll(cx));
        Poll::Ready(delays.unwrap_or_else(|error| error.raise("task_wait_n")))
    }
}

/// Future for the [`task_wait_n`] function that gives an error if a task is lost, made by
/// [`TaskWaitN::fallible`]; dropping it aborts the tasks.
#[derive(Debug)]
#[must_use = "dropping it aborts the tasks"]
pub struct FallibleTaskWaitN<R: Spawner> {
    tasks: Tasks<R>,
    n: usize,
    sweep: Sweep,
}

impl<R: Spawner> Future for FallibleTaskWaitN<R> {
    type Output = Result<Vec<f64>, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { tasks, sweep, .. } = self.get_mut();
        loop {
            match ready!(tasks.queue.poll_left(sweep.at_left, cx)) {
                Err(_) => return tasks.poll_lost(cx).map(Err),
                Ok(0) => break,
                Ok(left) if sweep.is_over(&tasks.handles) => *sweep = Sweep::after(left),
                Ok(_) => {
                    if let Err(error) = sweep.step(&mut tasks.handles) {
                        return Poll::Ready(Err(error));
                    }
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
        }
        // Reuses the memory of the queue: each number of 8 bytes becomes one of 8 bytes in its
        // place.
        let delays = tasks.queue.take_released().into_iter().map(seconds);
        Poll::Ready(Ok(delays.collect()))
    }
}
