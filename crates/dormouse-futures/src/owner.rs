//! The thread pool of futures.

use std::future::Future;
use std::sync::Arc;

use dormouse_core::BlockOn;
use dormouse_core::adapter::root;
use futures_executor::ThreadPool;

use crate::FuturesHandle;
use crate::pool::Pool;

/// Your own thread pool of futures.
///
/// Dropping it ends the tasks, and with the last of them the threads, and does not wait;
/// [`handle`](Self::handle) returns what tasks can keep.
///
/// One thread of the standard library wakes the sleeps of all such pools, and of `Threads`.
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
pub struct FuturesPool {
    handle: FuturesHandle,
    pool: Arc<Pool>,
}

impl FuturesPool {
    /// A pool of this many threads, or of one per core for 0.
    ///
    /// # Panics
    ///
    /// If the system refuses a thread.
    #[must_use]
    #[track_caller]
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
    fn from(threads: ThreadPool) -> Self {
        let pool = Pool::new(threads);
        Self {
            handle: FuturesHandle {
                pool: Arc::downgrade(&pool),
            },
            pool,
        }
    }
}

dormouse_core::owner!(FuturesPool => FuturesHandle: Sleeper, Spawner, SpawnBlocking);

impl BlockOn for FuturesPool {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        futures_executor::block_on(root("FuturesPool", future))
    }
}

impl Drop for FuturesPool {
    fn drop(&mut self) {
        self.pool.close();
    }
}
