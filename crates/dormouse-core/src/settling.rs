//! What adapters share where a runtime cancels a task by consuming its handle.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use crate::JoinError;

/// A task on its way to its result, for adapters whose runtime cancels a task by consuming its
/// handle.
///
/// smol and async-std do: they give a future in its place, which ends once the task's own future
/// has been dropped. This keeps that future, so that the handle can still be awaited and asked.
///
/// # Examples
///
/// ```
/// use dormouse_core::Settling;
///
/// let mut task = Settling::new(async { Some(42) }); // the value was there before the cancel
/// assert!(task.is_finished());
/// let result = futures::executor::block_on(std::future::poll_fn(|cx| task.poll(cx)));
/// assert_eq!(result.unwrap(), 42);
/// ```
pub struct Settling<T, C: ?Sized = dyn Future<Output = Option<T>> + Send> {
    /// `None` once it has ended.
    cancel: Option<Pin<Box<C>>>,
    result: Option<Result<T, JoinError>>,
    /// Who is to be woken: a look at the task must not forget who awaits it.
    waker: Option<Waker>,
}

impl<T> Settling<T> {
    /// Starts the cancellation: `cancel` gives the task's value if it had one already.
    pub fn new(cancel: impl Future<Output = Option<T>> + Send + 'static) -> Self {
        Self::start(Box::pin(cancel))
    }
}

impl<T> Settling<T, dyn Future<Output = Option<T>>> {
    /// [`new`](Settling::new) for a task that stays on its thread.
    pub fn local(cancel: impl Future<Output = Option<T>> + 'static) -> Self {
        Self::start(Box::pin(cancel))
    }
}

impl<T, C: Future<Output = Option<T>> + ?Sized> Settling<T, C> {
    fn start(cancel: Pin<Box<C>>) -> Self {
        let mut settling = Self {
            cancel: Some(cancel),
            result: None,
            waker: None,
        };
        // An `async fn cancel` cancels when it is first polled.
        settling.is_finished();
        settling
    }

    /// A task whose result is known.
    pub fn settled(result: Result<T, JoinError>) -> Self {
        Self {
            cancel: None,
            result: Some(result),
            waker: None,
        }
    }

    /// Polls for the result of the task.
    ///
    /// # Panics
    ///
    /// If the result has been taken before.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, JoinError>> {
        if self.poll_end(cx).is_pending() {
            self.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(self.result.take().expect("a task was polled after its end"))
    }

    /// Whether the result is there.
    pub fn is_finished(&mut self) -> bool {
        let waker = self.waker.clone().unwrap_or_else(|| Waker::noop().clone());
        self.poll_end(&mut Context::from_waker(&waker)).is_ready()
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(cancel) = &mut self.cancel {
            let result = ready!(JoinError::catch(|| cancel.as_mut().poll(cx)));
            self.result = Some(result.and_then(|value| value.ok_or_else(JoinError::cancelled)));
            self.cancel = None;
        }
        Poll::Ready(())
    }
}

impl<T, C: ?Sized> fmt::Debug for Settling<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ended = self.cancel.is_none();
        f.debug_struct("Settling")
            .field("ended", &ended)
            .finish_non_exhaustive()
    }
}
