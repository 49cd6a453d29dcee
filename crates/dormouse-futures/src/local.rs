//! The local pool of futures.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::rc::{Rc, Weak};
use std::time::Instant;

use dormouse_core::{BlockOn, LocalSpawner, Sleeper, remote};
use futures_executor::LocalPool;
use futures_task::LocalSpawn;

use crate::{FuturesSleep, FuturesTask};

/// A local pool of futures of one's own: it stays on one thread, and with it its tasks, which need
/// not be `Send`.
///
/// Clones share the pool; the last one to be dropped drops the tasks that have not ended. Tasks run
/// inside of [`block_on`](BlockOn::block_on) alone.
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
#[derive(Clone)]
pub struct FuturesLocal {
    spawner: futures_executor::LocalSpawner,
    pool: Weak<RefCell<LocalPool>>,
    /// `None` in a weak one.
    owner: Option<Rc<RefCell<LocalPool>>>,
}

impl FuturesLocal {
    /// A pool on the calling thread.
    #[must_use]
    pub fn new() -> Self {
        LocalPool::new().into()
    }
}

impl Default for FuturesLocal {
    fn default() -> Self {
        Self::new()
    }
}

impl From<LocalPool> for FuturesLocal {
    fn from(pool: LocalPool) -> Self {
        let spawner = pool.spawner();
        let owner = Rc::new(RefCell::new(pool));
        Self {
            spawner,
            pool: Rc::downgrade(&owner),
            owner: Some(owner),
        }
    }
}

impl Sleeper for FuturesLocal {
    type Sleep = FuturesSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> FuturesSleep {
        FuturesSleep::until(deadline)
    }

    fn weak(&self) -> Option<Self> {
        self.owner.is_some().then(|| Self {
            owner: None,
            ..self.clone()
        })
    }
}

impl LocalSpawner for FuturesLocal {
    type LocalTask<T: 'static> = FuturesTask<T>;

    fn spawn_local<F>(&self, future: F) -> FuturesTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let (run, task) = remote(future);
        // An error says that the pool is gone, and by dropping `run` it cancels the task.
        let _ = self.spawner.spawn_local_obj(Box::new(run).into());
        task
    }
}

impl BlockOn for FuturesLocal {
    /// # Panics
    ///
    /// If the pool is gone, or is blocked on already.
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let pool = self.pool.upgrade();
        let pool = pool.expect("this local pool is gone: keep a `FuturesLocal` that owns it");
        let mut pool = pool
            .try_borrow_mut()
            .expect("this local pool is blocked on already: await the future there");
        pool.run_until(future)
    }
}

impl fmt::Debug for FuturesLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FuturesLocal").finish_non_exhaustive()
    }
}
