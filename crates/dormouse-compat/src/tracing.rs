//! Runs tasks in the span in which they were spawned.

use dormouse_core::{BlockOn, LocalSpawner, Sleeper, SpawnBlocking, Spawner, ToHandle};
use tracing::{Instrument, Span};

/// A runtime whose tasks run in the `tracing` span that was current when they were spawned.
///
/// So the events of a task belong to the span of the code that started it, on any runtime: in each
/// poll, and while the task's future is dropped. A closure of
/// [`spawn_blocking`](SpawnBlocking::spawn_blocking) runs in that span, too. Everything else is the
/// inner runtime's: this type sleeps, blocks, and is a [`Runtime`](dormouse_core::Runtime), if the
/// inner one does and is.
///
/// The subscriber is not passed on: if it was set for one thread only, by
/// `tracing::subscriber::set_default`, a task on another thread does not have it.
///
/// # Examples
///
/// ```
/// use dormouse::{BlockOn, JoinSet, TokioRuntime};
/// use dormouse_compat::Traced;
///
/// let runtime = Traced::new(TokioRuntime::new());
/// let mut set = JoinSet::new(&runtime.handle());
/// let request = tracing::info_span!("request", number = 7);
/// request.in_scope(|| {
///     set.spawn(async { tracing::info!("in the request's span") });
/// });
/// runtime.block_on(set.join_all()).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Traced<R>(R);

impl<R> Traced<R> {
    /// Wraps a runtime or a spawner.
    pub const fn new(runtime: R) -> Self {
        Self(runtime)
    }

    /// The inner runtime.
    pub const fn get_ref(&self) -> &R {
        &self.0
    }
}

impl<R: ToHandle> Traced<R> {
    /// The same made of the runtime's handle, which does not keep the runtime alive.
    #[must_use]
    pub fn handle(&self) -> Traced<R::Handle> {
        Traced(self.0.to_handle())
    }
}

impl<R: SpawnBlocking> SpawnBlocking for Traced<R> {
    type BlockingTask<T: Send + 'static> = R::BlockingTask<T>;

    #[track_caller]
    fn spawn_blocking<F, T>(&self, closure: F) -> R::BlockingTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let span = Span::current();
        self.0.spawn_blocking(move || span.in_scope(closure))
    }
}

dormouse_core::__forward! { Sleeper [R: Sleeper] Traced<R>, |this| &this.0, R }
// The driver of a timer is passed on without the span, which it would keep open.
dormouse_core::__forward! {
    Spawner [R: Spawner] Traced<R>, |this| &this.0, R,
    Instrument::in_current_span, size_of::<Span>()
}
dormouse_core::__forward! {
    LocalSpawner [R: LocalSpawner] Traced<R>, |this| &this.0, R, Instrument::in_current_span
}
dormouse_core::__forward! { BlockOn [R: BlockOn] Traced<R>, |this| &this.0, R }
