//! The future of a `block_on`.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::adapter::current::{current_runtime, enter_destructor};
use crate::adapter::{called_at, drop_quietly, enter, forget_caller};

/// Wraps the future that a runtime drives for `block_on`, and refuses to do so inside a task or
/// another `block_on`, as [`BlockOn`](crate::BlockOn) requires.
///
/// `runtime` is the name of the type, as a user writes it: `"SmolExecutor"`.
///
/// Once the future has ended, it is dropped there, where its destructor can't block either. If it panics,
/// a panic of its destructor is discarded: one while another unwinds would end the process.
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
    Root {
        future: Some(future),
        runtime,
    }
}

/// Polls a future of a `block_on`, and drops it when it ends or panics, as [`root`] does.
///
/// # Panics
///
/// If the future panics, or has ended before.
pub fn poll_or_drop<F: Future>(
    mut future: Pin<&mut Option<F>>,
    cx: &mut Context<'_>,
) -> Poll<F::Output> {
    let Some(running) = future.as_mut().as_pin_mut() else {
        panic!("the future of a `block_on` was polled after its end");
    };
    let poll = catch_unwind(AssertUnwindSafe(|| running.poll(cx)));
    if let Ok(Poll::Pending) = poll {
        return Poll::Pending;
    }
    let _current = enter_destructor("");
    let dropped = catch_unwind(AssertUnwindSafe(|| future.set(None)));
    match (poll, dropped) {
        (Ok(output), Ok(())) => output,
        (Ok(output), Err(payload)) => {
            drop_quietly(output);
            resume_unwind(payload)
        }
        (Err(payload), dropped) => {
            drop_quietly(dropped);
            resume_unwind(payload)
        }
    }
}

/// Panics if a runtime is polling the calling code.
///
/// # Panics
///
/// If a runtime is polling the calling code.
#[track_caller]
pub fn refuse_to_block(runtime: &str) {
    if current_runtime().is_some() {
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
        // `None` once it has ended.
        #[pin]
        future: Option<F>,
        runtime: &'static str,
    }
}

impl<F: Future> Future for Root<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _current = enter(this.runtime, cx.waker());
        poll_or_drop(this.future, cx)
    }
}
