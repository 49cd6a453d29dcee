//! A driver without an executor.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::thread::{self, Thread};

/// Drives a future on a thread of its own, if the system gives one; drops it elsewise.
pub(super) fn run(future: impl Future<Output = ()> + Send + 'static) {
    let thread = thread::Builder::new().name("dormouse-coalesced".into());
    // Who is not given a thread has dropped the future, which is told like any other end of it.
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
