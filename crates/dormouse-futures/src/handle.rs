//! A handle that does not keep its pool alive.

use std::future::Future;
use std::sync::Weak;
use std::time::Instant;

use dormouse_core::adapter::{blocking_thread_if, remote};
use dormouse_core::{Sleeper, SpawnBlocking, Spawner};

use crate::pool::Pool;
use crate::{FuturesSleep, FuturesTask};

/// A handle of a [`FuturesPool`](crate::FuturesPool), usable from any thread; it does not keep the
/// pool alive. [`Runtime`](dormouse_core::Runtime) has an example.
#[derive(Clone, Debug)]
pub struct FuturesHandle {
    pub(crate) pool: Weak<Pool>,
}

impl Sleeper for FuturesHandle {
    type Sleep = FuturesSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> FuturesSleep {
        FuturesSleep::until(deadline)
    }
}

impl Spawner for FuturesHandle {
    type Task<T: Send + 'static> = FuturesTask<T>;

    fn spawn<F>(&self, future: F) -> FuturesTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (run, task) = remote(future);
        match self.pool.upgrade() {
            Some(pool) => pool.spawn(run, task.aborter()),
            None => drop(run), // cancelled
        }
        FuturesTask::new(task)
    }
}

impl SpawnBlocking for FuturesHandle {
    type BlockingTask<T: Send + 'static> = FuturesTask<T>;

    /// The closure gets a thread of its own.
    fn spawn_blocking<F, T>(&self, closure: F) -> FuturesTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        // A spawn in progress may keep the pool alive for a moment after its owner.
        let alive = self.pool.upgrade().is_some_and(|pool| !pool.is_closed());
        FuturesTask::new(blocking_thread_if(alive, closure))
    }
}
