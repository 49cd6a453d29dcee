//! The runtime that is there.

use std::future::Future;
use std::time::Instant;

use dormouse_core::{BlockOn, Sleeper, Spawner};

use crate::{AsyncStdSleep, AsyncStdTask};

/// async-std's runtime, of which a process has one.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper, Spawner};
/// use dormouse_async_std::AsyncStd;
/// use std::time::Duration;
///
/// AsyncStd.block_on(async {
///     let task = AsyncStd.spawn(async { 42 });
///     AsyncStd.sleep(Duration::from_millis(2)).await;
///     assert_eq!(task.await.unwrap(), 42);
/// });
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct AsyncStd;

impl AsyncStd {
    /// Whether the calling code runs in a task of async-std.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_async_std::AsyncStd;
    /// use dormouse_core::BlockOn;
    ///
    /// assert!(!AsyncStd::is_here());
    /// assert!(AsyncStd.block_on(async { AsyncStd::is_here() }));
    /// ```
    #[must_use]
    pub fn is_here() -> bool {
        async_std::task::try_current().is_some()
    }
}

impl Sleeper for AsyncStd {
    type Sleep = AsyncStdSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> AsyncStdSleep {
        AsyncStdSleep::until(deadline)
    }
}

impl Spawner for AsyncStd {
    type Task<T: Send + 'static> = AsyncStdTask<T>;

    fn spawn<F>(&self, future: F) -> AsyncStdTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        AsyncStdTask::new(async_std::task::spawn(future))
    }
}

impl BlockOn for AsyncStd {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        async_std::task::block_on(future)
    }
}
