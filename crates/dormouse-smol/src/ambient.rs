//! The ambient runtime.

use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use dormouse_core::adapter::{Contained, root};
use dormouse_core::{BlockOn, Sleeper, SpawnBlocking, Spawner};

use crate::closing::ExecutorId;
use crate::{SmolBlockingTask, SmolSleep, SmolTask};

/// smol's global executor, with as many threads as `SMOL_THREADS` says, or one.
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

    fn reset(&self, sleep: Pin<&mut SmolSleep>, deadline: Instant) {
        sleep.reset_to(deadline);
    }
}

impl Spawner for Smol {
    type Task<T: Send + 'static> = SmolTask<T>;

    fn spawn<F>(&self, future: F) -> SmolTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        SmolTask::new(smol::spawn(Contained::new(future)), ExecutorId::STAYS)
    }
}

impl SpawnBlocking for Smol {
    type BlockingTask<T: Send + 'static> = SmolBlockingTask<T>;

    fn spawn_blocking<F, T>(&self, closure: F) -> SmolBlockingTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        SmolBlockingTask::of_closure(true, closure)
    }
}

impl BlockOn for Smol {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        smol::block_on(root("Smol", future))
    }
}
