//! The handle of a task, with faults in how it is aborted, asked and polled.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{JoinError, Task};
use dormouse_tokio::TokioTask;

use crate::bad_polls::future::State;
use crate::bad_polls::{Fault, IN_LOCK, IN_TASK, waits_for_its_lock};

pub(crate) struct BadTask<T: Send + 'static> {
    task: TokioTask<Option<T>>,
    state: Arc<State>,
    /// Set by the faults that resolve without the task.
    is_cancelled: bool,
    is_taken: bool,
    wakers: Vec<Waker>,
    /// Whether it has said that it is finished.
    is_told: bool,
    late: Option<JoinError>,
    latest: Arc<Mutex<Weak<State>>>,
    missed: Option<Result<T, JoinError>>,
}

impl<T: Send + 'static> BadTask<T> {
    pub(crate) fn new(
        task: TokioTask<Option<T>>,
        state: Arc<State>,
        latest: Arc<Mutex<Weak<State>>>,
    ) -> Self {
        Self {
            task,
            state,
            is_cancelled: false,
            is_taken: false,
            wakers: Vec::new(),
            is_told: false,
            late: None,
            latest,
            missed: None,
        }
    }

    fn waker(&mut self, cx: &Context<'_>) -> Waker {
        let waker = cx.waker().clone();
        match self.state.fault {
            Fault::DeafToAThirdWaker => {
                let is_known = self.wakers.iter().any(|known| known.will_wake(&waker));
                if !is_known && self.wakers.len() < 2 {
                    self.wakers.push(waker);
                }
                self.wakers[self.wakers.len() - 1].clone()
            }
            Fault::DiesOfWakersAfterErrors => {
                let state = Arc::clone(&self.state);
                Waker::from(Arc::new(Mortal { waker, state }))
            }
            Fault::DeafToAFormerWaker => {
                let first = self.wakers.first();
                if !first.is_some_and(|first| first.will_wake(&waker)) {
                    self.wakers.push(waker);
                }
                self.wakers[self.wakers.len() - 1].clone()
            }
            Fault::WakesInItsLock | Fault::WakesInTheLockOfSpawns => {
                Waker::from(Arc::new(Locked(waker)))
            }
            _ => waker,
        }
    }
}

impl<T: Send> Unpin for BadTask<T> {}

impl<T: Send + 'static> Future for BadTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if std::mem::take(&mut self.is_cancelled) {
            return Poll::Ready(Err(JoinError::cancelled()));
        }
        self.state.is_asked();
        if let Some(error) = self.late.take() {
            return Poll::Ready(Err(error));
        }
        if let Some(missed) = self.missed.take() {
            return Poll::Ready(missed);
        }
        if self.state.fault == Fault::RegistersLate && !self.task.is_finished() {
            let looked = Instant::now();
            while looked.elapsed() < Duration::from_micros(5) {}
            // What has come meanwhile wakes nobody.
            if let Poll::Ready(missed) = Pin::new(&mut self.task).poll(cx) {
                let result = missed.and_then(|value| value.ok_or_else(JoinError::cancelled));
                self.missed = Some(result);
            }
            return Poll::Pending;
        }
        let waker = self.waker(cx);
        let poll = Pin::new(&mut self.task).poll(&mut Context::from_waker(&waker));
        self.is_taken |= poll.is_ready();
        let is_late = self.state.fault == Fault::PendingOnceAfterAPanic && self.is_told;
        let poll = match poll {
            Poll::Ready(Err(error)) if is_late && error.is_panic() => {
                self.late = Some(error);
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            poll => poll,
        };
        poll.map(|result| result?.ok_or_else(JoinError::cancelled))
    }
}

impl<T: Send + 'static> Task for BadTask<T> {
    type Value = T;

    fn abort(&mut self) {
        let state = &self.state;
        waits_for_its_lock(state.fault);
        state.aborts.fetch_add(1, SeqCst);
        match state.fault {
            Fault::AbortLostDuringAPoll if state.is_polled_elsewhere() => return,
            Fault::AbortLostInTasks if IN_TASK.get() => return,
            Fault::OwnAbortLost if state.is_polled_here() => return,
            Fault::AbortLostOnceWoken if state.is_woken() => return,
            Fault::AbortsByPlace if self.task.is_finished() => {
                let in_its_place = self.latest.lock().unwrap().upgrade();
                in_its_place.iter().for_each(|state| state.cancel());
            }
            Fault::AbortToggles => {
                let waker = state.waker.lock().unwrap().clone();
                waker.iter().for_each(Waker::wake_by_ref);
                return;
            }
            Fault::ResolvesDuringAPoll => self.is_cancelled = state.is_polled_elsewhere(),
            Fault::CancelledWhenAbortedAgain => self.is_cancelled = self.is_taken,
            _ => {}
        }
        self.task.abort();
    }

    fn is_finished(&mut self) -> bool {
        let early = self.state.fault == Fault::FinishedBeforeTheDrop;
        self.state.is_asked();
        let is_finished =
            self.is_cancelled || early && self.state.ready.load(SeqCst) || self.task.is_finished();
        self.is_told |= is_finished;
        is_finished
    }
}

impl<T: Send + 'static> Drop for BadTask<T> {
    fn drop(&mut self) {
        self.state.handle_is_dropped.store(true, SeqCst);
        match self.state.fault {
            Fault::LocksHandlesDuringAPoll => {
                while self.state.is_polled_elsewhere() {
                    thread::sleep(Duration::from_millis(1));
                }
            }
            Fault::LeaksIfDroppedDuringAPoll if self.state.is_polled_elsewhere() => {
                self.state.leaks.store(true, SeqCst);
            }
            Fault::CancelsIfDroppedDuringAPoll if self.state.is_polled_elsewhere() => {
                self.task.abort();
            }
            _ => {}
        }
    }
}

/// A waker of a runtime that is dead once one has panicked at the end of a task without a value.
struct Mortal {
    waker: Waker,
    state: Arc<State>,
}

impl Wake for Mortal {
    fn wake(self: Arc<Self>) {
        let woken = catch_unwind(AssertUnwindSafe(|| self.waker.wake_by_ref()));
        if woken.is_err() && !self.state.ready.load(SeqCst) {
            self.state.dead.store(true, SeqCst);
        }
    }
}

/// A waker that is woken while the runtime holds its lock.
struct Locked(Waker);

impl Wake for Locked {
    fn wake(self: Arc<Self>) {
        IN_LOCK.set(true);
        let woken = catch_unwind(AssertUnwindSafe(|| self.0.wake_by_ref()));
        IN_LOCK.set(false);
        if let Err(payload) = woken {
            resume_unwind(payload);
        }
    }
}
