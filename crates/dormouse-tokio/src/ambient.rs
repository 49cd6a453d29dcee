//! The runtime that is there.

use std::future::Future;
use std::time::{Duration, Instant};

use dormouse_core::{Sleeper, Spawner};
use tokio::runtime::Handle;
use tokio::time::{self, Sleep};

use crate::{GRANULARITY, SMALL_FUTURE, TokioTask};

/// The tokio runtime that the calling code runs in.
///
/// It cannot block on a future, as it does not drive the runtime: a
/// [`TokioRuntime`](crate::TokioRuntime) can.
///
/// # Panics
///
/// [`Sleeper::sleep`], [`Sleeper::sleep_until`] and [`Spawner::spawn`] panic outside of a tokio
/// runtime, as tokio itself does.
///
/// # Examples
///
/// ```
/// use dormouse_core::{Sleeper, Spawner};
/// use dormouse_tokio::Tokio;
/// use std::time::Duration;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let task = Tokio.spawn(async { 42 });
/// Tokio.sleep(Duration::from_millis(2)).await;
/// assert_eq!(task.await.unwrap(), 42);
/// # });
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Tokio;

impl Tokio {
    /// Whether the calling code runs in a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::BlockOn;
    /// use dormouse_tokio::{Tokio, TokioRuntime};
    ///
    /// assert!(!Tokio::is_here());
    /// assert!(TokioRuntime::new().block_on(async { Tokio::is_here() }));
    /// ```
    #[must_use]
    pub fn is_here() -> bool {
        Handle::try_current().is_ok()
    }
}

impl Sleeper for Tokio {
    type Sleep = Sleep;

    /// tokio's own clock, which its tests can pause.
    fn now(&self) -> Instant {
        time::Instant::now().into_std()
    }

    #[inline]
    #[track_caller]
    fn sleep_until(&self, deadline: Instant) -> Sleep {
        let _in_context = current();
        crate::sleep_until(deadline)
    }

    #[inline]
    #[track_caller]
    fn sleep(&self, duration: Duration) -> Sleep {
        let _in_context = current();
        crate::sleep(duration)
    }

    fn granularity(&self) -> Duration {
        GRANULARITY
    }
}

impl Spawner for Tokio {
    type Task<T: Send + 'static> = TokioTask<T>;

    const SMALL_FUTURE: usize = SMALL_FUTURE;

    #[track_caller]
    fn spawn<F>(&self, future: F) -> TokioTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        TokioTask::new(current().spawn(future))
    }
}

#[inline]
#[track_caller]
fn current() -> Handle {
    match Handle::try_current() {
        Ok(handle) => handle,
        Err(_) => none_here(),
    }
}

#[cold]
#[track_caller]
fn none_here() -> ! {
    panic!(
        "no tokio runtime here: call this inside of one (`#[tokio::main]`, `#[tokio::test]` or \
         `Runtime::block_on`), or use a `TokioRuntime` in place of `Tokio`"
    )
}
