//! A runtime for tasks that stay on one thread.

use std::fmt;
use std::future::Future;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, LocalSpawner, Sleeper, Spawner};
use tokio::runtime::{Builder, Handle, LocalOptions, LocalRuntime};
use tokio::time::{self, Sleep};

use crate::owned::Owned;
use crate::{GRANULARITY, SMALL_FUTURE, TokioTask};

/// A tokio runtime of one's own that stays on one thread, and with it its tasks: they need not be
/// `Send`.
///
/// Clones share the runtime; the last one to be dropped shuts it down. Tasks and timers run inside
/// of [`block_on`](BlockOn::block_on) alone.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, LocalSpawner, Sleeper};
/// use dormouse_tokio::TokioLocal;
/// use std::{cell::Cell, rc::Rc, time::Duration};
///
/// let runtime = TokioLocal::new();
/// let calls = Rc::new(Cell::new(0)); // not `Send`
/// let sleep = runtime.sleep(Duration::from_millis(2));
/// let task = runtime.spawn_local({
///     let calls = Rc::clone(&calls);
///     async move {
///         sleep.await;
///         calls.set(calls.get() + 1);
///     }
/// });
/// runtime.block_on(task).unwrap();
/// assert_eq!(calls.get(), 1);
/// ```
#[derive(Clone)]
pub struct TokioLocal {
    handle: Handle,
    runtime: Weak<Owned<LocalRuntime>>,
    /// `None` in a weak one.
    owner: Option<Rc<Owned<LocalRuntime>>>,
}

impl TokioLocal {
    /// A runtime on the calling thread.
    ///
    /// # Panics
    ///
    /// If the system refuses what the runtime needs.
    #[must_use]
    pub fn new() -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .build_local(LocalOptions::default());
        runtime
            .unwrap_or_else(|error| panic!("cannot start a tokio runtime: {error}"))
            .into()
    }
}

impl Default for TokioLocal {
    fn default() -> Self {
        Self::new()
    }
}

impl From<LocalRuntime> for TokioLocal {
    fn from(runtime: LocalRuntime) -> Self {
        let handle = runtime.handle().clone();
        let owner = Rc::new(Owned::new(runtime, LocalRuntime::shutdown_background));
        Self {
            handle,
            runtime: Rc::downgrade(&owner),
            owner: Some(owner),
        }
    }
}

impl Sleeper for TokioLocal {
    type Sleep = Sleep;

    /// The runtime's own clock, which its tests can pause.
    fn now(&self) -> Instant {
        let _context = self.handle.enter();
        time::Instant::now().into_std()
    }

    fn sleep_until(&self, deadline: Instant) -> Sleep {
        let _context = self.handle.enter();
        crate::sleep_until(deadline)
    }

    fn weak(&self) -> Option<Self> {
        self.owner.is_some().then(|| Self {
            owner: None,
            ..self.clone()
        })
    }

    fn granularity(&self) -> Duration {
        GRANULARITY
    }
}

impl Spawner for TokioLocal {
    type Task<T: Send + 'static> = TokioTask<T>;

    const SMALL_FUTURE: usize = SMALL_FUTURE;

    fn spawn<F>(&self, future: F) -> TokioTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        TokioTask::new(self.handle.spawn(future))
    }
}

impl LocalSpawner for TokioLocal {
    type LocalTask<T: 'static> = TokioTask<T>;

    /// # Panics
    ///
    /// If the runtime is gone, as it can be for a [`weak`](Sleeper::weak) one.
    fn spawn_local<F>(&self, future: F) -> TokioTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        TokioTask::new(self.runtime().get().spawn_local(future))
    }
}

impl BlockOn for TokioLocal {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime().get().block_on(future)
    }
}

impl TokioLocal {
    fn runtime(&self) -> Rc<Owned<LocalRuntime>> {
        let runtime = self.runtime.upgrade();
        runtime.expect("this tokio runtime is gone: keep a `TokioLocal` that owns it")
    }
}

impl fmt::Debug for TokioLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokioLocal").field(&self.handle).finish()
    }
}
