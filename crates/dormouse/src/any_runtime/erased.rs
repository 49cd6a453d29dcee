//! The traits again, without types that depend on the runtime.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use dormouse_core::{JoinError, Runtime, Task};

pub(super) type Value = Box<dyn Any + Send>;

type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a runtime does, behind a pointer.
pub(super) trait Erased: Send + Sync {
    fn now(&self) -> Instant;
    fn sleep_until(&self, deadline: Instant) -> Sleep;
    fn sleep(&self, duration: Duration) -> Sleep;
    fn weak(&self) -> Option<Arc<dyn Erased>>;
    fn granularity(&self) -> Duration;
    fn spawn(&self, future: Pin<Box<dyn Future<Output = Value> + Send>>) -> Box<dyn ErasedTask>;
    fn block_on(&self, future: Pin<&mut dyn Future<Output = ()>>);
    fn type_name(&self) -> &'static str;
}

/// What a task's handle does, behind a pointer; dropping it detaches.
pub(super) trait ErasedTask: Send {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Value, JoinError>>;
    fn abort(&mut self);
    fn is_finished(&mut self) -> bool;
}

type BlockOn<R> = fn(&R, Pin<&mut dyn Future<Output = ()>>);

/// A runtime, and how to block on it, if it can.
pub(super) struct Kept<R> {
    pub(super) runtime: R,
    pub(super) block_on: Option<BlockOn<R>>,
}

impl<R: Runtime> Erased for Kept<R> {
    fn now(&self) -> Instant {
        self.runtime.now()
    }

    fn sleep_until(&self, deadline: Instant) -> Sleep {
        Box::pin(self.runtime.sleep_until(deadline))
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(self.runtime.sleep(duration))
    }

    fn weak(&self) -> Option<Arc<dyn Erased>> {
        let block_on = self.block_on;
        let runtime = self.runtime.weak()?;
        Some(Arc::new(Self { runtime, block_on }))
    }

    fn granularity(&self) -> Duration {
        self.runtime.granularity()
    }

    fn spawn(&self, future: Pin<Box<dyn Future<Output = Value> + Send>>) -> Box<dyn ErasedTask> {
        Box::new(self.runtime.spawn(future))
    }

    fn block_on(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        let block_on = self.block_on.unwrap_or_else(|| {
            panic!(
                "{} is driven elsewhere and can't block: await the future instead, or block on a \
                 runtime of `AnyRuntime::named`",
                self.type_name()
            )
        });
        block_on(&self.runtime, future);
    }

    fn type_name(&self) -> &'static str {
        std::any::type_name::<R>()
    }
}

impl<H: Task<Value> + Send> ErasedTask for H {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Value, JoinError>> {
        Pin::new(self).poll(cx)
    }

    fn abort(&mut self) {
        Task::abort(self);
    }

    fn is_finished(&mut self) -> bool {
        Task::is_finished(self)
    }
}
