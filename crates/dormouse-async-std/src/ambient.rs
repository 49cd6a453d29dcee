//! The ambient runtime.

use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use dormouse_core::adapter::{Contained, Named, blocking, root};
use dormouse_core::{BlockOn, Sleeper, SpawnBlocking, Spawner};

use crate::{AsyncStdBlockingTask, AsyncStdSleep, AsyncStdTask};

/// async-std's runtime; a process has only one.
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

impl Named for AsyncStd {
    const NAME: &'static str = "AsyncStd";
}

impl Sleeper for AsyncStd {
    type Sleep = AsyncStdSleep;

    #[inline]
    fn now(&self) -> Instant {
        Instant::now()
    }

    #[inline]
    fn sleep_until(&self, deadline: Instant) -> AsyncStdSleep {
        AsyncStdSleep::until(deadline)
    }

    fn reset(&self, sleep: Pin<&mut AsyncStdSleep>, deadline: Instant) {
        sleep.reset_to(deadline);
    }
}

impl Spawner for AsyncStd {
    type Task<T: Send + 'static> = AsyncStdTask<T>;

    fn spawn<F>(&self, future: F) -> AsyncStdTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        AsyncStdTask::new(async_std::task::spawn(Contained::<_, Self>::on(future)))
    }
}

impl SpawnBlocking for AsyncStd {
    type BlockingTask<T: Send + 'static> = AsyncStdBlockingTask<T>;

    fn spawn_blocking<F, T>(&self, closure: F) -> AsyncStdBlockingTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let (run, task) = blocking(closure);
        drop(async_std::task::spawn_blocking(run));
        AsyncStdBlockingTask::new(task)
    }
}

impl BlockOn for AsyncStd {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        async_std::task::block_on(root("AsyncStd", future))
    }
}
