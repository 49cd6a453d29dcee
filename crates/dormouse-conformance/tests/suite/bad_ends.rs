//! Runtimes that are broken in how they end, for those who wait for a task or a sleep then.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::adapter::current_runtime;
use dormouse_core::{BlockOn, Sleeper, Spawner};
use dormouse_tokio::{Tokio, TokioHandle, TokioRuntime, TokioSleep};

use crate::bad_ends::task::BadEndTask;

mod task;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    NoneOnOneThread,
    WakesNobody,
    PanicsOfWakers,
    LosesValues,
    PanicsOnAnAbort,
    LosesWhatIsPolled,
    PollsOn,
    HangsOnSpawns,
    LosesSpawns,
    ForgetsSleeps,
    RefusesSleeps,
    HangsInItsOwnTask,
    CancelledWhenPolledAgain,
    RestsWithItsSleeps,
    EndsTasksWithItsBlockOn,
    TurnsItsClockBack,
    DeafToThreadsThatPanic,
    BlocksWakesAtRest,
    FinishedOnceItGoes,
    EndsTheSleepsOfAll,
    SpawnsOnTheCurrentOne,
}

pub(crate) struct BadEnd {
    // `None` only during the drop.
    owner: Option<TokioRuntime>,
    handle: BadEndHandle,
}

#[derive(Clone)]
pub(crate) struct BadEndHandle {
    runtime: TokioHandle,
    fault: Fault,
    end: Arc<End>,
}

#[derive(Default)]
struct End {
    /// How many calls of `block_on` there are.
    driven: AtomicUsize,
    /// How many have returned.
    returned: AtomicUsize,
    begun: AtomicBool,
    over: AtomicBool,
    /// A waker has panicked.
    harmed: AtomicBool,
}

impl End {
    fn has_begun(&self) -> bool {
        self.begun.load(SeqCst)
    }

    /// Nobody drives the runtime, and it is not gone.
    fn is_at_rest(&self) -> bool {
        self.driven.load(SeqCst) == 0 && !self.has_begun()
    }

    /// The owner is being dropped.
    fn is_under_way(&self) -> bool {
        self.has_begun() && !self.over.load(SeqCst)
    }
}

impl BadEnd {
    pub(crate) fn new(fault: Fault) -> Self {
        // On one thread, the tasks are dropped within the drop of the owner.
        let owner = match fault {
            Fault::NoneOnOneThread
            | Fault::PanicsOfWakers
            | Fault::HangsOnSpawns
            | Fault::LosesSpawns => TokioRuntime::current_thread(),
            _ => TokioRuntime::multi_thread(2),
        };
        Self {
            handle: BadEndHandle {
                runtime: owner.handle(),
                fault,
                end: Arc::default(),
            },
            owner: Some(owner),
        }
    }

    pub(crate) fn handle(&self) -> BadEndHandle {
        self.handle.clone()
    }
}

impl BlockOn for BadEnd {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let owner = self.owner.as_ref().expect("taken by its drop alone");
        let driven = &self.handle.end.driven;
        driven.fetch_add(1, SeqCst);
        let output = owner.block_on(future);
        driven.fetch_sub(1, SeqCst);
        self.handle.end.returned.fetch_add(1, SeqCst);
        output
    }
}

impl Drop for BadEnd {
    fn drop(&mut self) {
        let BadEndHandle { fault, end, .. } = &self.handle;
        end.begun.store(true, SeqCst);
        if *fault == Fault::EndsTheSleepsOfAll {
            ONE_HAS_ENDED.store(true, SeqCst);
        }
        if *fault == Fault::HangsInItsOwnTask && current_runtime().is_some() {
            sleep_for_ever();
        }
        drop(self.owner.take());
        end.over.store(true, SeqCst);
        let harmed = *fault == Fault::PanicsOfWakers && end.harmed.load(SeqCst);
        assert!(!harmed, "a waker panicked");
    }
}

/// A runtime with the fault of all sleeps has ended.
static ONE_HAS_ENDED: AtomicBool = AtomicBool::new(false);

fn sleep_for_ever() -> ! {
    loop {
        thread::park();
    }
}

impl BadEndHandle {
    fn waker(&self, cx: &Context<'_>) -> Waker {
        Waker::from(Arc::new(Woken {
            waker: cx.waker().clone(),
            end: self.end.clone(),
            // Those who come later are not affected.
            mute: matches!(self.fault, Fault::WakesNobody | Fault::ForgetsSleeps)
                && !self.end.has_begun(),
            fault: self.fault,
        }))
    }
}

struct Woken {
    waker: Waker,
    end: Arc<End>,
    /// Ignored once the end has begun.
    mute: bool,
    fault: Fault,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        if self.mute && self.end.has_begun() {
            return;
        }
        if self.fault == Fault::DeafToThreadsThatPanic && thread::panicking() {
            return;
        }
        while self.fault == Fault::BlocksWakesAtRest && self.end.is_at_rest() {
            thread::sleep(Duration::from_millis(1));
        }
        if catch_unwind(AssertUnwindSafe(|| self.waker.wake_by_ref())).is_err() {
            self.end.harmed.store(true, SeqCst);
        }
    }
}

impl Sleeper for BadEndHandle {
    type Sleep = BadEndSleep;

    fn now(&self) -> Instant {
        let back = self.fault == Fault::TurnsItsClockBack && self.end.has_begun();
        self.runtime.now() - Duration::from_secs(u64::from(back))
    }

    fn sleep_until(&self, deadline: Instant) -> BadEndSleep {
        let gone = self.end.has_begun();
        assert!(
            !(gone && self.fault == Fault::RefusesSleeps),
            "there is no runtime to sleep on"
        );
        BadEndSleep(Box::pin(self.runtime.sleep_until(deadline)), self.clone())
    }
}

pub(crate) struct BadEndSleep(Pin<Box<TokioSleep>>, BadEndHandle);

impl Future for BadEndSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.1.end.is_at_rest() && self.1.fault == Fault::RestsWithItsSleeps {
            return Poll::Pending;
        }
        if self.1.fault == Fault::EndsTheSleepsOfAll && ONE_HAS_ENDED.load(SeqCst) {
            return Poll::Pending;
        }
        let waker = match self.1.fault {
            Fault::ForgetsSleeps => self.1.waker(cx),
            _ => cx.waker().clone(),
        };
        self.0.as_mut().poll(&mut Context::from_waker(&waker))
    }
}

impl Spawner for BadEndHandle {
    type Task<T: Send + 'static> = BadEndTask<T>;

    fn spawn<F>(&self, future: F) -> BadEndTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        if self.end.is_under_way() && self.fault == Fault::HangsOnSpawns {
            sleep_for_ever();
        }
        let lost = self.end.has_begun() && self.fault == Fault::LosesSpawns;
        let lost = Arc::new(AtomicBool::new(lost));
        let (end, loses) = (self.end.clone(), lost.clone());
        let (fault, returned) = (self.fault, end.returned.load(SeqCst));
        let mut future = Box::pin(future);
        let handle = self.clone();
        let current = self.fault == Fault::SpawnsOnTheCurrentOne && Tokio.can_spawn();
        let future = std::future::poll_fn(move |cx| {
            let waker = match fault {
                Fault::DeafToThreadsThatPanic | Fault::BlocksWakesAtRest => handle.waker(cx),
                _ => cx.waker().clone(),
            };
            let cx = &mut Context::from_waker(&waker);
            let over = end.returned.load(SeqCst) > returned;
            if fault == Fault::EndsTasksWithItsBlockOn && over {
                return Poll::Pending;
            }
            let mut poll = future.as_mut().poll(cx);
            if fault == Fault::LosesWhatIsPolled && end.has_begun() {
                loses.store(true, SeqCst);
            }
            let mut times = 0;
            while fault == Fault::PollsOn && poll.is_pending() && end.has_begun() && times < 200 {
                poll = future.as_mut().poll(cx);
                times += 1;
            }
            poll
        });
        let task = if current {
            Tokio.spawn(future)
        } else {
            self.runtime.spawn(future)
        };
        BadEndTask {
            task,
            lost,
            is_taken: false,
            handle: self.clone(),
        }
    }
}
