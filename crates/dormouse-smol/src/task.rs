//! smol's handle under the contract of tasks.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use async_task::FallibleTask;
use dormouse_core::{JoinError, Settling, Task};

/// The handle of a task on smol.
///
/// smol's own handle cancels its task when dropped, and resumes the task's panic in whoever
/// awaits it. This one does neither.
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct SmolTask<T> {
    state: State<T>,
}

enum State<T> {
    Running(FallibleTask<T>),
    Aborted(Box<Settling<T>>),
    Detached,
}

impl<T> SmolTask<T> {
    pub(crate) fn new(task: smol::Task<T>) -> Self {
        Self {
            state: State::Running(task.fallible()),
        }
    }
}

impl<T> Future for SmolTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.state {
            State::Running(task) => JoinError::catch(|| Pin::new(task).poll(cx))
                .map(|result| result.and_then(|value| value.ok_or_else(JoinError::cancelled))),
            State::Aborted(settling) => settling.poll(cx),
            State::Detached => unreachable!("detached by its drop alone"),
        }
    }
}

impl<T: Send + 'static> Task<T> for SmolTask<T> {
    fn abort(&mut self) {
        if let State::Running(_) = self.state {
            if let State::Running(task) = std::mem::replace(&mut self.state, State::Detached) {
                self.state = State::Aborted(Box::new(Settling::new(task.cancel())));
            }
        }
    }

    fn is_finished(&mut self) -> bool {
        match &mut self.state {
            State::Running(task) => task.is_finished(),
            State::Aborted(settling) => settling.is_finished(),
            State::Detached => true,
        }
    }

    fn detach(self) {}
}

impl<T> Drop for SmolTask<T> {
    fn drop(&mut self) {
        if let State::Running(task) = std::mem::replace(&mut self.state, State::Detached) {
            task.detach();
        }
    }
}

impl<T> fmt::Debug for SmolTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmolTask").finish_non_exhaustive()
    }
}
