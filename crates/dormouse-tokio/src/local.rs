//! A runtime for tasks that stay on one thread.

use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, ready};

use dormouse_core::adapter::{drop_quietly, take_turn};
use dormouse_core::{BlockOn, JoinError, LocalSpawner, Task};
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};

use crate::block_on::root;
use crate::ended::note_end;
use crate::task::in_task;
use crate::yield_now::yield_now;
use crate::{TokioHandle, TokioTask};

/// Your own tokio runtime on one thread; its tasks stay on that thread and need not be `Send`.
///
/// Tasks and timers run only inside [`block_on`](BlockOn::block_on). Dropping it ends the runtime;
/// [`handle`](Self::handle) returns what tasks can keep.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, LocalSpawner};
/// use dormouse_tokio::TokioLocal;
/// use std::rc::Rc;
///
/// let runtime = TokioLocal::new();
/// let task = runtime.spawn_local(async { Rc::new(42) }); // not `Send`
/// assert_eq!(*runtime.block_on(task).unwrap(), 42);
/// ```
pub struct TokioLocal {
    handle: TokioLocalHandle,
    // `None` only during the drop.
    runtime: Option<Rc<LocalRuntime>>,
}

impl TokioLocal {
    /// A runtime on the calling thread.
    ///
    /// # Panics
    ///
    /// If the system refuses what the runtime needs.
    #[must_use]
    #[track_caller]
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
        let handle = runtime.handle().clone().into();
        let runtime = Rc::new(runtime);
        Self {
            handle: TokioLocalHandle {
                handle,
                runtime: Rc::downgrade(&runtime),
            },
            runtime: Some(runtime),
        }
    }
}

dormouse_core::owner!(
    TokioLocal => TokioLocalHandle: Sleeper, Spawner, LocalSpawner, SpawnBlocking
);

impl BlockOn for TokioLocal {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let root = root("TokioLocal", future);
        let runtime = self.runtime.as_ref().expect("taken only in `drop`");
        runtime.block_on(root)
    }
}

impl Drop for TokioLocal {
    fn drop(&mut self) {
        // tokio's own drop blocks, and so panics inside a runtime.
        if let Some(runtime) = self.runtime.take().and_then(Rc::into_inner) {
            note_end(runtime.handle());
            runtime.shutdown_background();
        }
    }
}

/// A handle of a [`TokioLocal`]; it does not keep the runtime alive.
#[derive(Clone, Debug)]
pub struct TokioLocalHandle {
    handle: TokioHandle,
    runtime: Weak<LocalRuntime>,
}

dormouse_core::__forward! { Sleeper [] TokioLocalHandle, |this| &this.handle, TokioHandle }
dormouse_core::__forward! { Spawner [] TokioLocalHandle, |this| &this.handle, TokioHandle }
dormouse_core::__forward! { SpawnBlocking [] TokioLocalHandle, |this| &this.handle, TokioHandle }

impl LocalSpawner for TokioLocalHandle {
    type LocalTask<T: 'static> = TokioLocalTask<T>;

    #[track_caller]
    fn spawn_local<F>(&self, future: F) -> TokioLocalTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let Some(runtime) = self.runtime.upgrade() else {
            drop_quietly(in_task(future));
            return TokioLocalTask(None);
        };
        TokioLocalTask(Some(TokioTask::new(runtime.spawn_local(in_task(future)))))
    }

    fn yield_local(&self) -> impl Future<Output = ()> + 'static {
        yield_now()
    }
}

/// The handle of a task on a [`TokioLocal`].
#[derive(Debug)]
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct TokioLocalTask<T>(
    // `None` if its runtime was already gone at the spawn.
    Option<TokioTask<T>>,
);

impl<T> Future for TokioLocalTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(task) = &mut self.0 {
            return Pin::new(task).poll(cx);
        }
        ready!(take_turn(cx));
        self.0 = Some(TokioTask::resolved());
        Poll::Ready(Err(JoinError::cancelled()))
    }
}

impl<T> Task for TokioLocalTask<T> {
    type Value = T;

    fn abort(&mut self) {
        if let Some(task) = &mut self.0 {
            task.abort();
        }
    }

    fn is_finished(&mut self) -> bool {
        self.0.as_mut().is_none_or(Task::is_finished)
    }
}
