//! One task of the n.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::gate::Gate;

pin_project! {
    /// One task: a sleep, and the gate that it opens when it has ended. No larger than it must
    /// be: a runtime allocates it n times.
    pub(super) struct Wait<F> {
        #[pin]
        pub(super) sleep: F,
        // `None` once the wait has ended.
        pub(super) gate: Option<Arc<Gate>>,
        pub(super) delay: u64,
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
