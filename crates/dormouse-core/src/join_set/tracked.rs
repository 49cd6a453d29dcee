//! The future of a task of a set.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::join_set::ready::EnqueueOnDrop;

pin_project! {
    /// A future that queues the key of its task when it has been dropped: at its end, by an abort,
    /// or with its runtime.
    pub(super) struct Tracked<F> {
        // Fields are dropped in this order: the key is queued after the future has been dropped.
        #[pin]
        future: F,
        on_drop: EnqueueOnDrop,
    }
}

impl<F> Tracked<F> {
    pub(super) fn new(future: F, on_drop: EnqueueOnDrop) -> Self {
        Self { future, on_drop }
    }
}

impl<F: Future> Future for Tracked<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(cx)
    }
}
