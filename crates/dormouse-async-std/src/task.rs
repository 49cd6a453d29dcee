//! The handle of a task, which keeps the contract on top of async-std's.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use async_std::task::JoinHandle;
use dormouse_core::adapter::{
    Outcome, Settling, drop_quietly, noop, poll_quietly, polled_after_its_end, spawned, take_turn,
};
use dormouse_core::{JoinError, Task};

/// The handle of a task on async-std.
///
/// async-std's own handle resumes the task's panic in the code that awaits it, and can't tell
/// whether the task has finished. This one does not, and can.
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct AsyncStdTask<T> {
    state: State<T>,
}

enum State<T> {
    /// The handle, and the waker of its latest poll: `is_finished` has to poll the handle, and must
    /// not replace that waker. Boxed, as few handles are polled before they are ready.
    Running(JoinHandle<Outcome<T>>, Option<Box<Waker>>),
    /// Aborted, or found to have finished.
    Settling(Box<Settling<T>>),
    /// Resolved, or between two states.
    Taken,
}

impl<T> AsyncStdTask<T> {
    pub(crate) fn new(handle: JoinHandle<Outcome<T>>) -> Self {
        spawned();
        Self {
            state: State::Running(handle, None),
        }
    }

    /// Takes the state, and drops its waker quietly: the destructor of a waker is foreign code.
    fn take(&mut self) -> State<T> {
        let mut state = std::mem::replace(&mut self.state, State::Taken);
        if let State::Running(_, waker) = &mut state {
            drop_quietly(waker.take());
        }
        state
    }
}

impl<T> Future for AsyncStdTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(take_turn(cx));
        let result = match &mut self.state {
            State::Running(handle, waker) => {
                let poll = poll_result(handle, cx);
                let known = waker
                    .as_ref()
                    .is_some_and(|waker| waker.will_wake(cx.waker()));
                if poll.is_pending() && !known {
                    drop_quietly(waker.replace(Box::new(cx.waker().clone())));
                }
                ready!(poll)
            }
            State::Settling(settling) => ready!(settling.poll(cx)),
            State::Taken => polled_after_its_end(),
        };
        self.take();
        Poll::Ready(result)
    }
}

impl<T: Send + 'static> Task for AsyncStdTask<T> {
    type Value = T;

    fn abort(&mut self) {
        if matches!(self.state, State::Running(..)) {
            if let State::Running(handle, _) = self.take() {
                self.state = State::Settling(Box::new(Settling::new(handle.cancel())));
            }
        }
    }

    fn is_finished(&mut self) -> bool {
        match &mut self.state {
            State::Running(handle, waker) => {
                let waker = waker.as_deref().unwrap_or(noop());
                match poll_result(handle, &mut Context::from_waker(waker)) {
                    Poll::Pending => false,
                    Poll::Ready(result) => {
                        self.take();
                        self.state = State::Settling(Box::new(Settling::settled(result)));
                        true
                    }
                }
            }
            State::Settling(settling) => settling.is_finished(),
            State::Taken => true,
        }
    }
}

impl<T> Drop for AsyncStdTask<T> {
    fn drop(&mut self) {
        if let State::Running(handle, Some(_)) = &mut self.state {
            // Replaces the waker, which the task would keep, with all that it owns.
            drop_quietly(poll_result(handle, &mut Context::from_waker(noop())));
        }
        self.take();
    }
}

impl<T> fmt::Debug for AsyncStdTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncStdTask").finish_non_exhaustive()
    }
}

/// The task's result; async-std cancels a task only through its handle.
fn poll_result<T>(
    handle: &mut JoinHandle<Outcome<T>>,
    cx: &mut Context<'_>,
) -> Poll<Result<T, JoinError>> {
    poll_quietly(cx, |cx| Pin::new(handle).poll(cx)).map(Outcome::into_result)
}

dormouse_core::remote_task! {
    /// The handle of a closure on async-std's threads for blocking.
    pub struct AsyncStdBlockingTask;
}
