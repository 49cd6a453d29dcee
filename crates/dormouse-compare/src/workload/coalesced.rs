//! A runtime whose sleeps share one timer.

use dormouse::{Coalesced, LocalSpawner, Runtime, Sleeper};

/// The runtime with the sleeps of a `Coalesced` and its own tasks.
pub(super) fn runtime<R: Runtime>(runtime: &R) -> impl Runtime {
    Coalesced::new(runtime.clone())
}

/// [`runtime`] for a runtime whose tasks stay on their thread.
pub(super) fn local<S>(
    runtime: &S,
) -> impl LocalSpawner + Sleeper<Sleep: 'static> + Clone + 'static + use<S>
where
    S: LocalSpawner + Sleeper<Sleep: 'static> + Clone + 'static,
{
    Coalesced::new_local(runtime.clone())
}
