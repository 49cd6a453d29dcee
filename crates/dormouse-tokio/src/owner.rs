//! A runtime of one's own.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Sleeper, Spawner};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::{self, Sleep};

use crate::owned::Owned;
use crate::{GRANULARITY, SMALL_FUTURE, TokioTask};

/// A tokio runtime of one's own, usable from any thread.
///
/// Clones share the runtime; the last one to be dropped shuts it down, without waiting for it
/// where waiting is not possible. Any other configuration than those here comes
/// [from a tokio runtime](#impl-From<Runtime>-for-TokioRuntime); its time driver must be enabled.
///
/// # Examples
///
/// ```
/// use dormouse_core::measure_time;
/// use dormouse_tokio::TokioRuntime;
/// use std::time::Duration;
///
/// for runtime in [TokioRuntime::new(), TokioRuntime::current_thread()] {
///     assert!(measure_time(&runtime, 100, Duration::from_millis(20))? < 0.02);
/// }
/// # Ok::<(), dormouse_core::MeasureError>(())
/// ```
#[derive(Clone)]
pub struct TokioRuntime {
    handle: Handle,
    runtime: Weak<Owned<Runtime>>,
    /// `None` in a weak one.
    owner: Option<Arc<Owned<Runtime>>>,
}

impl TokioRuntime {
    /// The multi-thread runtime with a worker per core.
    ///
    /// # Panics
    ///
    /// If the system refuses the threads. [`Builder::build`] and
    /// [`From`](#impl-From<Runtime>-for-TokioRuntime) return that error.
    #[must_use]
    pub fn new() -> Self {
        Self::multi_thread(0)
    }

    /// The multi-thread runtime with this many workers, or one per core for 0.
    ///
    /// # Panics
    ///
    /// If the system refuses the threads, as [`new`](Self::new) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, task_wait_n};
    /// use dormouse_tokio::TokioRuntime;
    /// use std::time::Duration;
    ///
    /// let runtime = TokioRuntime::multi_thread(2);
    /// let delays = runtime.block_on(task_wait_n(&runtime, 100, Duration::from_millis(5)));
    /// assert!(delays.is_sorted());
    /// ```
    #[must_use]
    pub fn multi_thread(workers: usize) -> Self {
        let mut builder = Builder::new_multi_thread();
        if workers > 0 {
            builder.worker_threads(workers);
        }
        Self::build(&mut builder)
    }

    /// The current-thread runtime: its tasks and timers run inside of
    /// [`block_on`](BlockOn::block_on) alone.
    ///
    /// # Panics
    ///
    /// If the system refuses what the runtime needs, as [`new`](Self::new) does.
    #[must_use]
    pub fn current_thread() -> Self {
        Self::build(&mut Builder::new_current_thread())
    }

    /// tokio's own handle, for what is beyond sleeps and tasks.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_tokio::TokioRuntime;
    ///
    /// let runtime = TokioRuntime::new();
    /// let blocking = runtime.handle().spawn_blocking(|| 42);
    /// # use dormouse_core::BlockOn;
    /// assert_eq!(runtime.block_on(blocking).unwrap(), 42);
    /// ```
    #[must_use]
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    fn build(builder: &mut Builder) -> Self {
        let runtime = builder.enable_time().build();
        runtime
            .unwrap_or_else(|error| panic!("cannot start a tokio runtime: {error}"))
            .into()
    }
}

impl Default for TokioRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Runtime> for TokioRuntime {
    fn from(runtime: Runtime) -> Self {
        let handle = runtime.handle().clone();
        let owner = Arc::new(Owned::new(runtime, Runtime::shutdown_background));
        Self {
            handle,
            runtime: Arc::downgrade(&owner),
            owner: Some(owner),
        }
    }
}

impl Sleeper for TokioRuntime {
    type Sleep = Sleep;

    /// The runtime's own clock, which its tests can pause.
    fn now(&self) -> Instant {
        let _context = self.handle().enter();
        time::Instant::now().into_std()
    }

    #[inline]
    fn sleep_until(&self, deadline: Instant) -> Sleep {
        let _context = self.handle().enter();
        crate::sleep_until(deadline)
    }

    #[inline]
    fn sleep(&self, duration: Duration) -> Sleep {
        let _context = self.handle().enter();
        crate::sleep(duration)
    }

    fn weak(&self) -> Option<Self> {
        self.owner.is_some().then(|| Self {
            owner: None,
            ..self.clone()
        })
    }

    fn granularity(&self) -> Duration {
        GRANULARITY
    }
}

impl Spawner for TokioRuntime {
    type Task<T: Send + 'static> = TokioTask<T>;

    const SMALL_FUTURE: usize = SMALL_FUTURE;

    fn spawn<F>(&self, future: F) -> TokioTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        TokioTask::new(self.handle().spawn(future))
    }
}

impl BlockOn for TokioRuntime {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let runtime = self.runtime.upgrade();
        let runtime =
            runtime.expect("this tokio runtime is gone: keep a `TokioRuntime` that owns it");
        runtime.get().block_on(future)
    }
}

impl fmt::Debug for TokioRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokioRuntime").field(&self.handle).finish()
    }
}
