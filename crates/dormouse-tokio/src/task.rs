//! The handle of a task, which keeps the contract on top of tokio's.

use std::future::Future;
use std::pin::{Pin, pin};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Waker, ready};

use dormouse_core::adapter::{
    self, Contained, Defused, Named, Outcome, polled_after_its_end, take_turn,
};
use dormouse_core::{JoinError, Task};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::task::coop::unconstrained;

/// The handle of a task on tokio.
///
/// tokio itself keeps most of the contract; the type of the error is ours.
#[derive(Debug)]
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct TokioTask<T> {
    // `None` once it has resolved.
    handle: Option<JoinHandle<Outcome<T>>>,
}

impl<T> TokioTask<T> {
    pub(crate) fn new(handle: JoinHandle<Outcome<T>>) -> Self {
        adapter::spawned();
        Self {
            handle: Some(handle),
        }
    }

    pub(crate) fn resolved() -> Self {
        Self { handle: None }
    }
}

impl<T> Future for TokioTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(take_turn(cx));
        let Some(handle) = &mut self.handle else {
            polled_after_its_end()
        };
        // Whatever the budget is: a task that has ended gives its result, and one that has not keeps
        // the waker for its end, instead of waking it at once.
        let is_finished = handle.is_finished();
        let mut handle = pin!(unconstrained(handle));
        let result = ready!(if is_finished {
            handle.as_mut().poll(cx)
        } else {
            // tokio calls and drops the waker where a panic would end a worker.
            poll_quietly(cx, |cx| handle.as_mut().poll(cx))
        });
        self.handle = None;
        Poll::Ready(match result {
            Ok(outcome) => outcome.into_result(),
            Err(error) => Err(match error.try_into_panic() {
                Ok(payload) => JoinError::panicked(Defused::open(payload)),
                Err(_) => JoinError::cancelled(),
            }),
        })
    }
}

impl<T> Task for TokioTask<T> {
    type Value = T;

    fn abort(&mut self) {
        if let Some(handle) = &self.handle {
            handle.abort();
        }
    }

    fn is_finished(&mut self) -> bool {
        self.handle.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

/// A future that tokio runs as a task.
///
/// tokio catches its panics, but drops some of the payloads unread, where a panic of a payload's
/// destructor would end a worker. So the panics are kept inside.
pub(crate) fn in_task<F: Future>(future: F) -> Contained<F, OnTokio> {
    Contained::on(future)
}

/// What `Contained` has to know about tokio.
pub(crate) enum OnTokio {}

impl Named for OnTokio {
    const NAME: &'static str = "Tokio";
    const CATCHES: bool = true;
}

/// Polls with a waker that does not panic, as a panic would end the worker that drives the timers.
///
/// The wakers of tokio's tasks never panic. Their vtable is cached from the first task, so that
/// tasks that were not spawned through our traits, as in `#[tokio::main]`, need no other waker.
pub(crate) fn poll_quietly<T>(
    cx: &mut Context<'_>,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
) -> Poll<T> {
    let known = TASK_WAKERS.load(Relaxed);
    if known == kind(cx.waker()) {
        return poll(cx);
    }
    if known == 0 && !LEARNING.swap(true, Relaxed) {
        if let Ok(handle) = Handle::try_current() {
            drop(handle.spawn(Learns));
        }
    }
    adapter::poll_quietly(cx, poll)
}

/// The address of the vtable that the wakers of tokio's tasks share; 0 until it is known.
static TASK_WAKERS: AtomicUsize = AtomicUsize::new(0);
static LEARNING: AtomicBool = AtomicBool::new(false);

struct Learns;

impl Future for Learns {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        TASK_WAKERS.store(kind(cx.waker()), Relaxed);
        Poll::Ready(())
    }
}

fn kind(waker: &Waker) -> usize {
    ptr::from_ref(waker.vtable()).addr()
}
