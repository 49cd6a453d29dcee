//! The spawners of the futures crate.

use dormouse_core::{LocalSpawner, Spawner, Task};
use futures_task::{FutureObj, LocalFutureObj, LocalSpawn, Spawn, SpawnError};

/// `Spawn` and `LocalSpawn` of the futures crate on any runtime.
///
/// `SpawnExt` then also has `spawn_with_handle`, whose handle cancels its task when dropped: that
/// is the contract of the futures crate, not dormouse's. On a runtime that is gone, a spawn
/// succeeds and the task is cancelled: awaiting such a handle then panics.
///
/// # Examples
///
/// ```
/// use dormouse::{BlockOn, TokioRuntime};
/// use dormouse_compat::Futures;
/// use futures::task::SpawnExt;
///
/// let runtime = TokioRuntime::multi_thread(1);
/// let answer = Futures::new(runtime.handle()).spawn_with_handle(async { 42 }).unwrap();
/// assert_eq!(runtime.block_on(answer), 42);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Futures<R>(R);

impl<R> Futures<R> {
    /// Wraps a spawner for the futures crate.
    pub const fn new(runtime: R) -> Self {
        Self(runtime)
    }
}

impl<R: Spawner> Spawn for Futures<R> {
    #[track_caller]
    fn spawn_obj(&self, future: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.0.spawn(future).detach();
        Ok(())
    }
}

impl<R: LocalSpawner> LocalSpawn for Futures<R> {
    #[track_caller]
    fn spawn_local_obj(&self, future: LocalFutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.0.spawn_local(future).detach();
        Ok(())
    }
}
