//! n random waits, a task each.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::draws::Draws;
use crate::gate::Gate;
use crate::max_delay::seconds;
use crate::sleeper::deadline;
use crate::{JoinError, MaxDelay, Sleeper, Spawner, Task, TooManyWaits};

/// Spawns `n` random waits, a task each, and returns a future of their delays in seconds,
/// ascending: an ordinary function, not async.
///
/// It is the spawned twin of [`wait_n`](crate::wait_n): the same list from the same seed, and no
/// list is sorted. All waits count from one start in this call and stand in a line by their
/// deadlines. Whichever task wakes lets go, in order, all those in line whose deadlines are not
/// behind its own. The future ends when every one of the n tasks has itself woken and ended.
///
/// Dropping the future aborts every task. It gives a [`JoinError`] if a task was lost, as when
/// its runtime has been shut down. [`into_stream`](TaskWaitN::into_stream) gives each delay when
/// it is released.
///
/// # Panics
///
/// As [`Sleeper::sleep`] and [`Spawner::spawn`] do, and if the memory for `n` tasks is not to be
/// had: [`TaskWaitN::try_new`] returns an error instead.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, task_wait_n};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::SmolExecutor::new(2);
/// let delays = runtime.block_on(task_wait_n(&runtime, 100, Duration::from_millis(20)))?;
/// assert_eq!(delays.len(), 100);
/// assert!(delays.is_sorted());
/// # Ok::<(), dormouse_core::JoinError>(())
/// ```
pub fn task_wait_n<R>(runtime: &R, n: usize, max_delay: impl Into<MaxDelay>) -> TaskWaitN<R>
where
    R: Sleeper<Sleep: Send + 'static> + Spawner,
{
    TaskWaitN::try_new(runtime, n, max_delay, None).unwrap_or_else(|error| panic!("{error}"))
}

/// [`task_wait_n`] with a seed: one seed gives one list, on every runtime.
///
/// # Panics
///
/// As [`task_wait_n`] does.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, task_wait_n_with, wait_n_with};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// let max_delay = Duration::from_millis(5);
/// let tasks = runtime.block_on(task_wait_n_with(&runtime, 10, max_delay, 7))?;
/// assert_eq!(tasks, runtime.block_on(wait_n_with(&runtime, 10, max_delay, 7)));
/// # Ok::<(), dormouse_core::JoinError>(())
/// ```
pub fn task_wait_n_with<R>(
    runtime: &R,
    n: usize,
    max_delay: impl Into<MaxDelay>,
    seed: u64,
) -> TaskWaitN<R>
where
    R: Sleeper<Sleep: Send + 'static> + Spawner,
{
    TaskWaitN::try_new(runtime, n, max_delay, Some(seed)).unwrap_or_else(|error| panic!("{error}"))
}

/// Future for the [`task_wait_n`] function; dropping it aborts the tasks.
#[derive(Debug)]
#[must_use = "dropping it aborts the tasks"]
pub struct TaskWaitN<R: Spawner> {
    tasks: TaskWaitNStream<R>,
    sweep: Sweep,
}

impl<R: Sleeper<Sleep: Send + 'static> + Spawner> TaskWaitN<R> {
    /// [`task_wait_n`], seeded or not, for an `n` that may be more than the memory holds.
    ///
    /// # Errors
    ///
    /// [`TooManyWaits`] if the memory for `n` tasks is not to be had.
    ///
    /// # Panics
    ///
    /// As [`Sleeper::sleep`] and [`Spawner::spawn`] do.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::TaskWaitN;
    ///
    /// let error = TaskWaitN::try_new(&dormouse_smol::Smol, usize::MAX, 10, None).unwrap_err();
    /// assert!(error.to_string().contains("18446744073709551615 waits"));
    /// ```
    pub fn try_new(
        runtime: &R,
        n: usize,
        max_delay: impl Into<MaxDelay>,
        seed: Option<u64>,
    ) -> Result<Self, TooManyWaits> {
        let max_delay = max_delay.into();
        let start = runtime.now();
        let mut handles = TooManyWaits::reserve(n, size_of::<Wait<R::Sleep>>() + size_of::<u64>())?;
        let gate = Gate::try_new(n, max_delay.as_nanos(), Draws::new(max_delay, seed));
        let gate = Arc::new(gate.map_err(|_| TooManyWaits { n })?);
        // Neighbours in time become neighbours in memory: each wake-up finds its task in the cache,
        // and so does the runtime's timer. A bucket is read before any of its tasks can end.
        let mut delays = Vec::new();
        for bucket in 0.. {
            if !gate.bucket(bucket, &mut delays) {
                break;
            }
            for &delay in &delays {
                let sleep = runtime.sleep_until(deadline(start, Duration::from_nanos(delay)));
                let gate = Some(Arc::clone(&gate));
                handles.push(if size_of::<Wait<R::Sleep>>() > R::SMALL_FUTURE {
                    runtime.spawn(Wait {
                        sleep: Box::pin(sleep),
                        gate,
                        delay,
                    })
                } else {
                    runtime.spawn(Wait { sleep, gate, delay })
                });
            }
        }
        let tasks = TaskWaitNStream {
            handles,
            gate,
            given: 0,
            n,
        };
        Ok(Self {
            tasks,
            sweep: Sweep::after(n),
        })
    }
}

impl<R: Spawner> TaskWaitN<R> {
    /// The same tasks as a stream of delays: ascending, each as it is released.
    ///
    /// A lost task ends it with its [`JoinError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, task_wait_n};
    /// use futures::TryStreamExt;
    /// use std::time::Duration;
    ///
    /// let runtime = dormouse_smol::Smol;
    /// let first = runtime.block_on(async {
    ///     task_wait_n(&runtime, 100, Duration::from_millis(20)).into_stream().try_next().await
    /// });
    /// assert!(first?.unwrap() < 0.02); // the other 99 tasks are aborted
    /// # Ok::<(), dormouse_core::JoinError>(())
    /// ```
    pub fn into_stream(self) -> TaskWaitNStream<R> {
        self.tasks
    }
}

impl<R: Spawner> Future for TaskWaitN<R> {
    type Output = Result<Vec<f64>, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { tasks, sweep } = self.get_mut();
        loop {
            match ready!(tasks.gate.poll_left(sweep.at_left, cx)) {
                Err(_) => return tasks.poll_lost(cx).map(Err),
                Ok(0) => break,
                Ok(left) if sweep.handle == tasks.handles.len() => *sweep = Sweep::after(left),
                Ok(_) => {
                    if let Err(error) = sweep.step(&mut tasks.handles) {
                        return Poll::Ready(Err(error));
                    }
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
        }
        // In the memory of the line itself: a number of 8 bytes becomes one of 8 bytes.
        Poll::Ready(Ok(tasks
            .gate
            .take_released()
            .into_iter()
            .map(seconds)
            .collect()))
    }
}

/// Lets go the handles of the tasks that have ended, each time that half of them are left.
///
/// A handle keeps its task's memory, and to free a million tasks takes a runtime some 100 ms.
/// This spends them while there is still something to wait for, not at the end. All the sweeps
/// together look at fewer than 2n handles.
#[derive(Debug)]
struct Sweep {
    /// It begins when so many tasks have not ended.
    at_left: usize,
    /// The handle it looks at next.
    handle: usize,
}

impl Sweep {
    /// The one to follow when `left` tasks have not ended.
    fn after(left: usize) -> Self {
        let few = left <= HANDLES_AT_ONCE;
        Self {
            at_left: if few { 0 } else { left / 2 },
            handle: 0,
        }
    }

    /// Looks at some more handles.
    fn step<H: Task<()>>(&mut self, handles: &mut Vec<H>) -> Result<(), JoinError> {
        for _ in 0..HANDLES_AT_ONCE {
            let Some(task) = handles.get_mut(self.handle) else {
                break;
            };
            if task.is_finished() {
                result(handles.swap_remove(self.handle)).unwrap_or(Ok(()))?;
            } else {
                self.handle += 1;
            }
        }
        Ok(())
    }
}

/// What a task that has ended gave.
fn result<H: Task<()>>(mut task: H) -> Option<Result<(), JoinError>> {
    match Pin::new(&mut task).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}

/// Stream of the delays of [`task_wait_n`] in seconds, made by [`TaskWaitN::into_stream`];
/// dropping it aborts the tasks.
#[must_use = "dropping it aborts the tasks"]
pub struct TaskWaitNStream<R: Spawner> {
    handles: Vec<R::Task<()>>,
    gate: Arc<Gate>,
    given: usize,
    n: usize,
}

impl<R: Spawner> TaskWaitNStream<R> {
    /// The error of the task that was lost, once its handle has it.
    fn poll_lost(&mut self, cx: &mut Context<'_>) -> Poll<JoinError> {
        let mut lost = None;
        self.handles
            .retain_mut(|task| match Pin::new(task).poll(cx) {
                Poll::Pending => true,
                Poll::Ready(result) => {
                    lost = lost.take().or(result.err());
                    false
                }
            });
        match lost {
            Some(error) => Poll::Ready(error),
            None if self.handles.is_empty() => Poll::Ready(JoinError::cancelled()),
            None => Poll::Pending,
        }
    }
}

impl<R: Spawner> Stream for TaskWaitNStream<R> {
    type Item = Result<f64, JoinError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.given == this.n {
            return Poll::Ready(None);
        }
        match ready!(this.gate.poll_released(this.given, cx)) {
            Ok(delay) => {
                this.given += 1;
                Poll::Ready(Some(Ok(seconds(delay))))
            }
            Err(_) => {
                let error = ready!(this.poll_lost(cx));
                this.given = this.n;
                Poll::Ready(Some(Err(error)))
            }
        }
    }
}

impl<R: Spawner> Drop for TaskWaitNStream<R> {
    fn drop(&mut self) {
        if !self.gate.all_ended() {
            self.handles.iter_mut().for_each(Task::abort);
        }
    }
}

impl<R: Spawner> fmt::Debug for TaskWaitNStream<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskWaitNStream")
            .field("n", &self.n)
            .finish_non_exhaustive()
    }
}

pin_project! {
    /// One task: a sleep, and the gate that it opens when it has ended. No larger than it must
    /// be: a runtime allocates it n times.
    struct Wait<F> {
        #[pin]
        sleep: F,
        // `None` once the wait has ended.
        gate: Option<Arc<Gate>>,
        delay: u64,
    }

    impl<F> PinnedDrop for Wait<F> {
        fn drop(this: Pin<&mut Self>) {
            if let Some(gate) = this.project().gate.take() {
                gate.lose();
            }
        }
    }
}

impl<F: Future<Output = ()>> Future for Wait<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        ready!(this.sleep.poll(cx));
        if let Some(gate) = this.gate.take() {
            gate.end(*this.delay);
        }
        Poll::Ready(())
    }
}

/// How many handles a poll lets go: some tens of microseconds.
const HANDLES_AT_ONCE: usize = 512;
