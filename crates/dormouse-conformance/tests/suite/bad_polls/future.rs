//! The future of a task, with faults in how it is polled, woken and dropped.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use crate::bad_polls::{Fault, IN_LOCK, IN_TASK, waits_for_its_lock};

/// What a task and its handle share.
pub(crate) struct State {
    pub(crate) fault: Fault,
    /// How often it was aborted.
    pub(crate) aborts: AtomicUsize,
    /// Whether its future has given a value.
    pub(crate) ready: AtomicBool,
    pub(crate) handle_is_dropped: AtomicBool,
    /// The runtime runs no task any more.
    pub(crate) dead: Arc<AtomicBool>,
    pub(crate) waker: Mutex<Option<Waker>>,
    /// By itself.
    woken: AtomicBool,
    future_is_dropped: AtomicBool,
    polled_by: Mutex<Option<ThreadId>>,
    polls: AtomicUsize,
    wakes: AtomicUsize,
    is_cancelled: AtomicBool,
    is_dropping: AtomicBool,
    /// The handle was dropped while the task was polled.
    pub(crate) leaks: AtomicBool,
}

impl State {
    pub(crate) fn new(fault: Fault, dead: &Arc<AtomicBool>) -> Self {
        Self {
            fault,
            aborts: AtomicUsize::new(0),
            ready: AtomicBool::new(false),
            handle_is_dropped: AtomicBool::new(false),
            dead: Arc::clone(dead),
            waker: Mutex::new(None),
            woken: AtomicBool::new(false),
            future_is_dropped: AtomicBool::new(false),
            polled_by: Mutex::new(None),
            polls: AtomicUsize::new(0),
            wakes: AtomicUsize::new(0),
            is_cancelled: AtomicBool::new(false),
            is_dropping: AtomicBool::new(false),
            leaks: AtomicBool::new(false),
        }
    }

    /// Whether another thread polls the task just now.
    pub(crate) fn is_polled_elsewhere(&self) -> bool {
        let polled_by = *self.polled_by.lock().unwrap();
        polled_by.is_some_and(|thread| thread != thread::current().id())
    }

    /// Whether this thread does.
    pub(crate) fn is_polled_here(&self) -> bool {
        *self.polled_by.lock().unwrap() == Some(thread::current().id())
    }

    /// Whether it has been woken since its latest poll began.
    pub(crate) fn is_woken(&self) -> bool {
        self.woken.load(SeqCst)
    }

    /// Ends it as an abort does.
    pub(crate) fn cancel(&self) {
        self.is_cancelled.store(true, SeqCst);
        let waker = self.waker.lock().unwrap().take();
        waker.into_iter().for_each(Waker::wake);
    }

    /// The handle is polled or asked.
    pub(crate) fn is_asked(&self) {
        if self.fault == Fault::WakesInItsLock {
            waits_for_its_lock(self.fault);
        }
    }
}

/// The future of a task: `None` if it was aborted by the fault.
pub(crate) struct Running<F> {
    future: Option<Pin<Box<F>>>,
    state: Arc<State>,
}

impl<F> Running<F> {
    pub(crate) fn new(future: F, state: &Arc<State>) -> Self {
        Self {
            future: Some(Box::pin(future)),
            state: Arc::clone(state),
        }
    }
}

impl<F: Future + Send + 'static> Future for Running<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let state = Arc::clone(&self.state);
        if state.dead.load(SeqCst) {
            return Poll::Pending;
        }
        match state.fault {
            Fault::AbortsByPlace => *state.waker.lock().unwrap() = Some(cx.waker().clone()),
            Fault::AbortLostOnceWoken => state.woken.store(false, SeqCst),
            _ => {}
        }
        if state.is_cancelled.load(SeqCst) {
            drop(self.future.take());
            return Poll::Ready(None);
        }
        if state.fault == Fault::AbortToggles {
            *state.waker.lock().unwrap() = Some(cx.waker().clone());
            if state.aborts.load(SeqCst) > 0 {
                // Whoever aborts it twice has the time to do so.
                thread::sleep(Duration::from_millis(2));
            }
            if state.aborts.load(SeqCst) % 2 == 1 {
                drop(self.future.take());
                return Poll::Ready(None);
            }
        }
        let waker = Waker::from(Arc::new(BadWaker {
            waker: cx.waker().clone(),
            state: Arc::clone(&state),
            poll: state.polls.fetch_add(1, SeqCst) + 1,
        }));
        let future = self.future.as_mut().expect("polled until its end");
        *state.polled_by.lock().unwrap() = Some(thread::current().id());
        IN_TASK.set(true);
        let poll_while_woken = || {
            loop {
                let again = state.fault == Fault::PollsAgainAtOnce;
                let poll = future.as_mut().poll(&mut Context::from_waker(&waker));
                if poll.is_ready() || !(again && state.woken.swap(false, SeqCst)) {
                    return poll;
                }
            }
        };
        let result = catch_unwind(AssertUnwindSafe(poll_while_woken));
        IN_TASK.set(false);
        *state.polled_by.lock().unwrap() = None;
        match result {
            Ok(poll) => {
                state.ready.store(poll.is_ready(), SeqCst);
                if poll.is_ready() && state.leaks.load(SeqCst) {
                    std::mem::forget(poll);
                    return Poll::Ready(None);
                }
                poll.map(Some)
            }
            Err(payload) => {
                let aborted = state.aborts.load(SeqCst) > 0;
                if state.fault == Fault::SecondPanicWhenAborted && aborted {
                    drop(self.future.take());
                }
                if state.fault == Fault::DropsLateAfterAPanic {
                    let future = self.future.take();
                    thread::spawn(move || drop(future));
                }
                resume_unwind(payload)
            }
        }
    }
}

impl<F> Drop for Running<F> {
    fn drop(&mut self) {
        let (state, future) = (&self.state, self.future.take());
        IN_LOCK.set(state.fault == Fault::DropsInItsLock);
        state.is_dropping.store(true, SeqCst);
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(future)));
        IN_LOCK.set(false);
        state.future_is_dropped.store(true, SeqCst);
        let Err(payload) = dropped else { return };
        let is_forgotten = state.handle_is_dropped.load(SeqCst);
        if state.fault == Fault::DiesOfForgottenDestructors && is_forgotten {
            state.dead.store(true, SeqCst);
        }
        resume_unwind(payload);
    }
}

/// What a task is polled with.
struct BadWaker {
    waker: Waker,
    state: Arc<State>,
    poll: usize,
}

impl Wake for BadWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let state = &self.state;
        // The cases call from threads without a name. Those of the runtime and of the cases have
        // one, and their wake-ups are not lost, as they may be during a poll in any case.
        let is_foreign = thread::current().name().is_none();
        match state.fault {
            Fault::WakeLostDuringAPoll if is_foreign && state.is_polled_elsewhere() => {}
            Fault::WakesByTheLatestAlone if self.poll != state.polls.load(SeqCst) => {}
            Fault::WakeLostInAThousand if state.wakes.fetch_add(1, SeqCst) % 1_000 == 999 => {}
            Fault::DiesOfWakesAtTheEnd if state.is_dropping.load(SeqCst) => {
                state.dead.store(true, SeqCst);
            }
            Fault::AbortLostOnceWoken => {
                state.woken.store(true, SeqCst);
                self.waker.wake_by_ref();
            }
            Fault::DiesOfLateWakes if state.future_is_dropped.load(SeqCst) => {
                state.dead.store(true, SeqCst);
            }
            Fault::PollsAgainAtOnce if !is_foreign && !state.is_polled_elsewhere() => {
                state.woken.store(true, SeqCst);
                self.waker.wake_by_ref();
            }
            _ => self.waker.wake_by_ref(),
        }
    }
}
