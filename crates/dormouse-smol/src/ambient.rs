//! The runtime that is there.

use std::future::Future;
use std::time::Instant;

use dormouse_core::{BlockOn, Sleeper, Spawner};

use crate::{SmolSleep, SmolTask};

/// smol's global executor, which runs as many threads as `SMOL_THREADS` says, or one.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper, Spawner};
/// use dormouse_smol::Smol;
/// use std::time::Duration;
///
/// Smol.block_on(async {
///     let task = Smol.spawn(async { 42 });
///     Smol.sleep(Duration::from_millis(2)).await;
///     assert_eq!(task.await.unwrap(), 42);
/// });
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Smol;

impl Sleeper for Smol {
    type Sleep = SmolSleep;

    #[inline]
    fn now(&self) -> Instant {
        Instant::now()
    }

    #[inline]
    fn sleep_until(&self, deadline: Instant) -> SmolSleep {
        SmolSleep::until(deadline)
    }
}

impl Spawner for Smol {
    type Task<T: Send + 'static> = SmolTask<T>;

    fn spawn<F>(&self, future: F) -> SmolTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        SmolTask::new(smol::spawn(future))
    }
}

impl BlockOn for Smol {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        smol::block_on(future)
    }
}
