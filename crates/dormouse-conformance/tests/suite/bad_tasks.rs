//! Tasks with one fault each, on top of a right runtime.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::adapter::YieldNow;
use dormouse_core::{JoinError, Sleeper, Spawner, Task};
use dormouse_smol::Smol;
use dormouse_tokio::{TokioHandle, TokioRuntime, TokioSleep, TokioTask};

use crate::caught::Owner;

type Payload = Box<dyn Any + Send>;

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
    LosesTheValueOnAbort,
    AbortWakesNobody,
    LeaksOutputs,
    CancelledWhenPolledAgain,
    BoundToItsThread,
    LosesDestructors,
    LastPanicWins,
    DiesOfOutputs,
    DropsOutputsInTheHandle,
    DiesOfPayloads,
    DiesOfWakers,
    YieldsToNobody,
    PanicsWithItsRuntime,
    HangsWithItsRuntime,
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
            while fault == Fault::ThreeAtOnce && running.load(SeqCst) >= 3 {
                Smol.sleep(short).await;
            }
            let _running = Running::new(running);
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

/// The future of a task, with faults in the handling of its panics.
struct Guarded<F> {
    future: Option<Pin<Box<F>>>,
    fault: Fault,
}

impl<F: Future> Guarded<F> {
    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        panics: &AtomicUsize,
        dead: &Arc<AtomicBool>,
    ) -> Poll<F::Output> {
        let future = self.future.as_mut().expect("polled until its end");
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(poll) => poll,
            Err(payload) => {
                panics.fetch_add(1, SeqCst);
                match self.fault {
                    Fault::LastPanicWins => drop(self.future.take()),
                    Fault::DiesOfPayloads => {
                        let dead = dead.clone();
                        resume_unwind(Box::new(Mortal(Some(payload), dead)));
                    }
                    _ => {}
                }
                resume_unwind(payload)
            }
        }
    }
}

impl<F> Drop for Guarded<F> {
    fn drop(&mut self) {
        let future = self.future.take();
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(future)));
        match dropped {
            Err(payload) if self.fault != Fault::LosesDestructors => resume_unwind(payload),
            _ => {}
        }
    }
}

/// Counts a task while it runs.
struct Running(Arc<AtomicUsize>);

impl Running {
    fn new(running: Arc<AtomicUsize>) -> Self {
        running.fetch_add(1, SeqCst);
        Self(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

/// The payload of a panic; if its destructor panics, the runtime is dead.
struct Mortal(Option<Payload>, Arc<AtomicBool>);

impl Drop for Mortal {
    fn drop(&mut self) {
        let payload = self.0.take();
        if catch_unwind(AssertUnwindSafe(|| drop(payload))).is_err() {
            self.1.store(true, SeqCst);
        }
    }
}

/// The output of a task, with faults in its drop.
struct Output<T> {
    value: Option<T>,
    fault: Fault,
    dead: Arc<AtomicBool>,
}

impl<T> Drop for Output<T> {
    fn drop(&mut self) {
        let value = self.value.take();
        match self.fault {
            Fault::LeaksOutputs => std::mem::forget(value),
            Fault::DiesOfOutputs => {
                if catch_unwind(AssertUnwindSafe(|| drop(value))).is_err() {
                    self.dead.store(true, SeqCst);
                }
            }
            _ => drop(value),
        }
    }
}

pub(crate) struct BadTask<T: Send + 'static> {
    // `None` once detached.
    task: Option<TokioTask<Output<T>>>,
    stash: Option<Result<T, JoinError>>,
    fault: Fault,
    touched: Arc<AtomicBool>,
    dead: Arc<AtomicBool>,
    aborted: bool,
    taken: bool,
    first: Option<Waker>,
    mute: Arc<AtomicBool>,
    thread: thread::ThreadId,
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
        let waker = self.waker(cx);
        let poll = self.poll_task(&waker);
        if poll.is_ready() {
            self.taken = true;
            if again {
                self.task = None;
            }
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

/// A waker that is ignored after an abort; if it panics, the runtime is dead.
struct Mute {
    waker: Waker,
    mute: Arc<AtomicBool>,
    dead: Arc<AtomicBool>,
}

impl Wake for Mute {
    fn wake(self: Arc<Self>) {
        let wake = || self.waker.wake_by_ref();
        if !self.mute.load(SeqCst) && catch_unwind(AssertUnwindSafe(wake)).is_err() {
            self.dead.store(true, SeqCst);
        }
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
