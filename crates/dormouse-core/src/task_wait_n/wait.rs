//! One task of the n.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::shared_queue::SharedQueue;

pin_project! {
    /// One task: a sleep, and the queue that it tells when the sleep has ended. It is kept small,
    /// as a runtime allocates it n times.
    pub(super) struct Wait<F> {
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
    pub(super) fn new(sleep: F, queue: Arc<SharedQueue>, delay: u64) -> Self {
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
