//! An executor for tasks that stay on one thread.

use std::future::Future;
use std::rc::{Rc, Weak};

use dormouse_core::adapter::{Contained, root};
use dormouse_core::{BlockOn, LocalSpawner, SpawnBlocking};
use smol::LocalExecutor;

use crate::block_on::block_on;
use crate::closing::ExecutorId;
use crate::linger::{Linger, SHORT};
use crate::{Smol, SmolBlockingTask, SmolLocalTask};

/// Your own smol executor on one thread; its tasks stay on that thread and need not be `Send`.
///
/// Tasks run only inside [`block_on`](BlockOn::block_on); timers are smol's global ones. Dropping
/// it drops the tasks that have not ended; [`handle`](Self::handle) returns what tasks can keep.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, LocalSpawner};
/// use dormouse_smol::SmolLocal;
/// use std::rc::Rc;
///
/// let runtime = SmolLocal::new();
/// let task = runtime.spawn_local(async { Rc::new(42) }); // not `Send`
/// assert_eq!(*runtime.block_on(task).unwrap(), 42);
/// ```
pub struct SmolLocal {
    handle: SmolLocalHandle,
    executor: Rc<LocalExecutor<'static>>,
}

impl SmolLocal {
    /// An executor on the calling thread.
    #[must_use]
    pub fn new() -> Self {
        let executor = Rc::new(LocalExecutor::new());
        Self {
            handle: SmolLocalHandle {
                executor: Rc::downgrade(&executor),
            },
            executor,
        }
    }
}

impl Default for SmolLocal {
    fn default() -> Self {
        Self::new()
    }
}

dormouse_core::owner!(SmolLocal => SmolLocalHandle: Sleeper, LocalSpawner, SpawnBlocking);

impl BlockOn for SmolLocal {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let root = root("SmolLocal", future);
        block_on(root, || self.executor.tick())
    }
}

impl Drop for SmolLocal {
    fn drop(&mut self) {
        if !self.executor.is_empty() {
            self.executor.spawn(Linger { grace: SHORT }).detach();
        }
    }
}

/// A handle of a [`SmolLocal`]; it does not keep the executor alive.
#[derive(Clone, Debug)]
pub struct SmolLocalHandle {
    executor: Weak<LocalExecutor<'static>>,
}

dormouse_core::__forward! { Sleeper [] SmolLocalHandle, |_handle| &Smol, Smol }

impl LocalSpawner for SmolLocalHandle {
    type LocalTask<T: 'static> = SmolLocalTask<T>;

    fn spawn_local<F>(&self, future: F) -> SmolLocalTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let future = Contained::new(future);
        let task = match self.executor.upgrade() {
            Some(executor) => executor.spawn(future),
            // Cancelled, because this executor is dropped at once.
            None => LocalExecutor::new().spawn(future),
        };
        SmolLocalTask::new(task, ExecutorId::STAYS)
    }
}

impl SpawnBlocking for SmolLocalHandle {
    type BlockingTask<T: Send + 'static> = SmolBlockingTask<T>;

    fn spawn_blocking<F, T>(&self, closure: F) -> SmolBlockingTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let alive = self.executor.strong_count() > 0;
        SmolBlockingTask::of_closure(alive, closure)
    }
}
