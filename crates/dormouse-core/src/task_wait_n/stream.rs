//! The delays of n tasks, one by one.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::stream::FusedStream;

use crate::Spawner;
use crate::allowance::Allowance;
use crate::max_delay::seconds;
use crate::task_wait_n::tasks::Tasks;

/// Stream of the delays of [`task_wait_n`](crate::task_wait_n) in seconds, made by
/// [`TaskWaitN::into_stream`](crate::TaskWaitN::into_stream); dropping it aborts the tasks.
#[derive(Debug)]
#[must_use = "dropping it aborts the tasks"]
pub struct TaskWaitNStream<R: Spawner> {
    pub(super) tasks: Tasks<R>,
    pub(super) given: usize,
    pub(super) n: usize,
    pub(super) allowance: Allowance,
}

impl<R: Spawner> Stream for TaskWaitNStream<R> {
    type Item = f64;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<f64>> {
        let this = self.get_mut();
        if this.given == this.n {
            return Poll::Ready(None);
        }
        let queue = &this.tasks.queue;
        let released = |cx: &mut Context<'_>| queue.poll_released(this.given, cx);
        match ready!(this.allowance.poll(cx, released)) {
            Ok(delay) => {
                this.given += 1;
                Poll::Ready(Some(seconds(delay)))
            }
            Err(_) => ready!(this.tasks.poll_lost(cx)).raise("task_wait_n"),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.n - self.given;
        (left, Some(left))
    }
}

impl<R: Spawner> FusedStream for TaskWaitNStream<R> {
    fn is_terminated(&self) -> bool {
        self.given == self.n
    }
}
