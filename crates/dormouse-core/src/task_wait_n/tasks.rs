//! The n tasks and the queue that they share.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::adapter::take_turn;
use crate::shared_queue::SharedQueue;
use crate::sleeper::{deadline, draws};
use crate::{JoinError, MaxDelay, Sleeper, Spawner, Task, TooManyWaits};

/// The handles of the n tasks; dropping them aborts the tasks.
pub(super) struct Tasks<R: Spawner> {
    pub(super) handles: Vec<R::Task<()>>,
    pub(super) queue: Arc<SharedQueue>,
}

impl<R: Sleeper<Sleep: Send + 'static> + Spawner> Tasks<R> {
    #[track_caller]
    pub(super) fn try_spawn(
        runtime: &R,
        n: usize,
        max_delay: MaxDelay,
        seed: Option<u64>,
    ) -> Result<Self, TooManyWaits> {
        let start = runtime.now();
        let handles = TooManyWaits::reserve(n, size_of::<Wait<R::Sleep>>() + size_of::<u64>())?;
        let delays = draws(runtime, max_delay, seed);
        let queue = Arc::new(SharedQueue::try_new(n, max_delay.as_nanos(), delays)?);
        // If a spawn panics, dropping this aborts the tasks spawned so far.
        let mut tasks = Self { handles, queue };
        // Tasks that end one after the other are neighbours in memory: each wake-up finds its task
        // in the cache, and so does the runtime's timer. A bucket is read before any of its tasks
        // can end.
        let buckets = (0..).map_while(|bucket| tasks.queue.bucket(bucket));
        for delay in buckets.flatten() {
            let sleep = runtime.sleep_until(deadline(start, Duration::from_nanos(delay)));
            let queue = Arc::clone(&tasks.queue);
            tasks
                .handles
                .push(if size_of::<Wait<R::Sleep>>() > R::SMALL_FUTURE {
                    runtime.spawn(Wait::new(Box::pin(sleep), queue, delay))
                } else {
                    runtime.spawn(Wait::new(sleep, queue, delay))
                });
        }
        Ok(tasks)
    }
}

impl<R: Spawner> Tasks<R> {
    /// The error of the task that was lost, once its handle gives it.
    pub(super) fn poll_lost(&mut self, cx: &mut Context<'_>) -> Poll<JoinError> {
        // All handles are pending then, but this comes before the look at each of them.
        ready!(take_turn(cx));
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

impl<R: Spawner> Drop for Tasks<R> {
    fn drop(&mut self) {
        // The tasks may keep the queue for long.
        self.queue.forget_waiter();
        if !self.queue.all_ended() {
            self.handles.iter_mut().for_each(Task::abort);
        }
    }
}

impl<R: Spawner> fmt::Debug for Tasks<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks")
            .field("handles", &self.handles.len())
            .finish_non_exhaustive()
    }
}

pin_project! {
    /// One task: a sleep, and the queue that it tells when the sleep has ended. It is kept small,
    /// as a runtime allocates it n times.
    struct Wait<F> {
        #[pin]
        sleep: F,
        // `None` once the wait has ended.
        queue: Option<Arc<SharedQueue>>,
        delay: u64,
    }

    impl<F> PinnedDrop for Wait<F> {
        fn drop(this: Pin<&mut Self>) {
            if let Some(queue) = this.project().queue.take() {
                queue.lose();
            }
        }
    }
}

impl<F> Wait<F> {
    fn new(sleep: F, queue: Arc<SharedQueue>, delay: u64) -> Self {
        let queue = Some(queue);
        Self {
            sleep,
            queue,
            delay,
        }
    }
}

impl<F: Future<Output = ()>> Future for Wait<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        ready!(this.sleep.poll(cx));
        if let Some(queue) = this.queue.take() {
            queue.end(*this.delay);
        }
        Poll::Ready(())
    }
}
