//! An executor for tasks that stay on one thread.

use std::fmt;
use std::future::Future;
use std::rc::{Rc, Weak};
use std::time::Instant;

use dormouse_core::{BlockOn, LocalSpawner, Sleeper};
use smol::LocalExecutor;

use crate::{SmolLocalTask, SmolSleep, SmolTask};

/// A smol executor of one's own that stays on one thread, and with it its tasks: they need not be
/// `Send`.
///
/// Clones share the executor; the last one to be dropped drops the tasks that have not ended.
/// Tasks run inside of [`block_on`](BlockOn::block_on) alone; timers are smol's global ones.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, LocalSpawner, Sleeper};
/// use dormouse_smol::SmolLocal;
/// use std::{cell::Cell, rc::Rc, time::Duration};
///
/// let runtime = SmolLocal::new();
/// let calls = Rc::new(Cell::new(0)); // not `Send`
/// let sleep = runtime.sleep(Duration::from_millis(2));
/// let task = runtime.spawn_local({
///     let calls = Rc::clone(&calls);
///     async move {
///         sleep.await;
///         calls.set(calls.get() + 1);
///     }
/// });
/// runtime.block_on(task).unwrap();
/// assert_eq!(calls.get(), 1);
/// ```
#[derive(Clone)]
pub struct SmolLocal {
    executor: Weak<LocalExecutor<'static>>,
    /// `None` in a weak one.
    owner: Option<Rc<LocalExecutor<'static>>>,
}

impl SmolLocal {
    /// An executor on the calling thread.
    #[must_use]
    pub fn new() -> Self {
        let owner = Rc::new(LocalExecutor::new());
        Self {
            executor: Rc::downgrade(&owner),
            owner: Some(owner),
        }
    }
}

impl Default for SmolLocal {
    fn default() -> Self {
        Self::new()
    }
}

impl Sleeper for SmolLocal {
    type Sleep = SmolSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> SmolSleep {
        SmolSleep::until(deadline)
    }

    fn weak(&self) -> Option<Self> {
        self.owner.is_some().then(|| Self {
            owner: None,
            ..self.clone()
        })
    }
}

impl LocalSpawner for SmolLocal {
    type LocalTask<T: 'static> = SmolLocalTask<T>;

    fn spawn_local<F>(&self, future: F) -> SmolLocalTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        SmolTask::new(match self.executor.upgrade() {
            Some(executor) => executor.spawn(future),
            // Cancelled, as its executor is gone at once.
            None => LocalExecutor::new().spawn(future),
        })
    }
}

impl BlockOn for SmolLocal {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        match self.executor.upgrade() {
            Some(executor) => smol::block_on(executor.run(future)),
            None => smol::block_on(future),
        }
    }
}

impl fmt::Debug for SmolLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmolLocal").finish_non_exhaustive()
    }
}
