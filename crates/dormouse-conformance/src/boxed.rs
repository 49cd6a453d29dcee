//! What most cases get for a runtime.

use std::future::Future;
use std::pin::Pin;

use dormouse_core::{LocalSpawner, Sleeper, SpawnBlocking, Spawner};

/// Boxes the future of each task, so that the runtime's own code is compiled once for each output, not
/// for each future: that halves the time that a suite takes to compile. The cases that end a runtime
/// get it as it is.
#[derive(Clone, Debug)]
pub(crate) struct Boxed<R>(pub(crate) R);

dormouse_core::__forward! { Sleeper [R: Sleeper] Boxed<R>, |this| &this.0, R }
dormouse_core::__forward! { SpawnBlocking [R: SpawnBlocking] Boxed<R>, |this| &this.0, R }

impl<R: Spawner> Spawner for Boxed<R> {
    type Task<T: Send + 'static> = R::Task<T>;

    #[track_caller]
    fn spawn<F>(&self, future: F) -> R::Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let future: Pin<Box<dyn Future<Output = F::Output> + Send>> = Box::pin(future);
        self.0.spawn(future)
    }

    fn spawn_driver<F: Future<Output = ()> + Send + 'static>(&self, driver: F) {
        self.0.spawn_driver(driver);
    }

    fn can_spawn(&self) -> bool {
        self.0.can_spawn()
    }

    fn yield_now(&self) -> impl Future<Output = ()> + Send + 'static {
        self.0.yield_now()
    }
}

impl<R: LocalSpawner> LocalSpawner for Boxed<R> {
    type LocalTask<T: 'static> = R::LocalTask<T>;

    #[track_caller]
    fn spawn_local<F>(&self, future: F) -> R::LocalTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let future: Pin<Box<dyn Future<Output = F::Output>>> = Box::pin(future);
        self.0.spawn_local(future)
    }

    fn spawn_local_driver<F: Future<Output = ()> + 'static>(&self, driver: F) {
        self.0.spawn_local_driver(driver);
    }

    fn yield_local(&self) -> impl Future<Output = ()> + 'static {
        self.0.yield_local()
    }
}
