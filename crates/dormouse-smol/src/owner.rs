//! An executor of one's own.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use dormouse_core::{BlockOn, Sleeper, Spawner};
use smol::Executor;
use smol::channel::{self, Receiver, Sender};

use crate::{SmolSleep, SmolTask};

/// A smol executor of one's own, with threads of its own.
///
/// Clones share the executor; the last one to be dropped ends the threads and drops the tasks
/// that have not ended. Timers are smol's global ones.
///
/// # Examples
///
/// ```
/// use dormouse_core::measure_time;
/// use dormouse_smol::SmolExecutor;
/// use std::time::Duration;
///
/// for threads in [0, 4] {
///     let runtime = SmolExecutor::new(threads);
///     assert!(measure_time(&runtime, 100, Duration::from_millis(20))? < 0.02);
/// }
/// # Ok::<(), dormouse_core::MeasureError>(())
/// ```
#[derive(Clone)]
pub struct SmolExecutor {
    pool: Weak<Pool>,
    /// `None` in a weak one.
    owner: Option<Arc<Pool>>,
    threads: usize,
}

impl SmolExecutor {
    /// An executor that runs on this many threads; with 0, its tasks run inside of
    /// [`block_on`](BlockOn::block_on) alone.
    ///
    /// # Panics
    ///
    /// If the system refuses a thread.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        let executor = Arc::new(Executor::new());
        let (shutdown, signal) = channel::bounded(1);
        let run = |number| run(number, Arc::clone(&executor), signal.clone());
        let owner = Arc::new(Pool {
            threads: (0..threads).map(run).collect(),
            executor,
            shutdown,
        });
        Self {
            pool: Arc::downgrade(&owner),
            owner: Some(owner),
            threads,
        }
    }

    /// How many threads run the tasks.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads
    }

    fn with<T>(&self, run: impl FnOnce(Option<&Pool>) -> T) -> T {
        match &self.owner {
            Some(pool) => run(Some(pool)),
            None => run(self.pool.upgrade().as_deref()),
        }
    }
}

/// A thread per core.
impl Default for SmolExecutor {
    fn default() -> Self {
        Self::new(thread::available_parallelism().map_or(1, Into::into))
    }
}

impl Sleeper for SmolExecutor {
    type Sleep = SmolSleep;

    #[inline]
    fn now(&self) -> Instant {
        Instant::now()
    }

    #[inline]
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

impl Spawner for SmolExecutor {
    type Task<T: Send + 'static> = SmolTask<T>;

    fn spawn<F>(&self, future: F) -> SmolTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        SmolTask::new(self.with(|pool| match pool {
            Some(pool) => pool.executor.spawn(future),
            // Cancelled, as its executor is gone at once.
            None => Executor::new().spawn(future),
        }))
    }
}

impl BlockOn for SmolExecutor {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.with(|pool| match pool {
            Some(pool) if self.threads == 0 => smol::block_on(pool.executor.run(future)),
            _ => smol::block_on(future),
        })
    }
}

impl fmt::Debug for SmolExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmolExecutor")
            .field("threads", &self.threads())
            .finish_non_exhaustive()
    }
}

struct Pool {
    executor: Arc<Executor<'static>>,
    threads: Vec<JoinHandle<()>>,
    shutdown: Sender<()>,
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shutdown.close();
        for thread in self.threads.drain(..) {
            // The last clone may have been dropped by a task: a thread can't wait for itself.
            if thread.thread().id() != thread::current().id() {
                // A thread ends by the signal alone: a task's panic stays in the task.
                let _ = thread.join();
            }
        }
    }
}

fn run(number: usize, executor: Arc<Executor<'static>>, shutdown: Receiver<()>) -> JoinHandle<()> {
    let run = move || {
        // An error is the signal: the other end is closed.
        let _ = smol::block_on(executor.run(shutdown.recv()));
    };
    let thread = thread::Builder::new()
        .name(format!("dormouse-smol-{number}"))
        .spawn(run);
    thread
        .unwrap_or_else(|error| panic!("cannot start thread {number} of a smol executor: {error}"))
}
