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
dormouse_core::__forward! { Spawner [R: Spawner] Boxed<R>, |this| &this.0, R, boxed, 0 }
dormouse_core::__forward! { LocalSpawner [R: LocalSpawner] Boxed<R>, |this| &this.0, R, boxed_local }
dormouse_core::__forward! { SpawnBlocking [R: SpawnBlocking] Boxed<R>, |this| &this.0, R }

fn boxed<F: Future + Send + 'static>(future: F) -> Pin<Box<dyn Future<Output = F::Output> + Send>> {
    Box::pin(future)
}

fn boxed_local<F: Future + 'static>(future: F) -> Pin<Box<dyn Future<Output = F::Output>>> {
    Box::pin(future)
}
