//! The handle of a task, with faults in how it is polled, asked, aborted and dropped.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{JoinError, Task};
use dormouse_tokio::TokioTask;

use crate::bad_tasks::Fault;
use crate::bad_tasks::future::{Mortal, Output};

pub(crate) struct BadTask<T: Send + 'static> {
    // `None` once detached.
    pub(crate) task: Option<TokioTask<Output<T>>>,
    pub(crate) stash: Option<Result<T, JoinError>>,
    pub(crate) fault: Fault,
    pub(crate) touched: Arc<AtomicBool>,
    pub(crate) dead: Arc<AtomicBool>,
    pub(crate) aborted: bool,
    pub(crate) taken: bool,
    pub(crate) first: Option<Waker>,
    pub(crate) mute: Arc<AtomicBool>,
    pub(crate) thread: thread::ThreadId,
}

impl<T: Send + 'static> BadTask<T> {
    fn touch(&mut self) -> &mut TokioTask<Output<T>> {
        self.touched.store(true, SeqCst);
        self.task.as_mut().expect("detached by consuming it")
    }

    fn poll_task(&mut self, waker: &Waker) -> Poll<Result<T, JoinError>> {
        if let Some(result) = self.stash.take() {
            return Poll::Ready(result);
        }
        let poll = Pin::new(self.touch()).poll(&mut Context::from_waker(waker));
        poll.map_ok(|mut output| output.value.take().expect("put there by the task"))
    }

    fn waker(&mut self, cx: &Context<'_>) -> Waker {
        let waker = cx.waker().clone();
        let (mute, dead) = (self.mute.clone(), self.dead.clone());
        match self.fault {
            Fault::DeafToANewWaker => self.first.get_or_insert(waker).clone(),
            Fault::AbortWakesNobody => {
                let dead = Arc::default();
                Arc::new(Mute { waker, mute, dead }).into()
            }
            Fault::DiesOfWakers => Arc::new(Mute { waker, mute, dead }).into(),
            _ => waker,
        }
    }
}

impl<T: Send> Unpin for BadTask<T> {}

impl<T: Send + 'static> Future for BadTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let foreign = self.thread != thread::current().id();
        assert!(
            self.fault != Fault::BoundToItsThread || !foreign,
            "polled on a foreign thread"
        );
        let again = self.fault == Fault::CancelledWhenPolledAgain;
        if again && self.stash.is_none() && self.task.is_none() {
            return Poll::Ready(Err(JoinError::cancelled()));
        }
        if self.fault == Fault::HangsWithItsRuntime && self.taken {
            return Poll::Pending;
        }
        if self.fault == Fault::KeepsTheWaker {
            std::mem::forget(cx.waker().clone());
        }
        let waker = self.waker(cx);
        let mut poll = self.poll_task(&waker);
        while self.fault == Fault::TakesNoTurns && poll.is_pending() && self.touch().is_finished() {
            poll = self.poll_task(&waker);
        }
        if poll.is_ready() {
            self.taken = true;
            if again {
                self.task = None;
            }
        }
        if self.fault == Fault::LosesTheValue && matches!(poll, Poll::Ready(Ok(_))) {
            return Poll::Ready(Err(JoinError::cancelled()));
        }
        let Poll::Ready(Err(error)) = poll else {
            return poll;
        };
        let gone = !error.is_panic() && !self.aborted;
        let error = match self.fault {
            Fault::PanicsWithItsRuntime if gone => panic!("the runtime is gone"),
            Fault::HangsWithItsRuntime if gone => return Poll::Pending,
            Fault::LosesPanics => JoinError::cancelled(),
            Fault::LosesPanicsWhenAborted if self.aborted => JoinError::cancelled(),
            Fault::LosesPayloads if error.is_panic() => {
                JoinError::panicked(Box::new("a task panicked"))
            }
            Fault::DiesOfPayloads if error.is_panic() => {
                let payload = error.into_panic();
                JoinError::panicked(match payload.downcast::<Mortal>() {
                    Ok(mut mortal) => mortal.0.take().expect("put there by the task"),
                    Err(payload) => payload,
                })
            }
            Fault::ResumesPanics if error.is_panic() => resume_unwind(error.into_panic()),
            _ => error,
        };
        Poll::Ready(Err(error))
    }
}

impl<T: Send + 'static> Task for BadTask<T> {
    type Value = T;

    fn abort(&mut self) {
        self.aborted = true;
        if self.task.is_none() {
            return;
        }
        let finished = self.touch().is_finished();
        match self.fault {
            Fault::IgnoresAbort => return,
            Fault::AbortWakesNobody | Fault::FinishedOnAbort => self.mute.store(true, SeqCst),
            Fault::LosesTheValueOnAbort if finished => {
                self.stash = Some(Err(JoinError::cancelled()));
            }
            Fault::ResolvesBeforeTheDrop if !finished => {
                self.stash = Some(Err(JoinError::cancelled()));
            }
            _ => {}
        }
        self.touch().abort();
    }

    fn is_finished(&mut self) -> bool {
        if self.task.is_none() {
            return true;
        }
        match self.fault {
            Fault::NeverFinished => false,
            Fault::FinishedOnAbort if self.mute.load(SeqCst) => true,
            Fault::AlwaysFinished => {
                // Gives tasks that are about to finish the time to do so, as they should not be
                // affected.
                let asked = Instant::now();
                while !self.touch().is_finished() && asked.elapsed() < Duration::from_millis(20) {
                    thread::yield_now();
                }
                true
            }
            Fault::LosesTheWakerWhenAsked => {
                if self.stash.is_none() && !self.touch().is_finished() {
                    let _ = self.poll_task(Waker::noop());
                }
                self.stash.is_some() || self.touch().is_finished()
            }
            _ => self.touch().is_finished(),
        }
    }

    fn detach(mut self) {
        if self.fault == Fault::CancelsOnDetach {
            self.abort();
        }
        self.touch();
        self.task = None;
    }
}

impl<T: Send + 'static> Drop for BadTask<T> {
    fn drop(&mut self) {
        self.touched.store(true, SeqCst);
        let Some(task) = &mut self.task else { return };
        match self.fault {
            Fault::CancelsOnDrop => task.abort(),
            Fault::DropsOutputsInTheHandle if task.is_finished() && !self.taken => {
                drop(self.poll_task(Waker::noop()));
            }
            _ => {}
        }
    }
}

/// A waker that is ignored after an abort; if it panics, the runtime is dead.
struct Mute {
    waker: Waker,
    mute: Arc<AtomicBool>,
    dead: Arc<AtomicBool>,
}

impl Wake for Mute {
    fn wake(self: Arc<Self>) {
        let wake_inner = || self.waker.wake_by_ref();
        if !self.mute.load(SeqCst) && catch_unwind(AssertUnwindSafe(wake_inner)).is_err() {
            self.dead.store(true, SeqCst);
        }
    }
}
