//! The future of a local task, with faults in how it is polled, woken and dropped.

use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, ThreadId};

use crate::bad_local::Fault;

/// Counts a task while it runs.
pub(crate) struct Running(Rc<Cell<bool>>);

impl Running {
    pub(crate) fn new(running: Rc<Cell<bool>>) -> Self {
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
pub(crate) struct Guarded<F> {
    pub(crate) future: Option<Pin<Box<F>>>,
    /// A spawn panics.
    pub(crate) refuses: Rc<Cell<bool>>,
    pub(crate) fault: Fault,
}

impl<F: Future> Future for Guarded<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let waker = match self.fault {
            Fault::LosesForeignWakes => Waker::from(Arc::new(AtHome {
                waker: cx.waker().clone(),
                home: thread::current().id(),
            })),
            _ => cx.waker().clone(),
        };
        let refuses = self.refuses.clone();
        refuses.set(self.fault == Fault::RefusesSpawnsInATask);
        let future = self.future.as_mut().expect("polled until its end");
        let poll = catch_unwind(AssertUnwindSafe(|| {
            future.as_mut().poll(&mut Context::from_waker(&waker))
        }));
        refuses.set(false);
        poll.unwrap_or_else(|payload| {
            let future = self.future.take();
            drop(catch_unwind(AssertUnwindSafe(|| drop(future))));
            resume_unwind(payload)
        })
    }
}

impl<F> Drop for Guarded<F> {
    fn drop(&mut self) {
        let future = self.future.take();
        if self.fault == Fault::LosesDestructors {
            let _ = catch_unwind(AssertUnwindSafe(|| drop(future)));
        }
    }
}

/// A waker that no thread can use but its own, and that of the timers.
struct AtHome {
    waker: Waker,
    home: ThreadId,
}

impl Wake for AtHome {
    fn wake(self: Arc<Self>) {
        let here = thread::current();
        if here.id() == self.home || here.name() == Some("async-io") {
            self.waker.wake_by_ref();
        }
    }
}
