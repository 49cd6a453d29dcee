//! Panics kept inside of a task, for runtimes that end the process for one.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::JoinError;
use crate::adapter::burst::{Defused, clear_burst, keep_burst};
use crate::adapter::current::enter;
use crate::adapter::quiet::drop_quietly;
use crate::adapter::starting::Starting;

pin_project! {
    /// A future whose panics, and those of its destructor and of its output's, stay in its task.
    ///
    /// The task's value is an [`Outcome`]. Where the runtime ends the process for the panic of a
    /// destructor, as async-task does, the cancellation of the task goes through
    /// [`Settling`](crate::adapter::Settling); where it catches that panic, see
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
            if !R::CATCHES {
                clear_burst();
            }
            let mut future = this.project().future;
            if future.is_none() {
                return;
            }
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| future.set(None))) {
                if R::CATCHES {
                    Defused::resume(payload);
                }
                keep_burst(payload);
                Starting::wait();
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
    /// Contains the panics of `future`, a task of a runtime that has a name.
    pub fn on(future: F) -> Self {
        Self {
            future: Some(future),
            runtime: PhantomData,
        }
    }
}

/// A type of runtime, as [`Contained`] has to know it.
pub trait Named {
    /// The name of the type, as [`current_runtime`](crate::adapter::current_runtime) tells it.
    const NAME: &'static str;

    /// Whether the runtime catches the panic of the destructor of a cancelled future, and gives it
    /// to the task's handle, as tokio does. Then it finds a [`Defused`] payload there.
    const CATCHES: bool = false;
}

/// A runtime that can't be told.
impl Named for () {
    const NAME: &'static str = "";
}

impl<F: Future, R: Named> Future for Contained<F, R> {
    type Output = Outcome<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome<F::Output>> {
        if !R::CATCHES {
            clear_burst();
        }
        poll_to_end(R::NAME, self.project().future, cx).map(|result| Outcome(Some(result)))
    }
}

impl<F: Future, R: Named> fmt::Debug for Contained<F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contained")
            .field("ended", &self.future.is_none())
            .finish()
    }
}

/// What a [`Contained`] future has come to. Dropped unread, it does not panic.
pub struct Outcome<T>(Option<Result<T, JoinError>>);

impl<T> Outcome<T> {
    /// The value.
    ///
    /// # Errors
    ///
    /// The panic, if there was one.
    pub fn into_result(mut self) -> Result<T, JoinError> {
        // Taken here alone, and this consumes it.
        self.0.take().unwrap_or_else(|| Err(JoinError::cancelled()))
    }
}

impl<T> Drop for Outcome<T> {
    fn drop(&mut self) {
        if self.0.is_some() {
            drop_quietly(self.0.take());
        }
    }
}

impl<T> fmt::Debug for Outcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome").finish_non_exhaustive()
    }
}

/// Polls a task's future as its runtime's; at its end, drops it, and gives the result.
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
    match JoinError::catch(|| running.poll(cx)) {
        Poll::Pending => Poll::Pending,
        Poll::Ready(result) => Poll::Ready(drop_future(future, result)),
    }
}

/// Drops a future, whose result this was; its destructor may panic, and the first panic counts.
pub(super) fn drop_future<F: Future>(
    mut future: Pin<&mut Option<F>>,
    result: Result<F::Output, JoinError>,
) -> Result<F::Output, JoinError> {
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
