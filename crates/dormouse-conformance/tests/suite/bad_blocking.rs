//! Threads for closures with one fault each.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

use dormouse_core::adapter::{RemoteTask, blocking, enter};
use dormouse_core::{JoinError, Sleeper, SpawnBlocking, Spawner, Task};
use dormouse_tokio::{TokioHandle, TokioRuntime, TokioSleep, TokioTask};

use crate::caught::Owner;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    RunsInTheTask,
    RunsWhenPolled,
    LosesPanics,
    AbortLosesTheValue,
    CancelledWhenPolledAgain,
    LeaksOutputs,
    RunsWhenGone,
    TakesNoTurns,
    RunsOnTheWorkers,
    RunsAsATask,
    DeafToANewWaker,
    FinishedOnceBegun,
    CancelsAndRuns,
    JoinedByTheDrop,
    KeepsTheRuntime,
    LostOnceGone,
    CancelledOnceGone,
    DiesOfTenPanics,
    SaysNothing,
    PanicsWhenGone,
    LosesTheWakerWhenAsked,
    WaitsForAFreeThread,
}

#[derive(Clone)]
pub(crate) struct BadBlocking {
    runtime: TokioHandle,
    fault: Fault,
    owner: std::sync::Weak<TokioRuntime>,
    joined: Arc<Joined>,
    panics: Arc<AtomicUsize>,
    /// Shared by the closures that have not ended.
    running: Arc<()>,
    home: ThreadId,
}

/// The threads that the drop of the last handle waits for.
#[derive(Default)]
struct Joined(Mutex<Vec<JoinHandle<()>>>);

impl Drop for Joined {
    fn drop(&mut self) {
        for thread in self.0.get_mut().unwrap().drain(..) {
            _ = thread.join();
        }
    }
}

impl BadBlocking {
    pub(crate) fn new(fault: Fault) -> Owner<Self> {
        let owner = Arc::new(TokioRuntime::multi_thread(2));
        let handle = Self {
            runtime: owner.handle(),
            fault,
            owner: Arc::downgrade(&owner),
            joined: Arc::default(),
            panics: Arc::default(),
            running: Arc::default(),
            home: thread::current().id(),
        };
        Owner { owner, handle }
    }
}

impl SpawnBlocking for BadBlocking {
    type BlockingTask<T: Send + 'static> = BadClosure<T>;

    fn spawn_blocking<F, T>(&self, closure: F) -> BadClosure<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let has_context = self.home == thread::current().id();
        assert!(
            has_context || self.fault != Fault::SaysNothing,
            "no context"
        );
        let gone = self.owner.strong_count() == 0;
        assert!(!gone || self.fault != Fault::PanicsWhenGone, "it is gone");
        while self.fault == Fault::WaitsForAFreeThread && Arc::strong_count(&self.running) > 256 {
            thread::sleep(Duration::from_millis(1));
        }
        let leaks = self.fault == Fault::LeaksOutputs;
        let is_a_task = self.fault == Fault::RunsAsATask;
        let begun = Arc::new(AtomicBool::new(false));
        let (begins, late) = (begun.clone(), self.fault == Fault::CancelsAndRuns);
        let kept = (self.fault == Fault::KeepsTheRuntime).then(|| self.owner.upgrade());
        let (running, panics) = (self.running.clone(), Panics(self.panics.clone()));
        let (run, task) = blocking(move || {
            let _kept = kept;
            let (_running, _panics) = (running, panics);
            if late {
                thread::sleep(Duration::from_millis(3));
            }
            begins.store(true, SeqCst);
            let _current = is_a_task.then(|| enter("a runtime", Waker::noop()));
            Leaky(Some(closure()), leaks)
        });
        let mut later: Option<Box<dyn FnOnce() + Send>> = None;
        match self.fault {
            Fault::RunsInTheTask => run(),
            Fault::RunsOnTheWorkers => drop(self.runtime.spawn(async { run() })),
            Fault::RunsWhenPolled => later = Some(Box::new(run)),
            fault if gone && fault != Fault::RunsWhenGone => drop(run),
            Fault::DiesOfTenPanics if self.panics.load(SeqCst) >= 10 => std::mem::forget(run),
            Fault::JoinedByTheDrop => self.joined.0.lock().unwrap().push(thread::spawn(run)),
            _ => drop(thread::spawn(run)),
        }
        BadClosure {
            task: Some(task),
            later,
            fault: self.fault,
            aborted: false,
            begun,
            first: None,
            lost: false,
            owner: self.owner.clone(),
        }
    }
}

/// Counts a closure that panics: a pool that does not catch it loses a thread.
struct Panics(Arc<AtomicUsize>);

impl Drop for Panics {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.fetch_add(1, SeqCst);
        }
    }
}

/// An output that leaks, unless it is taken.
struct Leaky<T>(Option<T>, bool);

impl<T> Drop for Leaky<T> {
    fn drop(&mut self) {
        if self.1 {
            std::mem::forget(self.0.take());
        }
    }
}

pub(crate) struct BadClosure<T> {
    task: Option<RemoteTask<Leaky<T>>>,
    later: Option<Box<dyn FnOnce() + Send>>,
    fault: Fault,
    aborted: bool,
    begun: Arc<AtomicBool>,
    first: Option<Waker>,
    lost: bool,
    owner: std::sync::Weak<TokioRuntime>,
}

impl<T> Unpin for BadClosure<T> {}

impl<T> Future for BadClosure<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(run) = self.later.take() {
            thread::spawn(run);
        }
        let this = &mut *self;
        if this.lost {
            return Poll::Pending;
        }
        let Some(task) = &mut this.task else {
            return Poll::Ready(Err(JoinError::cancelled()));
        };
        let first = this.first.get_or_insert_with(|| cx.waker().clone());
        let waker = match this.fault {
            Fault::DeafToANewWaker => first,
            _ => cx.waker(),
        };
        let cx = &mut Context::from_waker(waker);
        let mut poll = Pin::new(&mut *task).poll(cx);
        while this.fault == Fault::TakesNoTurns && poll.is_pending() && task.is_finished() {
            poll = Pin::new(&mut *task).poll(cx);
        }
        let poll = poll.map_ok(|mut output| output.0.take().expect("taken once"));
        if poll.is_ready() && self.fault == Fault::CancelledWhenPolledAgain {
            self.task = None;
        }
        let gone = self.owner.strong_count() == 0;
        match poll {
            Poll::Ready(Ok(_)) if self.fault == Fault::LostOnceGone && gone => {
                self.lost = true;
                Poll::Pending
            }
            Poll::Ready(Ok(_)) if self.fault == Fault::CancelledOnceGone && gone => {
                Poll::Ready(Err(JoinError::cancelled()))
            }
            Poll::Ready(_) if self.fault == Fault::AbortLosesTheValue && self.aborted => {
                Poll::Ready(Err(JoinError::cancelled()))
            }
            Poll::Ready(Err(_)) if self.fault == Fault::LosesPanics => {
                Poll::Ready(Err(JoinError::cancelled()))
            }
            poll => poll,
        }
    }
}

impl<T> Task for BadClosure<T> {
    type Value = T;

    fn abort(&mut self) {
        self.aborted = true;
        if self.fault == Fault::CancelsAndRuns && !self.begun.load(SeqCst) {
            self.task = None;
        }
    }

    fn is_finished(&mut self) -> bool {
        if self.fault == Fault::FinishedOnceBegun && self.begun.load(SeqCst) {
            return true;
        }
        let Some(task) = &mut self.task else {
            return true;
        };
        if self.fault == Fault::LosesTheWakerWhenAsked && !task.is_finished() {
            _ = Pin::new(&mut *task).poll(&mut Context::from_waker(Waker::noop()));
        }
        task.is_finished()
    }
}

impl Sleeper for BadBlocking {
    type Sleep = TokioSleep;

    fn now(&self) -> Instant {
        self.runtime.now()
    }

    fn sleep_until(&self, deadline: Instant) -> TokioSleep {
        self.runtime.sleep_until(deadline)
    }

    fn sleep(&self, duration: Duration) -> TokioSleep {
        self.runtime.sleep(duration)
    }
}

impl Spawner for BadBlocking {
    type Task<T: Send + 'static> = TokioTask<T>;

    fn spawn<F>(&self, future: F) -> TokioTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.runtime.spawn(future)
    }
}
