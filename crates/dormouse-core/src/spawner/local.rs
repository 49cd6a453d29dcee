//! Tasks that stay on one thread.

use std::future::Future;

use crate::Task;
use crate::adapter::yield_now::YieldNow;

/// Starts tasks that stay on one thread, so that they need not be `Send`.
///
/// Only types whose runtime really supports this implement it. The tasks run while that runtime is
/// driven, and their handles keep the contract of [`Task`].
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, LocalSpawner};
/// use std::rc::Rc;
///
/// let runtime = dormouse_smol::SmolLocal::new();
/// let shared = Rc::new(42); // not `Send`
/// let task = runtime.spawn_local({
///     let shared = Rc::clone(&shared);
///     async move { shared }
/// });
/// assert_eq!(runtime.block_on(task).unwrap(), shared);
/// ```
pub trait LocalSpawner {
    /// The handle of a task that stays on its thread.
    type LocalTask<T: 'static>: Task<Value = T> + 'static;

    /// Starts a task on this thread and returns its handle; the task runs whether or not it is
    /// awaited.
    ///
    /// If the runtime is gone, the task is cancelled, within this call as in
    /// [`Spawner::spawn`](crate::Spawner::spawn).
    fn spawn_local<F>(&self, future: F) -> Self::LocalTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static;

    /// As `Spawner::spawn_driver`.
    #[doc(hidden)]
    fn spawn_local_driver<F: Future<Output = ()> + 'static>(&self, driver: F) {
        self.spawn_local(driver).detach();
    }
    /// Lets other tasks and the timers run, then goes on: [`Spawner::yield_now`](crate::Spawner::yield_now)
    /// of a runtime whose tasks stay on their thread.
    ///
    /// It has a name of its own because many types have both traits: `yield_now` would be ambiguous
    /// wherever both are imported. Where a type has both, the two do the same.
    ///
    /// In a browser, it lets other tasks and the page's timers run if it is awaited in a task of
    /// `Web`; elsewhere, such as in a future that `wasm_bindgen_futures` runs, it lets only
    /// microtasks run.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, LocalSpawner};
    ///
    /// let runtime = dormouse_smol::SmolLocal::new();
    /// runtime.block_on(async {
    ///     for _step in 0..100 {
    ///         // some computation
    ///         runtime.yield_local().await;
    ///     }
    /// });
    /// ```
    fn yield_local(&self) -> impl Future<Output = ()> + 'static {
        YieldNow::default()
    }
}
