//! Keeps panics inside their task, for runtimes that end the process, or lose a worker, for a panic in
//! a destructor.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::JoinError;
use crate::adapter::current::{enter, enter_destructor};
use crate::adapter::destructor_panic::{Defused, clear_panic, keep_panic};
use crate::adapter::quiet::drop_quietly;
use crate::adapter::starting::Starting;
use crate::adapter::turn::{note_dropped, note_made};

pin_project! {
    /// A future that keeps its panics, and those of its destructor and of its output's, inside its
    /// task.
    ///
    /// The task's value is an [`Outcome`]. If the runtime ends the process when a destructor
    /// panics, as async-task does, the task must be cancelled through
    /// [`Settling`](crate::adapter::Settling); if the runtime catches that panic, see
    /// [`Named::CATCHES`]. No allocation is added.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::adapter::Contained;
    ///
    /// let outcome = futures::executor::block_on(Contained::new(async { panic!("burnt") }));
    /// let result: Result<(), _> = outcome.into_result();
    /// assert!(result.unwrap_err().is_panic());
    /// ```
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Contained<F: Future, R: Named = ()> {
        // `None` once it has ended.
        #[pin]
        future: Option<F>,
        runtime: PhantomData<fn(R)>,
    }

    impl<F: Future, R: Named> PinnedDrop for Contained<F, R> {
        fn drop(this: Pin<&mut Self>) {
            let mut future = this.project().future;
            if future.is_none() {
                return;
            }
            note_dropped();
            let current = enter_destructor(R::NAME);
            let dropped = catch_unwind(AssertUnwindSafe(|| future.set(None)));
            drop(current);
            match dropped {
                Err(payload) if R::CATCHES => Defused::resume(payload),
                Err(payload) => {
                    keep_panic(payload);
                    Starting::wait();
                }
                Ok(()) if R::CATCHES => {}
                // What was dropped with the future may have left one.
                Ok(()) => clear_panic(),
            }
        }
    }
}

impl<F: Future> Contained<F> {
    /// Contains the panics of `future`.
    pub fn new(future: F) -> Self {
        Self::on(future)
    }
}

impl<F: Future, R: Named> Contained<F, R> {
    /// Contains the panics of `future`, a task of the runtime `R`.
    pub fn on(future: F) -> Self {
        note_made();
        Self {
            future: Some(future),
            runtime: PhantomData,
        }
    }
}

/// What [`Contained`] has to know about the type of a runtime.
pub trait Named {
    /// The name of the type, as [`current_runtime`](crate::adapter::current_runtime) gives it.
    const NAME: &'static str;

    /// Whether the runtime catches the panic of the destructor of a cancelled future, and gives it
    /// to the task's handle, as tokio does. If so, the handle gets a [`Defused`] payload.
    const CATCHES: bool = false;
}

/// A runtime without a name.
impl Named for () {
    const NAME: &'static str = "";
}

impl<F: Future, R: Named> Future for Contained<F, R> {
    type Output = Outcome<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome<F::Output>> {
        poll_to_end(R::NAME, self.project().future, cx).map(Outcome::new)
    }
}

impl<F: Future, R: Named> fmt::Debug for Contained<F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contained")
            .field("ended", &self.future.is_none())
            .finish()
    }
}

/// The result of a [`Contained`] future. Dropping it unread never panics.
pub struct Outcome<T>(Option<Result<T, JoinError>>);

impl<T> Outcome<T> {
    pub(super) fn new(result: Result<T, JoinError>) -> Self {
        Self(Some(result))
    }

    /// The output of the future, or its panic.
    ///
    /// # Errors
    ///
    /// The panic, if there was one.
    pub fn into_result(mut self) -> Result<T, JoinError> {
        // The result is taken only here, and this call consumes the outcome.
        self.0.take().unwrap_or_else(|| Err(JoinError::cancelled()))
    }
}

impl<T> Drop for Outcome<T> {
    fn drop(&mut self) {
        let Some(result) = self.0.take() else {
            return;
        };
        let _current = enter_destructor("");
        match result {
            // The task was cancelled while it panicked: the panic passes to its handle.
            Err(error) if error.is_panic() => {
                keep_panic(error.into_panic());
                Starting::wait();
            }
            unread => {
                drop_quietly(unread);
                clear_panic();
            }
        }
    }
}

impl<T> fmt::Debug for Outcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome").finish_non_exhaustive()
    }
}

/// Polls a task's future as `runtime` does; when it has ended, drops it and returns the result.
///
/// # Panics
///
/// If it has ended before.
pub(super) fn poll_to_end<F: Future>(
    runtime: &'static str,
    mut future: Pin<&mut Option<F>>,
    cx: &mut Context<'_>,
) -> Poll<Result<F::Output, JoinError>> {
    let _current = enter(runtime, cx.waker());
    let Some(running) = future.as_mut().as_pin_mut() else {
        panic!("a task's future was polled after its end");
    };
    let result = match catch_unwind(AssertUnwindSafe(|| running.poll(cx))) {
        Ok(poll) => Ok(ready!(poll)),
        Err(payload) => Err(JoinError::panicked(payload)),
    };
    Poll::Ready(drop_future(runtime, future, result))
}

/// Drops a future that gave this result; its destructor may panic, and the first panic counts.
pub(super) fn drop_future<F: Future>(
    runtime: &'static str,
    mut future: Pin<&mut Option<F>>,
    result: Result<F::Output, JoinError>,
) -> Result<F::Output, JoinError> {
    let _current = enter_destructor(runtime);
    match (catch_unwind(AssertUnwindSafe(|| future.set(None))), result) {
        (Err(payload), Err(error)) if error.is_panic() => {
            drop_quietly(payload);
            Err(error)
        }
        (Err(payload), unwanted) => {
            drop_quietly(unwanted);
            Err(JoinError::panicked(payload))
        }
        (Ok(()), result) => result,
    }
}
