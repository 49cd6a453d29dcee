//! A runtime on one thread.

use std::fmt;
use std::future::Future;
use std::rc::{Rc, Weak};
use std::time::Instant;

use compio_runtime::Runtime;
use dormouse_core::{BlockOn, LocalSpawner, RemoteTask, Sleeper, remote};

use crate::CompioSleep;

/// A compio runtime of one's own, on the calling thread.
///
/// Clones share the runtime; the last one to be dropped drops the tasks that have not ended. Tasks
/// and timers run inside of [`block_on`](BlockOn::block_on) alone.
///
/// # Examples
///
/// ```
/// use dormouse_compio::CompioRuntime;
/// use dormouse_core::{BlockOn, LocalSpawner};
/// use std::rc::Rc;
///
/// let runtime = CompioRuntime::new();
/// let task = runtime.spawn_local(async { Rc::new(42) }); // not `Send`
/// assert_eq!(*runtime.block_on(task).unwrap(), 42);
/// ```
#[derive(Clone)]
pub struct CompioRuntime {
    runtime: Weak<Runtime>,
    /// `None` in a weak one.
    owner: Option<Rc<Runtime>>,
}

/// The handle of a task on compio.
///
/// compio's own handle cancels its task when dropped. This one does not.
pub type CompioTask<T> = RemoteTask<T>;

impl CompioRuntime {
    /// A runtime on the calling thread.
    ///
    /// # Panics
    ///
    /// If the system refuses what the runtime needs.
    #[must_use]
    pub fn new() -> Self {
        Runtime::new()
            .unwrap_or_else(|error| panic!("cannot start a compio runtime: {error}"))
            .into()
    }
}

impl Default for CompioRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Runtime> for CompioRuntime {
    fn from(runtime: Runtime) -> Self {
        let owner = Rc::new(runtime);
        Self {
            runtime: Rc::downgrade(&owner),
            owner: Some(owner),
        }
    }
}

impl Sleeper for CompioRuntime {
    type Sleep = CompioSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> CompioSleep {
        CompioSleep::until(deadline)
    }

    fn weak(&self) -> Option<Self> {
        self.owner.is_some().then(|| Self {
            owner: None,
            ..self.clone()
        })
    }
}

impl LocalSpawner for CompioRuntime {
    type LocalTask<T: 'static> = CompioTask<T>;

    fn spawn_local<F>(&self, future: F) -> CompioTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let (run, task) = remote(future);
        // Where the runtime is gone, so is the task.
        if let Some(runtime) = self.runtime.upgrade() {
            runtime.spawn(run).detach();
        }
        task
    }
}

impl BlockOn for CompioRuntime {
    /// # Panics
    ///
    /// If the runtime is gone.
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let runtime = self.runtime.upgrade();
        let runtime =
            runtime.expect("this compio runtime is gone: keep a `CompioRuntime` that owns it");
        runtime.block_on(future)
    }
}

impl fmt::Debug for CompioRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompioRuntime").finish_non_exhaustive()
    }
}
