//! The future of a task of a set.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::join_set::ready::RingOnDrop;

pin_project! {
    /// A future that rings its bell when it has been dropped: at its end, by an abort, or with its
    /// runtime.
    pub(super) struct Ringing<F> {
        // Fields are dropped in this order: the bell rings after the future has been dropped.
        #[pin]
        future: F,
        bell: RingOnDrop,
    }
}

impl<F> Ringing<F> {
    pub(super) fn new(future: F, bell: RingOnDrop) -> Self {
        Self { future, bell }
    }
}

impl<F: Future> Future for Ringing<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(cx)
    }
}
