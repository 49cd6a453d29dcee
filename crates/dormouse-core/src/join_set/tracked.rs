//! The future of a task of a set.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};

use pin_project_lite::pin_project;

use crate::join_set::ready::EnqueueOnDrop;

pin_project! {
    /// A future that queues the key of its task when it has been dropped: at its end, by an abort,
    /// or with its runtime.
    pub(super) struct Tracked<F, W: Wake> {
        // Fields are dropped in this order: the key is queued after the future has been dropped.
        #[pin]
        future: F,
        on_drop: EnqueueOnDrop<W>,
    }
}

impl<F, W: Wake> Tracked<F, W> {
    pub(super) fn new(future: F, waker: Arc<W>) -> Self {
        let on_drop = EnqueueOnDrop(waker);
        Self { future, on_drop }
    }
}

impl<F: Future, W: Wake> Future for Tracked<F, W> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(cx)
    }
}
