//! The future of a `block_on`.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::adapter::current::is_polled;
use crate::adapter::{called_at, enter, forget_caller};

/// Wraps the future that a runtime drives for `block_on`, and refuses to do so inside a task or
/// another `block_on`, as [`BlockOn`](crate::BlockOn) requires.
///
/// `runtime` is the name of the type, as a user writes it: `"SmolExecutor"`.
///
/// # Panics
///
/// If a runtime is polling the calling code: a thread that runs tasks can't wait for a future.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::root;
///
/// let future = root("MyRuntime", async { 42 });
/// assert_eq!(futures::executor::block_on(future), 42); // or whatever drives futures
/// ```
#[track_caller]
pub fn root<F: Future>(runtime: &'static str, future: F) -> Root<F> {
    refuse_to_block(runtime);
    // From here on, the caller may drive other tasks, which make calls of their own.
    forget_caller();
    Root { future, runtime }
}

/// Panics if a runtime is polling the calling code.
///
/// # Panics
///
/// If a runtime is polling the calling code.
#[track_caller]
pub fn refuse_to_block(runtime: &str) {
    if is_polled() {
        let place = called_at();
        panic!(
            "`{runtime}::block_on` inside of a task or of another `block_on`{place}: a thread that \
             runs tasks can't wait for a future. Await the future there, or block in a closure of \
             `spawn_blocking`"
        );
    }
}

pin_project! {
    /// The future of [`root`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Root<F> {
        #[pin]
        future: F,
        runtime: &'static str,
    }
}

impl<F: Future> Future for Root<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _current = enter(this.runtime, cx.waker());
        this.future.poll(cx)
    }
}
