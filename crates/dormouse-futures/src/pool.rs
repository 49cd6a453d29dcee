//! The thread pool of futures.

use std::fmt;
use std::future::Future;
use std::time::Instant;

use dormouse_core::{BlockOn, Sleeper, Spawner, remote};
use futures_executor::ThreadPool;

use crate::{FuturesSleep, FuturesTask};

/// A thread pool of futures of one's own.
///
/// Clones share the pool. Its threads end when the last clone has been dropped and the last task
/// has ended.
///
/// # Examples
///
/// ```
/// use dormouse_core::measure_time;
/// use dormouse_futures::FuturesPool;
/// use std::time::Duration;
///
/// let each = measure_time(&FuturesPool::new(2), 100, Duration::from_millis(20))?;
/// assert!(each < 0.02);
/// # Ok::<(), dormouse_core::MeasureError>(())
/// ```
#[derive(Clone)]
pub struct FuturesPool {
    pool: ThreadPool,
}

impl FuturesPool {
    /// A pool of this many threads, or of one per core for 0.
    ///
    /// # Panics
    ///
    /// If the system refuses a thread.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        let mut builder = ThreadPool::builder();
        builder.name_prefix("dormouse-futures-");
        if threads > 0 {
            builder.pool_size(threads);
        }
        let pool = builder.create();
        pool.unwrap_or_else(|error| panic!("cannot start a thread pool: {error}"))
            .into()
    }
}

/// A thread per core.
impl Default for FuturesPool {
    fn default() -> Self {
        Self::new(0)
    }
}

impl From<ThreadPool> for FuturesPool {
    fn from(pool: ThreadPool) -> Self {
        Self { pool }
    }
}

impl Sleeper for FuturesPool {
    type Sleep = FuturesSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> FuturesSleep {
        FuturesSleep::until(deadline)
    }
}

impl Spawner for FuturesPool {
    type Task<T: Send + 'static> = FuturesTask<T>;

    fn spawn<F>(&self, future: F) -> FuturesTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (run, task) = remote(future);
        self.pool.spawn_ok(run);
        task
    }
}

impl BlockOn for FuturesPool {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        futures_executor::block_on(future)
    }
}

impl fmt::Debug for FuturesPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FuturesPool").finish_non_exhaustive()
    }
}
