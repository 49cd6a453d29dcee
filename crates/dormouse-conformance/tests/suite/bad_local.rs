//! Local tasks with one fault each.

use std::cell::Cell;
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, JoinError, LocalSpawner, Sleeper, Task};
use dormouse_smol::{Smol, SmolLocal, SmolLocalHandle, SmolLocalTask, SmolSleep};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    LazyUntilAwaited,
    OneAtATime,
    CancelsOnDrop,
    LosesPanics,
    ResolvesBeforeTheDrop,
    LosesDestructors,
    CancelledWhenPolledAgain,
    HangsWhenGone,
    KeepsItsRuntime,
    PanicsWhenGone,
}

pub(crate) struct LocalOwner {
    owner: Rc<SmolLocal>,
    fault: Fault,
}

impl LocalOwner {
    pub(crate) fn new(fault: Fault) -> Self {
        let owner = Rc::new(SmolLocal::new());
        Self { owner, fault }
    }

    pub(crate) fn handle(&self) -> BadLocal {
        BadLocal {
            runtime: self.owner.handle(),
            owner: Rc::downgrade(&self.owner),
            running: Rc::default(),
            fault: self.fault,
        }
    }
}

impl BlockOn for LocalOwner {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.owner.block_on(future)
    }
}

#[derive(Clone)]
pub(crate) struct BadLocal {
    runtime: SmolLocalHandle,
    owner: Weak<SmolLocal>,
    running: Rc<Cell<bool>>,
    fault: Fault,
}

impl Sleeper for BadLocal {
    type Sleep = SmolSleep;

    fn now(&self) -> Instant {
        self.runtime.now()
    }

    fn sleep_until(&self, deadline: Instant) -> SmolSleep {
        self.runtime.sleep_until(deadline)
    }
}

impl LocalSpawner for BadLocal {
    type LocalTask<T: 'static> = BadLocalTask<T>;

    fn spawn_local<F>(&self, future: F) -> BadLocalTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let (fault, touched) = (self.fault, Rc::new(Cell::new(false)));
        let gone = self.owner.strong_count() == 0;
        assert!(!(gone && fault == Fault::PanicsWhenGone), "it is gone");
        let kept = (fault == Fault::KeepsItsRuntime).then(|| self.owner.upgrade());
        let (begin, running) = (touched.clone(), self.running.clone());
        let future = Guarded {
            future: Some(Box::pin(future)),
            loses: fault == Fault::LosesDestructors,
        };
        let task = self.runtime.spawn_local(async move {
            let _kept = kept;
            while fault == Fault::LazyUntilAwaited && !begin.get() {
                Smol.sleep(Duration::from_millis(1)).await;
            }
            while fault == Fault::OneAtATime && running.get() {
                Smol.sleep(Duration::from_millis(1)).await;
            }
            let _running = Running::new(running);
            future.await
        });
        BadLocalTask {
            task: Some(task),
            owner: self.owner.clone(),
            touched,
            aborted: false,
            fault,
        }
    }
}

struct Running(Rc<Cell<bool>>);

impl Running {
    fn new(running: Rc<Cell<bool>>) -> Self {
        running.set(true);
        Self(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// The future of a task, with a fault in the handling of its destructor's panic.
struct Guarded<F> {
    future: Option<Pin<Box<F>>>,
    loses: bool,
}

impl<F: Future> Future for Guarded<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let future = self.future.as_mut().expect("polled until its end");
        future.as_mut().poll(cx)
    }
}

impl<F> Drop for Guarded<F> {
    fn drop(&mut self) {
        let future = self.future.take();
        if self.loses {
            let _ = catch_unwind(AssertUnwindSafe(|| drop(future)));
        }
    }
}

pub(crate) struct BadLocalTask<T: 'static> {
    task: Option<SmolLocalTask<T>>,
    owner: Weak<SmolLocal>,
    touched: Rc<Cell<bool>>,
    aborted: bool,
    fault: Fault,
}

impl<T> Unpin for BadLocalTask<T> {}

impl<T: 'static> Future for BadLocalTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.touched.set(true);
        let (fault, aborted) = (self.fault, self.aborted);
        if fault == Fault::ResolvesBeforeTheDrop && aborted {
            return Poll::Ready(Err(JoinError::cancelled()));
        }
        let Some(task) = &mut self.task else {
            return Poll::Ready(Err(JoinError::cancelled()));
        };
        let poll = Pin::new(task).poll(cx);
        if poll.is_ready() && fault == Fault::CancelledWhenPolledAgain {
            self.task = None;
        }
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
        self.aborted = true;
        match &mut self.task {
            // The future is not dropped.
            Some(_) if self.fault == Fault::ResolvesBeforeTheDrop => {}
            Some(task) => task.abort(),
            None => {}
        }
    }

    fn is_finished(&mut self) -> bool {
        let gone = self.fault == Fault::HangsWhenGone && self.owner.strong_count() == 0;
        match &mut self.task {
            Some(task) => task.is_finished() && !gone,
            None => true,
        }
    }
}

impl<T: 'static> Drop for BadLocalTask<T> {
    fn drop(&mut self) {
        if self.fault == Fault::CancelsOnDrop {
            self.abort();
        }
    }
}
