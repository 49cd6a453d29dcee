//! The threads of this process.

use std::future::Future;
use std::time::Instant;

use dormouse_core::adapter::{blocking_thread, on_thread, remote, root};
use dormouse_core::{BlockOn, Sleeper, SpawnBlocking, Spawner};

use crate::{ThreadsSleep, ThreadsTask, park};

/// Threads of the standard library: one for each task, and one for all sleeps.
///
/// After a `fork`, its sleeps hang in the child if the parent has already slept: the system copies
/// only the thread that forks.
///
/// If the system refuses a task its thread, the handle gives a panic that says so. A process with some
/// 16,000 threads reaches a limit of Linux first (`vm.max_map_count`): there the standard library may
/// abort it.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper, Spawner};
/// use dormouse_threads::Threads;
/// use std::time::Duration;
///
/// Threads.block_on(async {
///     let task = Threads.spawn(async { 42 });
///     Threads.sleep(Duration::from_millis(2)).await;
///     assert_eq!(task.await.unwrap(), 42);
/// });
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Threads;

impl Sleeper for Threads {
    type Sleep = ThreadsSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> ThreadsSleep {
        ThreadsSleep::until(deadline)
    }
}

impl Spawner for Threads {
    type Task<T: Send + 'static> = ThreadsTask<T>;

    fn spawn<F>(&self, future: F) -> ThreadsTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (run, task) = remote(future);
        ThreadsTask::new(on_thread(|| park::block_on(run), task))
    }
}

impl SpawnBlocking for Threads {
    type BlockingTask<T: Send + 'static> = ThreadsTask<T>;

    fn spawn_blocking<F, T>(&self, closure: F) -> ThreadsTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        ThreadsTask::new(blocking_thread(closure))
    }
}

impl BlockOn for Threads {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        park::block_on(root("Threads", future))
    }
}
