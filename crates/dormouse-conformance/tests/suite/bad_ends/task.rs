//! The handle of a task whose runtime ends, with the fault of that.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Poll};

use dormouse_core::{JoinError, Task};
use dormouse_tokio::TokioTask;

use crate::bad_ends::{BadEndHandle, Fault};

pub(crate) struct BadEndTask<T: Send + 'static> {
    pub(super) task: TokioTask<T>,
    /// Never resolves.
    pub(super) lost: Arc<AtomicBool>,
    pub(super) is_taken: bool,
    pub(super) handle: BadEndHandle,
}

impl<T: Send> Unpin for BadEndTask<T> {}

impl<T: Send + 'static> Future for BadEndTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.lost.load(SeqCst) {
            return Poll::Pending;
        }
        let again = self.handle.fault == Fault::CancelledWhenPolledAgain;
        if again && self.is_taken && self.handle.end.has_begun() {
            return Poll::Ready(Err(JoinError::cancelled()));
        }
        let waker = self.handle.waker(cx);
        let cx = &mut match self.handle.fault {
            Fault::WakesNobody | Fault::PanicsOfWakers => Context::from_waker(&waker),
            _ => Context::from_waker(cx.waker()),
        };
        let poll = Pin::new(&mut self.task).poll(cx);
        self.is_taken |= poll.is_ready();
        let loses = self.handle.fault == Fault::LosesValues && self.handle.end.has_begun();
        match poll {
            Poll::Ready(Ok(_)) if loses => Poll::Ready(Err(JoinError::cancelled())),
            poll => poll,
        }
    }
}

impl<T: Send + 'static> Task for BadEndTask<T> {
    type Value = T;

    fn abort(&mut self) {
        let panics = self.handle.fault == Fault::PanicsOnAnAbort && self.handle.end.has_begun();
        assert!(!panics, "there is no runtime to abort it");
        self.task.abort();
    }

    fn is_finished(&mut self) -> bool {
        let goes = self.handle.fault == Fault::FinishedOnceItGoes && self.handle.end.has_begun();
        goes || (!self.lost.load(SeqCst) && self.task.is_finished())
    }
}
