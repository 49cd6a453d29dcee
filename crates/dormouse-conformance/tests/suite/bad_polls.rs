//! Runtimes with one fault each in what happens to a task during its polls and its drop, on top of
//! a right one.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::adapter::YieldNow;
use dormouse_core::{Sleeper, Spawner};
use dormouse_tokio::{TokioHandle, TokioRuntime, TokioSleep};

use crate::bad_polls::future::{Running, State};
use crate::bad_polls::handle::BadTask;
use crate::caught::Owner;

mod future;
mod handle;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    AbortLostDuringAPoll,
    ResolvesDuringAPoll,
    AbortLostInTasks,
    AbortToggles,
    WakeLostDuringAPoll,
    DiesOfLateWakes,
    DeafToAThirdWaker,
    FinishedBeforeTheDrop,
    DiesOfForgottenDestructors,
    DiesOfWakersAfterErrors,
    SecondPanicWhenAborted,
    CancelledWhenAbortedAgain,
    DropsInItsLock,
    PollsAgainAtOnce,
    YieldsEverySecondTime,
    NoEndOfAYieldInBlockOn,
    OwnAbortLost,
    DropsLateAfterAPanic,
    PendingOnceAfterAPanic,
    WakeLostInAThousand,
    WakesByTheLatestAlone,
    WakesInItsLock,
    PollsInTheSpawn,
    WakesInTheLockOfSpawns,
    DeafToAFormerWaker,
    RegistersLate,
    AbortsByPlace,
    AbortLostOnceWoken,
    DiesOfWakesAtTheEnd,
    LocksHandlesDuringAPoll,
    LeaksIfDroppedDuringAPoll,
    CancelsIfDroppedDuringAPoll,
}

#[derive(Clone)]
pub(crate) struct BadPolls {
    runtime: TokioHandle,
    fault: Fault,
    dead: Arc<AtomicBool>,
    yields: Arc<AtomicUsize>,
    /// The task that was spawned last.
    latest: Arc<Mutex<Weak<State>>>,
}

thread_local! {
    /// Whether this thread polls a task.
    static IN_TASK: Cell<bool> = const { Cell::new(false) };
    /// Whether this thread holds the lock of the runtime, in which it drops futures, or wakes.
    static IN_LOCK: Cell<bool> = const { Cell::new(false) };
}

impl BadPolls {
    pub(crate) fn new(fault: Fault) -> Owner<Self> {
        let owner = Arc::new(TokioRuntime::multi_thread(2));
        let handle = Self {
            runtime: owner.handle(),
            fault,
            dead: Arc::default(),
            yields: Arc::default(),
            latest: Arc::default(),
        };
        Owner { owner, handle }
    }
}

impl Sleeper for BadPolls {
    type Sleep = TokioSleep;

    fn now(&self) -> Instant {
        self.runtime.now()
    }

    fn sleep_until(&self, deadline: Instant) -> TokioSleep {
        self.runtime.sleep_until(deadline)
    }
}

impl Spawner for BadPolls {
    type Task<T: Send + 'static> = BadTask<T>;

    fn spawn<F>(&self, future: F) -> BadTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        waits_for_its_lock(self.fault);
        let state = Arc::new(State::new(self.fault, &self.dead));
        *self.latest.lock().unwrap() = Arc::downgrade(&state);
        let mut future = Box::pin(future);
        let mut first = (self.fault == Fault::PollsInTheSpawn).then(|| {
            let cx = &mut Context::from_waker(Waker::noop());
            catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)))
        });
        let future = poll_fn(move |cx| match first.take() {
            Some(Ok(Poll::Ready(output))) => Poll::Ready(output),
            Some(Err(payload)) => resume_unwind(payload),
            _ => future.as_mut().poll(cx),
        });
        let task = self.runtime.spawn(Running::new(future, &state));
        BadTask::new(task, state, self.latest.clone())
    }

    fn yield_now(&self) -> impl Future<Output = ()> + Send + 'static {
        let (fault, mut yielding) = (self.fault, YieldNow::default());
        let second = self.yields.fetch_add(1, SeqCst) % 2 == 1;
        poll_fn(move |cx| match fault {
            Fault::YieldsEverySecondTime if second => Poll::Ready(()),
            Fault::NoEndOfAYieldInBlockOn if !IN_TASK.get() => Poll::Pending,
            _ => Pin::new(&mut yielding).poll(cx),
        })
    }
}

/// Never returns in the destructor of a future that is dropped, or in a waker that is woken, while
/// the runtime holds its lock.
fn waits_for_its_lock(fault: Fault) {
    let locks = [
        Fault::DropsInItsLock,
        Fault::WakesInItsLock,
        Fault::WakesInTheLockOfSpawns,
    ];
    if locks.contains(&fault) && IN_LOCK.get() {
        thread::sleep(Duration::MAX);
    }
}
