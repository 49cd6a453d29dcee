//! A runtime that is known when the program runs.

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Runtime, Sleeper, Spawner};

use crate::any_runtime::erased::{Erased, Kept};

pub use crate::any_runtime::named::UnknownRuntime;
pub use crate::any_runtime::task::AnyTask;

mod erased;
mod named;
mod task;

/// Any runtime, of a type that the program need not know: chosen by a name, or whichever is there.
///
/// It implements the same traits as the runtime inside, and clones share that. Where the type can
/// be known, be generic over [`Runtime`] instead: this costs a box per sleep, and per task a box
/// for its future, one for its handle and one for its value, unless that is `()`. Its own tests
/// count them.
///
/// # Examples
///
/// ```
/// use dormouse::{AnyRuntime, BlockOn, task_wait_n};
/// use std::time::Duration;
///
/// for name in AnyRuntime::names() {
///     let runtime = AnyRuntime::named(name)?;
///     let delays = runtime.block_on(task_wait_n(&runtime, 10, Duration::from_millis(5)));
///     assert!(delays.is_sorted(), "{name}");
/// }
/// assert!(AnyRuntime::named("nope").is_err());
/// # Ok::<(), dormouse::UnknownRuntime>(())
/// ```
#[derive(Clone)]
pub struct AnyRuntime {
    runtime: Arc<dyn Erased>,
}

impl AnyRuntime {
    /// Any runtime that can block on a future.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse::{AnyRuntime, BlockOn, Smol, TokioRuntime};
    ///
    /// for runtime in [AnyRuntime::new(Smol), AnyRuntime::new(TokioRuntime::current_thread())] {
    ///     assert_eq!(runtime.block_on(async { 42 }), 42);
    /// }
    /// ```
    #[must_use]
    pub fn new<R: Runtime + BlockOn>(runtime: R) -> Self {
        let block_on = |runtime: &R, future: Pin<&mut dyn Future<Output = ()>>| {
            runtime.block_on(future);
        };
        Self {
            runtime: Arc::new(Kept {
                runtime,
                block_on: Some(block_on),
            }),
        }
    }

    /// Any runtime that somebody else drives; blocking on it panics.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse::{AnyRuntime, BlockOn, Spawner, Tokio, TokioRuntime};
    ///
    /// let runtime = AnyRuntime::driven_elsewhere(Tokio);
    /// let value = TokioRuntime::new().block_on(async { runtime.spawn(async { 42 }).await });
    /// assert_eq!(value.unwrap(), 42);
    /// ```
    #[must_use]
    pub fn driven_elsewhere<R: Runtime>(runtime: R) -> Self {
        Self {
            runtime: Arc::new(Kept {
                runtime,
                block_on: None,
            }),
        }
    }
}

impl Sleeper for AnyRuntime {
    type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn now(&self) -> Instant {
        self.runtime.now()
    }

    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        self.runtime.sleep_until(deadline)
    }

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.runtime.sleep(duration)
    }

    fn weak(&self) -> Option<Self> {
        let runtime = self.runtime.weak()?;
        Some(Self { runtime })
    }

    fn granularity(&self) -> Duration {
        self.runtime.granularity()
    }
}

impl Spawner for AnyRuntime {
    type Task<T: Send + 'static> = AnyTask<T>;

    fn spawn<F>(&self, future: F) -> AnyTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        AnyTask::new(self.runtime.spawn(AnyTask::erase(future)))
    }
}

impl BlockOn for AnyRuntime {
    /// # Panics
    ///
    /// Also if somebody else drives the runtime, as with [`AnyRuntime::current`].
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut output = None;
        {
            let run = pin!(async { output = Some(future.await) });
            self.runtime.block_on(run);
        }
        output.expect("the future has run to its end")
    }
}

impl fmt::Debug for AnyRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyRuntime({})", self.runtime.type_name())
    }
}
