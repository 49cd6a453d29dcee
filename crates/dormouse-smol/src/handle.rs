//! What can be kept of an executor.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::time::Instant;

use dormouse_core::adapter::Contained;
use dormouse_core::{Sleeper, SpawnBlocking, Spawner};
use smol::Executor;

use crate::{Smol, SmolBlockingTask, SmolSleep, SmolTask};

/// A handle of a [`SmolExecutor`](crate::SmolExecutor), usable from any thread; it does not keep
/// the executor alive.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper, Spawner};
/// use dormouse_smol::SmolExecutor;
/// use std::time::Duration;
///
/// let runtime = SmolExecutor::new(1);
/// let handle = runtime.handle();
/// let task = runtime.spawn(async move {
///     handle.sleep(Duration::from_millis(2)).await;
///     42
/// });
/// assert_eq!(runtime.block_on(task).unwrap(), 42);
/// ```
#[derive(Clone)]
pub struct SmolHandle {
    // The inner pointer is also that of the executor's threads, which end a while after the owner.
    // The outer one is the owner's alone: with it gone, so is the runtime.
    executor: Weak<Arc<Executor<'static>>>,
}

impl SmolHandle {
    pub(crate) fn new(executor: Weak<Arc<Executor<'static>>>) -> Self {
        Self { executor }
    }
}

impl Sleeper for SmolHandle {
    type Sleep = SmolSleep;

    #[inline]
    fn now(&self) -> Instant {
        Instant::now()
    }

    #[inline]
    fn sleep_until(&self, deadline: Instant) -> SmolSleep {
        SmolSleep::until(deadline)
    }

    fn reset(&self, sleep: Pin<&mut SmolSleep>, deadline: Instant) {
        sleep.reset(deadline);
    }
}

impl Spawner for SmolHandle {
    type Task<T: Send + 'static> = SmolTask<T>;

    fn spawn<F>(&self, future: F) -> SmolTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let future = Contained::new(future);
        SmolTask::new(match self.executor.upgrade() {
            Some(executor) => executor.spawn(future),
            // Cancelled, as its executor is gone at once.
            None => Executor::new().spawn(future),
        })
    }
}

impl SpawnBlocking for SmolHandle {
    type BlockingTask<T: Send + 'static> = SmolBlockingTask<T>;

    fn spawn_blocking<F, T>(&self, closure: F) -> SmolBlockingTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        if self.executor.strong_count() == 0 {
            return SmolBlockingTask::cancelled();
        }
        Smol.spawn_blocking(closure)
    }
}

impl fmt::Debug for SmolHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmolHandle").finish_non_exhaustive()
    }
}
