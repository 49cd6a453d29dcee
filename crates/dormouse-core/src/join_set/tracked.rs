//! The future of a task of a set.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::join_set::ready::{Enqueue, EnqueueOnDrop};

pin_project! {
    /// A future that queues the key of its task when it has been dropped: at its end, by an abort,
    /// or with its runtime.
    pub(super) struct Tracked<F, E: Enqueue> {
        // Fields are dropped in this order: the key is queued after the future has been dropped.
        #[pin]
        future: F,
        on_drop: EnqueueOnDrop<E>,
    }
}

impl<F, E: Enqueue> Tracked<F, E> {
    pub(super) fn new(future: F, waker: Arc<E>) -> Self {
        let on_drop = EnqueueOnDrop(waker);
        Self { future, on_drop }
    }
}

impl<F: Future, E: Enqueue> Future for Tracked<F, E> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(cx)
    }
}
