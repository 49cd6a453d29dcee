//! Sets of tasks whose results are taken as they end.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::stream::FusedStream;

use crate::adapter::drop_quietly;
use crate::join_set::member::{Entry, Erased, Local};
use crate::join_set::members::Members;
use crate::join_set::methods::methods;
use crate::join_set::ready::{EnqueueOnDrop, Tracked};
use crate::{
    AbortHandle, JoinError, LocalAbortHandle, LocalSpawner, SpawnBlocking, Spawner, ToHandle,
};

#[cfg(all(test, loom))]
mod loom_tests;
mod member;
mod members;
mod methods;
mod places;
mod ready;

/// A set of tasks on any runtime, whose results come in the order in which the tasks end.
///
/// Dropping the set aborts its tasks and does not wait for their ends; [`shutdown`](Self::shutdown)
/// aborts them and waits. A task
/// whose result has been taken is no longer in the set and costs nothing: a set that was large
/// frees its memory as the results are taken, also while some tasks go on.
///
/// Names and meanings are those of tokio's `JoinSet`, except that [`new`](Self::new) takes the runtime
/// and [`join_all`](Self::join_all) returns an error instead of a panic. A set keeps the handle of that
/// runtime, and may be awaited anywhere.
///
/// It is a [`Stream`] of the results, too.
///
/// # Errors
///
/// The result of a task that was cancelled or has panicked is a [`JoinError`].
///
/// # Examples
///
/// ```
/// use dormouse_core::{JoinSet, Runtime};
/// use std::time::Duration;
///
/// /// The answer of the first task to end; the others are aborted.
/// async fn race<R: Runtime>(runtime: &R) -> u64 {
///     let mut set = JoinSet::new(runtime);
///     for ms in [500, 5, 800] {
///         let sleep = runtime.sleep(Duration::from_millis(ms));
///         set.spawn(async move {
///             sleep.await;
///             ms
///         });
///     }
///     set.join_next().await.expect("three were spawned").expect("none panics")
/// }
///
/// # use dormouse_core::BlockOn;
/// let runtime = dormouse_smol::Smol;
/// assert_eq!(runtime.block_on(race(&runtime)), 5);
/// ```
#[must_use = "dropping it aborts its tasks"]
pub struct JoinSet<T: Send + 'static, R: Spawner> {
    spawner: R,
    members: Members<Erased<T>>,
}

impl<T: Send + 'static, R: Spawner> JoinSet<T, R> {
    /// Starts a task in the set; it runs whether or not the set is awaited.
    ///
    /// The [`AbortHandle`] aborts this task alone. It may be dropped.
    ///
    /// # Panics
    ///
    /// Same as [`Spawner::spawn`].
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, JoinSet, Sleeper};
    /// use std::time::Duration;
    ///
    /// let runtime = dormouse_smol::Smol;
    /// let mut set = JoinSet::new(&runtime);
    /// let forever = set.spawn(runtime.sleep(Duration::MAX));
    /// forever.abort();
    /// let result = runtime.block_on(set.join_next()).expect("there is one");
    /// assert!(result.unwrap_err().is_cancelled());
    /// ```
    #[track_caller]
    pub fn spawn<F>(&mut self, future: F) -> AbortHandle
    where
        F: Future<Output = T> + Send + 'static,
    {
        let entry = Entry::empty(self.members.places.next_waker());
        let future = Tracked::new(future, Arc::clone(&entry));
        let (task, handle) = Erased::new(entry, self.spawner.spawn(future));
        self.members.places.insert(task);
        handle
    }

    /// Runs a closure that blocks, off the executor, as a task of the set.
    ///
    /// A closure that has begun can't be stopped: if it is aborted, it goes on and gives its value,
    /// and [`shutdown`](Self::shutdown) waits for it.
    ///
    /// # Panics
    ///
    /// Same as [`SpawnBlocking::spawn_blocking`].
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, JoinSet};
    ///
    /// let runtime = dormouse_smol::Smol;
    /// let mut set = JoinSet::new(&runtime);
    /// set.spawn(async { 20 });
    /// set.spawn_blocking(|| 22);
    /// let values = runtime.block_on(set.join_all()).unwrap();
    /// assert_eq!(values.iter().sum::<i32>(), 42);
    /// ```
    #[track_caller]
    pub fn spawn_blocking<F>(&mut self, closure: F) -> AbortHandle
    where
        R: SpawnBlocking,
        F: FnOnce() -> T + Send + 'static,
    {
        let entry = Entry::empty(self.members.places.next_waker());
        let on_drop = EnqueueOnDrop(Arc::clone(&entry));
        let task = self.spawner.spawn_blocking(|| {
            let _on_drop = on_drop;
            closure()
        });
        let (task, handle) = Erased::new(entry, task);
        self.members.places.insert(task);
        handle
    }
}

methods!(JoinSet<T, R: Send + 'static, R: Spawner);

/// A [`JoinSet`] of tasks that stay on their thread, and need not be `Send`.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, LocalJoinSet};
/// use std::{cell::Cell, rc::Rc};
///
/// let runtime = dormouse_smol::SmolLocal::new();
/// let sum = Rc::new(Cell::new(0)); // not `Send`
/// let mut set = LocalJoinSet::new(&runtime);
/// for n in 1..=4 {
///     let sum = Rc::clone(&sum);
///     set.spawn_local(async move { sum.set(sum.get() + n) });
/// }
/// runtime.block_on(set.join_all()).unwrap();
/// assert_eq!(sum.get(), 10);
/// ```
#[must_use = "dropping it aborts its tasks"]
pub struct LocalJoinSet<T: 'static, R: LocalSpawner> {
    spawner: R,
    members: Members<Local<R::LocalTask<T>>>,
}

impl<T: 'static, R: LocalSpawner> LocalJoinSet<T, R> {
    /// Starts a task of this thread in the set; it runs whether or not the set is awaited.
    ///
    /// The [`LocalAbortHandle`] aborts this task alone. It may be dropped.
    #[track_caller]
    pub fn spawn_local<F>(&mut self, future: F) -> LocalAbortHandle
    where
        F: Future<Output = T> + 'static,
    {
        let waker = Arc::new(self.members.places.next_waker());
        let future = Tracked::new(future, Arc::clone(&waker));
        let (task, handle) = Local::new(waker, self.spawner.spawn_local(future));
        self.members.places.insert_local(task);
        handle
    }
}

methods!(LocalJoinSet<T, R: 'static, R: LocalSpawner);

/// The values that a `join_all` has so far. If it does not return them, they are dropped one by
/// one: a second panic of a destructor while one unwinds would end the process.
struct Values<T>(Vec<T>);

impl<T> Drop for Values<T> {
    fn drop(&mut self) {
        self.0.drain(..).for_each(drop_quietly);
    }
}
