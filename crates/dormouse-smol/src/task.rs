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
pub struct SmolTask<T, C: ?Sized = dyn Future<Output = Option<T>> + Send> {
    state: State<T, C>,
}

/// The handle of a task on smol that stays on its thread.
pub type SmolLocalTask<T> = SmolTask<T, dyn Future<Output = Option<T>>>;

enum State<T, C: ?Sized> {
    Running(FallibleTask<T>),
    Aborted(Box<Settling<T, C>>),
    Detached,
}

impl<T, C: ?Sized> SmolTask<T, C> {
    pub(crate) fn new(task: smol::Task<T>) -> Self {
        Self {
            state: State::Running(task.fallible()),
        }
    }

    fn settle(&mut self, cancel: impl FnOnce(FallibleTask<T>) -> Settling<T, C>) {
        if let State::Running(_) = self.state {
            if let State::Running(task) = std::mem::replace(&mut self.state, State::Detached) {
                self.state = State::Aborted(Box::new(cancel(task)));
            }
        }
    }
}

impl<T, C: Future<Output = Option<T>> + ?Sized> SmolTask<T, C> {
    fn is_finished(&mut self) -> bool {
        match &mut self.state {
            State::Running(task) => task.is_finished(),
            State::Aborted(settling) => settling.is_finished(),
            State::Detached => true,
        }
    }
}

impl<T, C: Future<Output = Option<T>> + ?Sized> Future for SmolTask<T, C> {
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
        self.settle(|task| Settling::new(task.cancel()));
    }

    fn is_finished(&mut self) -> bool {
        self.is_finished()
    }

    fn detach(self) {}
}

impl<T: 'static> Task<T> for SmolLocalTask<T> {
    fn abort(&mut self) {
        self.settle(|task| Settling::local(task.cancel()));
    }

    fn is_finished(&mut self) -> bool {
        self.is_finished()
    }

    fn detach(self) {}
}

impl<T, C: ?Sized> Drop for SmolTask<T, C> {
    fn drop(&mut self) {
        if let State::Running(task) = std::mem::replace(&mut self.state, State::Detached) {
            task.detach();
        }
    }
}

impl<T, C: ?Sized> fmt::Debug for SmolTask<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmolTask").finish_non_exhaustive()
    }
}
