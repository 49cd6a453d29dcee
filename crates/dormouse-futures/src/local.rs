//! The local pool of futures.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use dormouse_core::adapter::{remote, root};
use dormouse_core::{BlockOn, LocalSpawner, Sleeper, SpawnBlocking};
use futures_executor::LocalPool;
use futures_task::LocalSpawn;

use crate::{FuturesSleep, FuturesTask};

/// Your own local pool of futures on one thread; its tasks stay on that thread and need not be
/// `Send`.
///
/// Tasks run only inside [`block_on`](BlockOn::block_on). Dropping it drops the tasks that have not
/// ended; [`handle`](Self::handle) returns what tasks can keep.
///
/// As that of `LocalPool` does, `block_on` polls its own future only when no new task is queued. So
/// an endless chain of tasks, each of which spawns the next one and ends, starves that future; a
/// sleep in each task of the chain lets the future run.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, LocalSpawner};
/// use dormouse_futures::FuturesLocal;
/// use std::rc::Rc;
///
/// let runtime = FuturesLocal::new();
/// let task = runtime.spawn_local(async { Rc::new(42) }); // not `Send`
/// assert_eq!(*runtime.block_on(task).unwrap(), 42);
/// ```
pub struct FuturesLocal {
    handle: FuturesLocalHandle,
    pool: RefCell<LocalPool>,
}

impl FuturesLocal {
    /// A pool on the calling thread.
    #[must_use]
    pub fn new() -> Self {
        LocalPool::new().into()
    }

    /// A handle, which does not keep the pool alive.
    #[must_use]
    pub fn handle(&self) -> FuturesLocalHandle {
        self.handle.clone()
    }
}

impl Default for FuturesLocal {
    fn default() -> Self {
        Self::new()
    }
}

impl From<LocalPool> for FuturesLocal {
    fn from(pool: LocalPool) -> Self {
        Self {
            handle: FuturesLocalHandle {
                spawner: pool.spawner(),
            },
            pool: RefCell::new(pool),
        }
    }
}

dormouse_core::owner!(FuturesLocal => FuturesLocalHandle: Sleeper, LocalSpawner, SpawnBlocking);

impl BlockOn for FuturesLocal {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let root = root("FuturesLocal", future);
        let mut pool = self
            .pool
            .try_borrow_mut()
            .expect("this local pool is blocked on already: await the future there");
        pool.run_until(root)
    }
}

impl fmt::Debug for FuturesLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FuturesLocal").finish_non_exhaustive()
    }
}

/// A handle of a [`FuturesLocal`]; it does not keep the pool alive.
#[derive(Clone)]
pub struct FuturesLocalHandle {
    // Weak: it does not keep the pool alive.
    spawner: futures_executor::LocalSpawner,
}

impl Sleeper for FuturesLocalHandle {
    type Sleep = FuturesSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> FuturesSleep {
        FuturesSleep::until(deadline)
    }

    fn reset(&self, sleep: Pin<&mut FuturesSleep>, deadline: Instant) {
        sleep.reset(deadline);
    }
}

impl LocalSpawner for FuturesLocalHandle {
    type LocalTask<T: 'static> = FuturesTask<T>;

    fn spawn_local<F>(&self, future: F) -> FuturesTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let (run, task) = remote(future);
        // An error means that the pool is gone; it drops `run`, which cancels the task.
        let _ = self.spawner.spawn_local_obj(Box::new(run).into());
        FuturesTask::new(task)
    }
}

impl SpawnBlocking for FuturesLocalHandle {
    type BlockingTask<T: Send + 'static> = FuturesTask<T>;

    /// The closure gets a thread of its own.
    fn spawn_blocking<F, T>(&self, closure: F) -> FuturesTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let gone = self.spawner.status_local().is_err();
        FuturesTask::of_closure(closure, gone)
    }
}

impl fmt::Debug for FuturesLocalHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FuturesLocalHandle").finish_non_exhaustive()
    }
}
