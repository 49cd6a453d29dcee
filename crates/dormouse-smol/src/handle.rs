//! A handle that does not keep its executor alive.

use std::future::Future;
use std::sync::atomic::Ordering::Acquire;
use std::sync::{Arc, Weak};
use std::thread;

use dormouse_core::adapter::Contained;
use dormouse_core::{SpawnBlocking, Spawner};
use smol::Executor;

use crate::closing::{ExecutorId, Shared, WhileOpen};
use crate::{Smol, SmolBlockingTask, SmolTask};

/// A handle of a [`SmolExecutor`](crate::SmolExecutor), usable from any thread; it does not keep
/// the executor alive. [`Runtime`](dormouse_core::Runtime) has an example.
#[derive(Clone, Debug)]
pub struct SmolHandle {
    pub(crate) shared: Weak<Shared>,
}

impl SmolHandle {
    /// The executor, unless its owner is gone.
    fn open(&self) -> Option<Arc<Shared>> {
        let shared = self.shared.upgrade()?;
        if shared.closed.load(Acquire) {
            leave(shared);
            return None;
        }
        Some(shared)
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
        let Some(shared) = self.open() else {
            // Cancelled, because this executor is dropped at once.
            let task = Executor::new().spawn(future);
            return SmolTask::new(task, ExecutorId::STAYS);
        };
        let task = shared.executor.spawn(WhileOpen { future });
        let id = shared.id();
        leave(shared);
        SmolTask::new(task, id)
    }
}

impl SpawnBlocking for SmolHandle {
    type BlockingTask<T: Send + 'static> = SmolBlockingTask<T>;

    fn spawn_blocking<F, T>(&self, closure: F) -> SmolBlockingTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let alive = self.open().map(leave).is_some();
        SmolBlockingTask::of_closure(alive, closure)
    }
}

/// Lets go of an executor, for code that spawns. It may be the last to do so, if the owner is gone;
/// the tasks are then dropped on another thread, as this one may hold a lock that their destructors
/// take.
fn leave(shared: Arc<Shared>) {
    if let Some(last) = Arc::into_inner(shared) {
        let thread = thread::Builder::new().name("dormouse-smol-end".into());
        let _ = thread.spawn(move || drop(last));
    }
}
