//! The future of a task, its output and the payload of its panic, with faults in how they are
//! dropped.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll};

use crate::bad_tasks::Fault;

/// The future of a task, with faults in the handling of its panics.
pub(crate) struct Guarded<F> {
    pub(crate) future: Option<Pin<Box<F>>>,
    pub(crate) fault: Fault,
}

impl<F: Future> Guarded<F> {
    pub(crate) fn poll(
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
                let future = self.future.take();
                match self.fault {
                    Fault::LastPanicWins => drop(future),
                    Fault::DropsWhileItUnwinds => self.future = future,
                    _ => drop(catch_unwind(AssertUnwindSafe(|| drop(future)))),
                }
                if self.fault == Fault::DiesOfPayloads {
                    let dead = dead.clone();
                    resume_unwind(Box::new(Mortal(Some(payload), dead)));
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
pub(crate) struct Running(Arc<AtomicUsize>);

impl Running {
    /// If fewer than so many run already.
    pub(crate) fn below(most: usize, running: &Arc<AtomicUsize>) -> Option<Self> {
        let add = |count| (count < most).then(|| count + 1);
        running.fetch_update(SeqCst, SeqCst, add).ok()?;
        Some(Self(Arc::clone(running)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

/// The output of a task, with faults in its drop.
pub(crate) struct Output<T> {
    pub(crate) value: Option<T>,
    pub(crate) fault: Fault,
    pub(crate) dead: Arc<AtomicBool>,
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

/// The payload of a panic; if its destructor panics, the runtime is dead.
pub(crate) struct Mortal(pub(crate) Option<Payload>, Arc<AtomicBool>);

impl Drop for Mortal {
    fn drop(&mut self) {
        let payload = self.0.take();
        if catch_unwind(AssertUnwindSafe(|| drop(payload))).is_err() {
            self.1.store(true, SeqCst);
        }
    }
}

type Payload = Box<dyn Any + Send>;
