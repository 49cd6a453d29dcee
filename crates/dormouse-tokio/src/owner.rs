//! A runtime with an owner.

use std::future::Future;

use dormouse_core::BlockOn;
use tokio::runtime::{Builder, Runtime};

use crate::TokioHandle;
use crate::block_on::root;
use crate::ended::note_end;

/// Your own tokio runtime, usable from any thread.
///
/// Dropping it ends the runtime and does not wait; [`handle`](Self::handle) returns what tasks can
/// keep. tokio's workers drive the timers: while all of them are blocked, sleeps end late, also those
/// of `block_on`. For any other configuration, convert it [from a tokio
/// runtime](#impl-From<Runtime>-for-TokioRuntime), whose time driver must be enabled.
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
pub struct TokioRuntime {
    handle: TokioHandle,
    // `None` only during the drop.
    runtime: Option<Runtime>,
}

impl TokioRuntime {
    /// The multi-thread runtime with a worker per core, with timers alone.
    ///
    /// For tokio's sockets, signals or processes, or any other configuration, convert one of tokio's:
    /// `TokioRuntime::from(tokio::runtime::Runtime::new()?)`.
    ///
    /// # Panics
    ///
    /// If the system refuses the threads. [`Builder::build`] and
    /// [`From`](#impl-From<Runtime>-for-TokioRuntime) return that error.
    #[must_use]
    #[track_caller]
    pub fn new() -> Self {
        Self::multi_thread(0)
    }

    /// The multi-thread runtime with this many workers, or one per core for 0; like [`new`](Self::new),
    /// with timers alone.
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
    #[track_caller]
    pub fn multi_thread(workers: usize) -> Self {
        let mut builder = Builder::new_multi_thread();
        if workers > 0 {
            builder.worker_threads(workers);
        }
        Self::build(&mut builder)
    }

    /// The current-thread runtime: its tasks and timers run only inside
    /// [`block_on`](BlockOn::block_on); like [`new`](Self::new), with timers alone.
    ///
    /// # Panics
    ///
    /// If the system refuses what the runtime needs, as [`new`](Self::new) does.
    #[must_use]
    #[track_caller]
    pub fn current_thread() -> Self {
        Self::build(&mut Builder::new_current_thread())
    }

    #[track_caller]
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
        Self {
            handle: runtime.handle().clone().into(),
            runtime: Some(runtime),
        }
    }
}

dormouse_core::owner!(TokioRuntime => TokioHandle: Sleeper, Spawner, SpawnBlocking);

impl BlockOn for TokioRuntime {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let root = root("TokioRuntime", future);
        let runtime = self.runtime.as_ref().expect("taken only in `drop`");
        runtime.block_on(root)
    }
}

impl Drop for TokioRuntime {
    fn drop(&mut self) {
        // tokio's own drop blocks, and so panics inside a runtime.
        if let Some(runtime) = self.runtime.take() {
            note_end(runtime.handle());
            runtime.shutdown_background();
        }
    }
}
