//! The handle of a local task, with faults in how it is polled, asked, aborted and dropped.

use std::cell::Cell;
use std::future::{Future, pending};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

use dormouse_core::{JoinError, Task};
use dormouse_smol::{SmolLocal, SmolLocalTask};

use crate::bad_local::Fault;

pub(crate) struct BadLocalTask<T: 'static> {
    pub(crate) task: Option<SmolLocalTask<T>>,
    pub(crate) owner: Weak<SmolLocal>,
    pub(crate) touched: Rc<Cell<bool>>,
    pub(crate) first: Option<Waker>,
    pub(crate) aborted: bool,
    pub(crate) polled: bool,
    pub(crate) asked: bool,
    pub(crate) panicked: bool,
    pub(crate) fault: Fault,
}

impl<T> Unpin for BadLocalTask<T> {}

impl<T: 'static> Future for BadLocalTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.touched.set(true);
        self.polled = true;
        let (fault, aborted) = (self.fault, self.aborted);
        if fault == Fault::PendingAfterAPanic && self.panicked {
            return Poll::Pending;
        }
        let waker = match fault {
            Fault::DeafToANewWaker => self.first.get_or_insert_with(|| cx.waker().clone()).clone(),
            _ => cx.waker().clone(),
        };
        let cx = &mut Context::from_waker(&waker);
        if fault == Fault::ResolvesBeforeTheDrop && aborted {
            return Poll::Ready(Err(JoinError::cancelled()));
        }
        let Some(task) = &mut self.task else {
            return Poll::Ready(Err(JoinError::cancelled()));
        };
        let mut poll = Pin::new(&mut *task).poll(cx);
        while fault == Fault::TakesNoTurns && poll.is_pending() && task.is_finished() {
            poll = Pin::new(&mut *task).poll(cx);
        }
        if poll.is_ready() && fault == Fault::CancelledWhenPolledAgain {
            self.task = None;
        }
        self.panicked = matches!(&poll, Poll::Ready(Err(error)) if error.is_panic());
        match poll {
            Poll::Ready(Err(_)) if fault == Fault::LosesPanics => {
                Poll::Ready(Err(JoinError::cancelled()))
            }
            Poll::Ready(Err(error))
                if fault == Fault::HangsWhenGone && error.is_cancelled() && !aborted =>
            {
                Pin::new(&mut pending()).poll(cx)
            }
            poll => poll,
        }
    }
}

impl<T: 'static> Task for BadLocalTask<T> {
    type Value = T;

    fn abort(&mut self) {
        let gone = self.owner.strong_count() == 0;
        let refuses = gone && self.fault == Fault::RefusesAbortsInItsDrop;
        assert!(!refuses, "already borrowed");
        self.aborted = true;
        match &mut self.task {
            // The future is not dropped.
            Some(_) if self.fault == Fault::ResolvesBeforeTheDrop => {}
            Some(task) => task.abort(),
            None => {}
        }
    }

    fn is_finished(&mut self) -> bool {
        self.asked = true;
        if self.fault == Fault::LosesTheWakerWhenAsked {
            if let Some(task) = self.task.as_mut().filter(|_| self.polled) {
                if !task.is_finished() {
                    let _ = Pin::new(task).poll(&mut Context::from_waker(Waker::noop()));
                }
            }
        }
        let gone = self.fault == Fault::HangsWhenGone && self.owner.strong_count() == 0;
        match &mut self.task {
            Some(task) => task.is_finished() && !gone,
            None => true,
        }
    }
}

impl<T: 'static> Drop for BadLocalTask<T> {
    fn drop(&mut self) {
        match self.fault {
            Fault::CancelsOnDrop => self.abort(),
            Fault::CancelsOnDropOncePolled if self.polled => self.abort(),
            Fault::LeaksOnceAsked if self.asked && !self.polled => {
                std::mem::forget(self.task.take());
            }
            _ => {}
        }
    }
}
