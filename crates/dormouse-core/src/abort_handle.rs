//! Aborting a task from elsewhere than its handle.

use std::fmt;
use std::future::Future;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, Release};
use std::task::{Context, Poll};

use crate::{JoinError, Task};

pub(crate) use crate::abort_handle::abort::Abort;
pub(crate) use crate::abort_handle::shared::Shared;

mod abort;
#[cfg(all(test, loom))]
mod loom_tests;
mod reap;
mod shared;

/// Makes an [`AbortHandle`] for a task: it can then be aborted from elsewhere while its handle is
/// awaited.
///
/// It takes the handle of any task on any runtime, including a closure of
/// [`SpawnBlocking`](crate::SpawnBlocking), and returns it as a [`Task`] with the same contract.
/// Aborting is the runtime's own abort: it takes effect at once, even while the task sleeps; the
/// future is dropped before the handle resolves; and the handle gives a cancellation. A poll that is
/// running ends first, and a closure that has begun goes on to its end. The task itself costs nothing more; its handle costs one allocation, and two short locks per poll.
///
/// # Instead of the futures crate's `abortable`
///
/// `futures::future::abortable` wraps the future of a task, `dormouse::abortable` wraps its handle.
/// With the one of futures, every poll of the task pays for it; the handle gives
/// `Ok(Err(Aborted))` instead of a cancellation; and a closure that blocks, or a task that has
/// already been spawned, can't be wrapped.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper, Spawner, abortable};
/// use std::{thread, time::Duration};
///
/// let runtime = dormouse_smol::Smol;
/// let (task, abort) = abortable(runtime.spawn(runtime.sleep(Duration::MAX)));
/// thread::spawn(move || abort.abort());
/// assert!(runtime.block_on(task).unwrap_err().is_cancelled());
/// ```
pub fn abortable<H: Task + Send + 'static>(task: H) -> (Abortable<H>, AbortHandle) {
    let shared = Shared::new(task);
    let handle = AbortHandle::new(Arc::clone(&shared) as _);
    let leave = Shared::reap;
    (Abortable { shared, leave }, handle)
}

/// [`abortable`] for a task that stays on its thread; its [`LocalAbortHandle`] stays there, too.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, LocalSpawner, abortable_local};
/// use std::future::pending;
///
/// let runtime = dormouse_smol::SmolLocal::new();
/// let (task, abort) = abortable_local(runtime.spawn_local(pending::<()>()));
/// runtime.spawn_local(async move { abort.abort() });
/// assert!(runtime.block_on(task).unwrap_err().is_cancelled());
/// ```
pub fn abortable_local<H: Task + 'static>(task: H) -> (Abortable<H>, LocalAbortHandle) {
    let shared = Shared::new(task);
    let handle = LocalAbortHandle::new(Arc::clone(&shared) as _);
    let leave = Shared::forget_waker;
    (Abortable { shared, leave }, handle)
}

/// The handle of a task that can also be aborted by an [`AbortHandle`]; made by [`abortable`].
///
/// Dropping it lets the task go on, and the [`AbortHandle`] still works. That is so over an
/// [`AbortOnDrop`](crate::AbortOnDrop), too: to abort on drop, wrap this in it. The output of such
/// a task is dropped when the task ends; that of a task that stays on its thread, and has not
/// ended by then, is dropped with the last [`LocalAbortHandle`].
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct Abortable<H: Task> {
    shared: Arc<Shared<H>>,
    /// What to do with the task when this handle is dropped: only one that is `Send` can be reaped.
    leave: fn(Arc<Shared<H>>),
}

impl<H: Task> Future for Abortable<H> {
    type Output = Result<H::Value, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.shared.poll(cx)
    }
}

impl<H: Task> Task for Abortable<H> {
    type Value = H::Value;

    fn abort(&mut self) {
        self.shared.abort();
    }

    fn is_finished(&mut self) -> bool {
        self.shared.is_finished()
    }
}

impl<H: Task> Drop for Abortable<H> {
    fn drop(&mut self) {
        // If no abort handle is left, the task's own handle is dropped with this one.
        if self.shared.is_shared() {
            (self.leave)(Arc::clone(&self.shared));
        }
    }
}

/// Aborts a task from anywhere; made by [`abortable`] and by
/// [`JoinSet::spawn`](crate::JoinSet::spawn).
///
/// Clones abort the same task. Dropping it does nothing to the task.
pub struct AbortHandle(Arc<dyn Abort + Send + Sync>);

/// An [`AbortHandle`] for a task that stays on its thread; made by [`abortable_local`] and by
/// [`LocalJoinSet::spawn_local`](crate::LocalJoinSet::spawn_local).
pub struct LocalAbortHandle(Arc<dyn Abort>);

macro_rules! handle {
    ($handle:ident, $shared:ty) => {
        impl $handle {
            pub(crate) fn new(shared: Arc<$shared>) -> Self {
                shared.handles().fetch_add(1, Relaxed);
                Self(shared)
            }

            /// Asks the task to end early, as [`Task::abort`] does.
            pub fn abort(&self) {
                self.0.abort();
            }

            /// Whether the task has ended, so that aborting it would do nothing.
            ///
            /// It is `false`, too, if a waker calls it during a poll of the task's handle, or if
            /// a call on that handle takes longer than some 20 ms on another thread.
            #[must_use]
            pub fn is_finished(&self) -> bool {
                self.0.is_finished()
            }
        }

        impl Clone for $handle {
            fn clone(&self) -> Self {
                Self::new(Arc::clone(&self.0))
            }
        }

        impl Drop for $handle {
            fn drop(&mut self) {
                // What it did comes before the owner finds that no handle is left.
                self.0.handles().fetch_sub(1, Release);
            }
        }

        // A panic leaves the task's handle in its place, and the lock is not held meanwhile.
        impl RefUnwindSafe for $handle {}
        impl UnwindSafe for $handle {}

        impl fmt::Debug for $handle {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($handle)).finish_non_exhaustive()
            }
        }
    };
}

handle!(AbortHandle, dyn Abort + Send + Sync);
handle!(LocalAbortHandle, dyn Abort);

impl<H: Task> fmt::Debug for Abortable<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Abortable").finish_non_exhaustive()
    }
}
