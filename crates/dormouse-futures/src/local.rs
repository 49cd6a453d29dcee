//! The local pool of futures.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::{Rc, Weak};
use std::time::Instant;

use dormouse_core::adapter::{blocking_thread_if, remote, root};
use dormouse_core::{BlockOn, LocalSpawner, Sleeper, SpawnBlocking};
use futures_executor::LocalPool;

use crate::local_queue::Queue;
use crate::{FuturesSleep, FuturesTask};

/// Your own local pool of futures on one thread; its tasks stay on that thread and need not be
/// `Send`.
///
/// Tasks run only inside [`block_on`](BlockOn::block_on). Dropping it drops the tasks that have not
/// ended; [`handle`](Self::handle) returns what tasks can keep.
///
/// `LocalPool::run_until` polls its future only when no new task is queued, so a task that spawns and
/// awaits others without end starves it. `block_on` does not: once 200 tasks have been spawned, the
/// next ones wait until its future has been polled.
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
    // After the pool, whose tasks may spawn when they are dropped.
    queue: Rc<Queue>,
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
        let queue = Rc::new(Queue::new(pool.spawner()));
        Self {
            handle: FuturesLocalHandle {
                queue: Rc::downgrade(&queue),
            },
            pool: RefCell::new(pool),
            queue,
        }
    }
}

dormouse_core::owner!(FuturesLocal => FuturesLocalHandle: Sleeper, LocalSpawner, SpawnBlocking);

impl BlockOn for FuturesLocal {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut root = pin!(root("FuturesLocal", future));
        let mut pool = self
            .pool
            .try_borrow_mut()
            .expect("this local pool is blocked on already: await the future there");
        pool.run_until(poll_fn(|cx| self.queue.poll(root.as_mut(), cx)))
    }
}

/// A handle of a [`FuturesLocal`]; it does not keep the pool alive.
#[derive(Clone, Debug)]
pub struct FuturesLocalHandle {
    queue: Weak<Queue>,
}

impl Sleeper for FuturesLocalHandle {
    type Sleep = FuturesSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> FuturesSleep {
        FuturesSleep::until(deadline)
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
        match self.queue.upgrade() {
            Some(queue) => queue.push(Box::new(run).into()),
            None => drop(run), // cancelled
        }
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
        let alive = self.queue.upgrade().is_some_and(|queue| !queue.is_closed());
        FuturesTask::new(blocking_thread_if(alive, closure))
    }
}
