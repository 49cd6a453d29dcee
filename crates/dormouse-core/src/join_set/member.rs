//! A task of a [`JoinSet`](crate::JoinSet), of either kind.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::{JoinError, Task};

/// A task, or a closure that blocks, whose handle type comes from another trait.
pub(super) enum Member<T, H> {
    Task(H),
    Blocking(Box<Blocking<T>>),
}

type Blocking<T> = dyn Task<Value = T, Output = Result<T, JoinError>> + Send;

impl<T, H: Task<Value = T>> Future for Member<T, H> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Task(task) => Pin::new(task).poll(cx),
            Self::Blocking(task) => Pin::new(task).poll(cx),
        }
    }
}

// Nothing in it is pinned: handles of tasks are `Unpin`.
impl<T, H> Unpin for Member<T, H> {}

impl<T, H: Task<Value = T>> Task for Member<T, H> {
    type Value = T;

    fn abort(&mut self) {
        match self {
            Self::Task(task) => task.abort(),
            Self::Blocking(task) => task.abort(),
        }
    }

    fn is_finished(&mut self) -> bool {
        match self {
            Self::Task(task) => task.is_finished(),
            Self::Blocking(task) => task.is_finished(),
        }
    }
}
