//! The handle of a task, which keeps the contract on top of smol's.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use async_task::FallibleTask;
use dormouse_core::adapter::{
    Outcome, Settling, blocking, poll_quietly, polled_after_its_end, spawned, take_turn,
};
use dormouse_core::{JoinError, Task};

/// The handle of a task on smol.
///
/// smol's own handle cancels its task when dropped, and resumes the task's panic in the code that
/// awaits it. This one does neither.
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct SmolTask<T, C: ?Sized = dyn Future<Output = Option<Outcome<T>>> + Send> {
    state: State<T, C>,
}

/// The handle of a task on smol that stays on its thread.
pub type SmolLocalTask<T> = SmolTask<T, dyn Future<Output = Option<Outcome<T>>>>;

enum State<T, C: ?Sized> {
    Running(FallibleTask<Outcome<T>>),
    Aborted(Box<Settling<T, C>>),
    /// Resolved, or between two states.
    Taken,
}

impl<T, C: ?Sized> SmolTask<T, C> {
    pub(crate) fn new(task: smol::Task<Outcome<T>>) -> Self {
        spawned();
        Self {
            state: State::Running(task.fallible()),
        }
    }

    fn settle(&mut self, cancel: impl FnOnce(FallibleTask<Outcome<T>>) -> Settling<T, C>) {
        if matches!(self.state, State::Running(_)) {
            if let State::Running(task) = std::mem::replace(&mut self.state, State::Taken) {
                self.state = State::Aborted(Box::new(cancel(task)));
            }
        }
    }
}

impl<T, C: Future<Output = Option<Outcome<T>>> + ?Sized> SmolTask<T, C> {
    fn is_finished(&mut self) -> bool {
        match &mut self.state {
            State::Running(task) => task.is_finished(),
            State::Aborted(settling) => settling.is_finished(),
            State::Taken => true,
        }
    }
}

impl<T, C: Future<Output = Option<Outcome<T>>> + ?Sized> Future for SmolTask<T, C> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(take_turn(cx));
        let result = match &mut self.state {
            State::Running(task) => {
                let outcome = ready!(poll_quietly(cx, |cx| Pin::new(task).poll(cx)));
                outcome.map_or_else(|| Err(JoinError::cancelled()), Outcome::into_result)
            }
            State::Aborted(settling) => ready!(settling.poll(cx)),
            State::Taken => polled_after_its_end(),
        };
        self.state = State::Taken;
        Poll::Ready(result)
    }
}

impl<T: Send + 'static> Task for SmolTask<T> {
    type Value = T;

    fn abort(&mut self) {
        self.settle(|task| Settling::new(task.cancel()));
    }

    fn is_finished(&mut self) -> bool {
        self.is_finished()
    }
}

impl<T: 'static> Task for SmolLocalTask<T> {
    type Value = T;

    fn abort(&mut self) {
        self.settle(|task| Settling::local(task.cancel()));
    }

    fn is_finished(&mut self) -> bool {
        self.is_finished()
    }
}

impl<T, C: ?Sized> Drop for SmolTask<T, C> {
    fn drop(&mut self) {
        if let State::Running(task) = std::mem::replace(&mut self.state, State::Taken) {
            task.detach();
        }
    }
}

impl<T, C: ?Sized> fmt::Debug for SmolTask<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmolTask").finish_non_exhaustive()
    }
}

dormouse_core::remote_task! {
    /// The handle of a closure on smol's threads for blocking.
    pub struct SmolBlockingTask;
}

impl<T: Send + 'static> SmolBlockingTask<T> {
    /// The task of a closure that is never run, because its executor is gone.
    pub(crate) fn cancelled(closure: impl FnOnce() -> T + Send + 'static) -> Self {
        let (run, task) = blocking(closure);
        drop(run);
        Self::new(task)
    }
}
