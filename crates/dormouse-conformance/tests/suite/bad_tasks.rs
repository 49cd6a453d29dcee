//! Tasks with one fault each, on top of a right runtime.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::adapter::YieldNow;
use dormouse_core::{Sleeper, Spawner};
use dormouse_smol::Smol;
use dormouse_tokio::{TokioHandle, TokioRuntime, TokioSleep};

use crate::bad_tasks::future::{Guarded, Output, Running};
use crate::bad_tasks::handle::BadTask;
use crate::caught::Owner;

mod future;
mod handle;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    CancelsOnDrop,
    CancelsOnDetach,
    LazyUntilTouched,
    ThreeAtOnce,
    DiesOfTenPanics,
    LosesPanics,
    LosesPanicsWhenAborted,
    LosesPayloads,
    ResumesPanics,
    DeafToANewWaker,
    LosesTheWakerWhenAsked,
    NeverFinished,
    AlwaysFinished,
    FinishedOnAbort,
    IgnoresAbort,
    ResolvesBeforeTheDrop,
    KeepsTheWaker,
    LosesTheValue,
    LosesTheValueOnAbort,
    AbortWakesNobody,
    LeaksOutputs,
    CancelledWhenPolledAgain,
    BoundToItsThread,
    LosesDestructors,
    LastPanicWins,
    DropsWhileItUnwinds,
    DiesOfOutputs,
    DropsOutputsInTheHandle,
    DiesOfPayloads,
    DiesOfWakers,
    YieldsToNobody,
    PanicsWithItsRuntime,
    HangsWithItsRuntime,
    TakesNoTurns,
}

#[derive(Clone)]
pub(crate) struct BadTasks {
    runtime: TokioHandle,
    fault: Fault,
    running: Arc<AtomicUsize>,
    panics: Arc<AtomicUsize>,
    dead: Arc<AtomicBool>,
}

impl BadTasks {
    pub(crate) fn new(fault: Fault) -> Owner<Self> {
        let owner = Arc::new(TokioRuntime::multi_thread(2));
        let handle = Self {
            runtime: owner.handle(),
            fault,
            running: Arc::default(),
            panics: Arc::default(),
            dead: Arc::default(),
        };
        Owner { owner, handle }
    }
}

impl Sleeper for BadTasks {
    type Sleep = TokioSleep;

    fn now(&self) -> Instant {
        self.runtime.now()
    }

    fn sleep_until(&self, deadline: Instant) -> TokioSleep {
        self.runtime.sleep_until(deadline)
    }
}

impl Spawner for BadTasks {
    type Task<T: Send + 'static> = BadTask<T>;

    fn spawn<F>(&self, future: F) -> BadTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (fault, touched) = (self.fault, Arc::new(AtomicBool::new(false)));
        let (running, panics, begin) = (self.running.clone(), self.panics.clone(), touched.clone());
        let (dead, in_task) = (self.dead.clone(), self.dead.clone());
        let mut guarded = Guarded {
            future: Some(Box::pin(future)),
            fault,
        };
        let task = self.runtime.spawn(async move {
            let short = Duration::from_millis(1);
            while fault == Fault::LazyUntilTouched && !begin.load(SeqCst) {
                Smol.sleep(short).await;
            }
            let most = if fault == Fault::ThreeAtOnce {
                3
            } else {
                usize::MAX
            };
            let _running = loop {
                match Running::below(most, &running) {
                    Some(running) => break running,
                    None => Smol.sleep(short).await,
                }
            };
            let dead = in_task.clone();
            let output = poll_fn(move |cx| {
                let dies = fault == Fault::DiesOfTenPanics && panics.load(SeqCst) >= 10;
                if dies || in_task.load(SeqCst) {
                    return Poll::Pending;
                }
                guarded.poll(cx, &panics, &in_task)
            });
            Output {
                value: Some(output.await),
                fault,
                dead,
            }
        });
        BadTask {
            task: Some(task),
            stash: None,
            fault,
            touched,
            dead,
            aborted: false,
            taken: false,
            first: None,
            mute: Arc::default(),
            thread: thread::current().id(),
        }
    }

    fn yield_now(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut yielding = YieldNow::default();
        let to_nobody = self.fault == Fault::YieldsToNobody;
        poll_fn(move |cx| {
            if to_nobody {
                return Poll::Ready(());
            }
            Pin::new(&mut yielding).poll(cx)
        })
    }
}
