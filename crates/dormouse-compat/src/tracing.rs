//! Runs tasks in the span in which they were spawned.

use std::future::Future;

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

impl<R: Spawner> Spawner for Traced<R> {
    type Task<T: Send + 'static> = R::Task<T>;

    const SMALL_FUTURE: usize = R::SMALL_FUTURE.saturating_sub(size_of::<Span>());

    #[track_caller]
    fn spawn<F>(&self, future: F) -> R::Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.0.spawn(future.in_current_span())
    }

    /// Without the span, which the driver would keep open.
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

impl<R: LocalSpawner> LocalSpawner for Traced<R> {
    type LocalTask<T: 'static> = R::LocalTask<T>;

    #[track_caller]
    fn spawn_local<F>(&self, future: F) -> R::LocalTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.0.spawn_local(future.in_current_span())
    }

    fn spawn_local_driver<F: Future<Output = ()> + 'static>(&self, driver: F) {
        self.0.spawn_local_driver(driver);
    }

    fn yield_local(&self) -> impl Future<Output = ()> + 'static {
        self.0.yield_local()
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
dormouse_core::__forward! { BlockOn [R: BlockOn] Traced<R>, |this| &this.0, R }
