//! The handle of a task whose runtime is only known at run time.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use dormouse_core::{JoinError, Task};
use pin_project_lite::pin_project;

use crate::any_runtime::erased::{Body, ErasedTask, TaskHandle, Value};

/// The handle of a task on [`AnyRuntime`](crate::AnyRuntime).
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct AnyTask<T> {
    task: TaskHandle,
    value: PhantomData<fn() -> T>,
}

impl<T: Send + 'static> AnyTask<T> {
    pub(super) fn new(task: TaskHandle) -> Self {
        Self {
            task,
            value: PhantomData,
        }
    }

    /// The same future with its value in a box.
    pub(super) fn erase(future: impl Future<Output = T> + Send + 'static) -> Body {
        Box::pin(Erased { future })
    }

    fn inner(&mut self) -> &mut ErasedTask {
        self.task.get_mut().unwrap_or_else(|lock| lock.into_inner())
    }
}

pin_project! {
    // Not an async block: that would drop the future while a panic of its poll unwinds, so a second
    // panic, of its destructor, would end the process.
    struct Erased<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future<Output: Send + 'static>> Future for Erased<F> {
    type Output = Value;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Value> {
        let value = self.project().future.poll(cx);
        value.map(|value| Box::new(value) as Value)
    }
}

impl<T: Send + 'static> Future for AnyTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let value = |value: Box<dyn Any + Send>| {
            let value = value.downcast::<T>();
            *value.expect("the value that `erase` put there")
        };
        Pin::new(self.inner()).poll(cx).map_ok(value)
    }
}

impl<T: Send + 'static> Task for AnyTask<T> {
    type Value = T;

    fn abort(&mut self) {
        self.inner().abort();
    }

    fn is_finished(&mut self) -> bool {
        self.inner().is_finished()
    }
}

impl<T> fmt::Debug for AnyTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyTask").finish_non_exhaustive()
    }
}
