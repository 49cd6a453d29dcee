//! Tasks that are broken in one way each, over ones that are not.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, JoinError, Sleeper, Spawner, Task};
use dormouse_smol::{SmolExecutor, SmolSleep, SmolTask};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    CancelsOnDrop,
    CancelsOnDetach,
    LazyUntilTouched,
    ThreeAtOnce,
    DiesOfTenPanics,
    LosesPanics,
    LosesPayloads,
    ResumesPanics,
    PanicsWithItsRuntime,
    DeafToANewWaker,
    LosesTheWakerWhenAsked,
    NeverFinished,
    AlwaysFinished,
    IgnoresAbort,
    ResolvesBeforeTheDrop,
    LosesTheValueOnAbort,
    AbortWakesNobody,
    LeaksOutputs,
}

#[derive(Clone)]
pub(crate) struct BadTasks {
    runtime: SmolExecutor,
    fault: Fault,
    running: Arc<AtomicUsize>,
    panics: Arc<AtomicUsize>,
}

impl BadTasks {
    pub(crate) fn new(fault: Fault) -> Self {
        Self {
            runtime: SmolExecutor::new(2),
            fault,
            running: Arc::default(),
            panics: Arc::default(),
        }
    }
}

impl Sleeper for BadTasks {
    type Sleep = SmolSleep;

    fn now(&self) -> Instant {
        self.runtime.now()
    }

    fn sleep_until(&self, deadline: Instant) -> SmolSleep {
        self.runtime.sleep_until(deadline)
    }
}

impl BlockOn for BadTasks {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
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
        let task = self.runtime.spawn(async move {
            let short = Duration::from_millis(1);
            while fault == Fault::LazyUntilTouched && !begin.load(SeqCst) {
                dormouse_smol::Smol.sleep(short).await;
            }
            while fault == Fault::ThreeAtOnce && running.load(SeqCst) >= 3 {
                dormouse_smol::Smol.sleep(short).await;
            }
            let _running = Running::new(running);
            let mut future = Box::pin(future);
            let output = poll_fn(move |cx| {
                if fault == Fault::DiesOfTenPanics && panics.load(SeqCst) >= 10 {
                    return Poll::Pending;
                }
                let poll = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
                poll.unwrap_or_else(|payload| {
                    panics.fetch_add(1, SeqCst);
                    resume_unwind(payload)
                })
            });
            Output {
                value: Some(output.await),
                leaks: fault == Fault::LeaksOutputs,
            }
        });
        BadTask {
            task: Some(task),
            stash: None,
            fault,
            touched,
            aborted: false,
            first: None,
            mute: Arc::default(),
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

/// An output that leaks, unless somebody takes it.
struct Output<T> {
    value: Option<T>,
    leaks: bool,
}

impl<T> Drop for Output<T> {
    fn drop(&mut self) {
        if self.leaks {
            std::mem::forget(self.value.take());
        }
    }
}

pub(crate) struct BadTask<T: Send + 'static> {
    // `None` once detached.
    task: Option<SmolTask<Output<T>>>,
    stash: Option<Result<T, JoinError>>,
    fault: Fault,
    touched: Arc<AtomicBool>,
    aborted: bool,
    first: Option<Waker>,
    mute: Arc<AtomicBool>,
}

impl<T: Send + 'static> BadTask<T> {
    fn touch(&mut self) -> &mut SmolTask<Output<T>> {
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
}

impl<T: Send> Unpin for BadTask<T> {}

impl<T: Send + 'static> Future for BadTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let waker = match self.fault {
            Fault::DeafToANewWaker => self.first.get_or_insert_with(|| cx.waker().clone()).clone(),
            Fault::AbortWakesNobody => Waker::from(Arc::new(Mute {
                waker: cx.waker().clone(),
                mute: self.mute.clone(),
            })),
            _ => cx.waker().clone(),
        };
        let poll = self.poll_task(&waker);
        match (self.fault, &poll) {
            (Fault::LosesPanics, Poll::Ready(Err(_))) => Poll::Ready(Err(JoinError::cancelled())),
            (Fault::LosesPayloads, Poll::Ready(Err(error))) if error.is_panic() => {
                Poll::Ready(Err(JoinError::panicked(Box::new("a task panicked"))))
            }
            (Fault::ResumesPanics, Poll::Ready(Err(error))) if error.is_panic() => {
                let Poll::Ready(Err(error)) = poll else {
                    unreachable!("matched before")
                };
                resume_unwind(error.into_panic())
            }
            (Fault::PanicsWithItsRuntime, Poll::Ready(Err(error)))
                if !error.is_panic() && !self.aborted =>
            {
                panic!("the runtime is gone")
            }
            _ => poll,
        }
    }
}

/// A waker that is deaf from the abort on.
struct Mute {
    waker: Waker,
    mute: Arc<AtomicBool>,
}

impl Wake for Mute {
    fn wake(self: Arc<Self>) {
        if !self.mute.load(SeqCst) {
            self.waker.wake_by_ref();
        }
    }
}

impl<T: Send + 'static> Task<T> for BadTask<T> {
    fn abort(&mut self) {
        self.aborted = true;
        let finished = self.touch().is_finished();
        match self.fault {
            Fault::IgnoresAbort => return,
            Fault::AbortWakesNobody => self.mute.store(true, SeqCst),
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
        match self.fault {
            Fault::NeverFinished => false,
            Fault::AlwaysFinished => {
                // For those that are about to finish it shall be right.
                let asked = Instant::now();
                while !self.touch().is_finished() && asked.elapsed() < Duration::from_millis(20) {
                    thread::yield_now();
                }
                true
            }
            Fault::LosesTheWakerWhenAsked => {
                if self.stash.is_none() {
                    if let Poll::Ready(result) = self.poll_task(Waker::noop()) {
                        self.stash = Some(result);
                    }
                }
                self.stash.is_some()
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
        if let (Fault::CancelsOnDrop, Some(task)) = (self.fault, &mut self.task) {
            task.abort();
        }
    }
}
