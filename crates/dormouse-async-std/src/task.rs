//! async-std's handle under the contract of tasks.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use async_std::task::JoinHandle;
use dormouse_core::{JoinError, Settling, Task};

/// The handle of a task on async-std.
///
/// async-std's own handle resumes the task's panic in whoever awaits it, and cannot be asked
/// whether the task has finished. This one does not, and can.
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct AsyncStdTask<T> {
    state: State<T>,
}

enum State<T> {
    /// The handle, and who awaits it: to ask whether it has finished is to poll it, which would
    /// forget who was to be woken. Boxed, as few handles are polled before they are ready.
    Running(JoinHandle<T>, Option<Box<Waker>>),
    /// Aborted, or found to have finished.
    Settling(Box<Settling<T>>),
    /// In passing, from one state to the other.
    Taken,
}

impl<T> AsyncStdTask<T> {
    pub(crate) fn new(handle: JoinHandle<T>) -> Self {
        Self {
            state: State::Running(handle, None),
        }
    }
}

impl<T> Future for AsyncStdTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.state {
            State::Running(handle, waker) => {
                let poll = JoinError::catch(|| Pin::new(handle).poll(cx));
                let known = waker
                    .as_ref()
                    .is_some_and(|waker| waker.will_wake(cx.waker()));
                if poll.is_pending() && !known {
                    *waker = Some(Box::new(cx.waker().clone()));
                }
                poll
            }
            State::Settling(settling) => settling.poll(cx),
            State::Taken => unreachable!("in passing"),
        }
    }
}

impl<T: Send + 'static> Task<T> for AsyncStdTask<T> {
    fn abort(&mut self) {
        if let State::Running(..) = self.state {
            if let State::Running(handle, _) = std::mem::replace(&mut self.state, State::Taken) {
                self.state = State::Settling(Box::new(Settling::new(handle.cancel())));
            }
        }
    }

    fn is_finished(&mut self) -> bool {
        match &mut self.state {
            State::Running(handle, waker) => {
                let waker = waker.as_deref().unwrap_or(Waker::noop());
                let mut cx = Context::from_waker(waker);
                match JoinError::catch(|| Pin::new(handle).poll(&mut cx)) {
                    Poll::Pending => false,
                    Poll::Ready(result) => {
                        self.state = State::Settling(Box::new(Settling::settled(result)));
                        true
                    }
                }
            }
            State::Settling(settling) => settling.is_finished(),
            State::Taken => unreachable!("in passing"),
        }
    }

    fn detach(self) {}
}

impl<T> fmt::Debug for AsyncStdTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncStdTask").finish_non_exhaustive()
    }
}
