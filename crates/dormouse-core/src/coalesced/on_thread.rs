//! A driver without an executor.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::thread::{self, Thread};

/// Drives a future on a thread of its own; drops it if the system gives no thread.
pub(super) fn run(future: impl Future<Output = ()> + Send + 'static) {
    let thread = thread::Builder::new().name("dormouse-coalesced".into());
    // If the system gives no thread, the driver is dropped, and its destructor tells the queue.
    let _ = thread.spawn(|| {
        let mut future = pin!(future);
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut cx = Context::from_waker(&waker);
        while future.as_mut().poll(&mut cx).is_pending() {
            thread::park();
        }
    });
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
