//! A handle that does not keep its executor alive.

use std::fmt;
use std::future::Future;
use std::sync::atomic::Ordering::Acquire;
use std::sync::{Arc, Weak};

use dormouse_core::adapter::Contained;
use dormouse_core::{SpawnBlocking, Spawner};
use smol::Executor;

use crate::closing::{Shared, WhileOpen};
use crate::{Smol, SmolBlockingTask, SmolTask};

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
    shared: Weak<Shared>,
}

impl SmolHandle {
    pub(crate) fn new(shared: Weak<Shared>) -> Self {
        Self { shared }
    }

    /// The executor, unless its owner is gone.
    fn open(&self) -> Option<Arc<Shared>> {
        let shared = self.shared.upgrade()?;
        (!shared.closed.load(Acquire)).then_some(shared)
    }
}

dormouse_core::__forward! { Sleeper [] SmolHandle, |_handle| &Smol, Smol }

impl Spawner for SmolHandle {
    type Task<T: Send + 'static> = SmolTask<T>;

    fn spawn<F>(&self, future: F) -> SmolTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let future = Contained::new(future);
        SmolTask::new(match self.open() {
            Some(shared) => shared.executor.spawn(WhileOpen { future }),
            // Cancelled, because this executor is dropped at once.
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
        if self.open().is_none() {
            return SmolBlockingTask::cancelled(closure);
        }
        Smol.spawn_blocking(closure)
    }
}

impl fmt::Debug for SmolHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmolHandle").finish_non_exhaustive()
    }
}
