//! One interface to tasks that may move to another thread and to tasks that may not.

use std::future::Future;

use dormouse::{LocalSpawner, Runtime, Sleeper, Task};
use dormouse_core::adapter::YieldNow;

use crate::error::Error;

/// A runtime whose tasks may move to another thread.
pub(super) trait Shared: Runtime {
    fn start<F>(&self, future: F) -> Self::Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.spawn(future)
    }

    fn turns(&self) -> SharedTurns<Self> {
        SharedTurns(self.clone())
    }
}

impl<R: Runtime> Shared for R {}

/// A runtime whose tasks stay on their thread.
pub(super) trait Local: LocalSpawner + Sleeper<Sleep: 'static> + Clone + 'static {
    fn start<F>(&self, future: F) -> Self::LocalTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.spawn_local(future)
    }

    fn turns(&self) -> LocalTurns {
        LocalTurns
    }
}

impl<S: LocalSpawner + Sleeper<Sleep: 'static> + Clone + 'static> Local for S {}

/// The way in which a busy task yields.
pub(super) trait Turns {
    /// Lets other tasks run.
    fn turn(&self) -> impl Future<Output = ()> + Send;
}

/// Yields by the runtime's own `yield_now`.
pub(super) struct SharedTurns<R>(R);

impl<R: Runtime> Turns for SharedTurns<R> {
    fn turn(&self) -> impl Future<Output = ()> + Send {
        self.0.yield_now()
    }
}

/// Yields by a future that wakes its own task.
pub(super) struct LocalTurns;

impl Turns for LocalTurns {
    fn turn(&self) -> impl Future<Output = ()> + Send {
        YieldNow::default()
    }
}

/// Defines a workload for both kinds: `run` for tasks that may move, `run_local` for those that stay.
///
/// It is a macro because no trait can require `Send` of the futures for one runtime only.
macro_rules! on_tasks {
    (|$runtime:ident, $setup:ident| $body:block) => {
        pub(super) async fn run<R: $crate::workload::tasks::Shared>(
            $runtime: &R,
            $setup: &$crate::workload::Setup,
        ) -> Result<$crate::workload::Done, $crate::error::Error> {
            $body
        }

        /// `run` with tasks that stay on their thread.
        pub(super) async fn run_local<R: $crate::workload::tasks::Local>(
            $runtime: &R,
            $setup: &$crate::workload::Setup,
        ) -> Result<$crate::workload::Done, $crate::error::Error> {
            $body
        }
    };
}

pub(super) use on_tasks;

/// Waits for tasks, none of which may be lost, and returns their values.
pub(super) async fn join<T: Task>(tasks: Vec<T>) -> Result<Vec<T::Value>, Error> {
    let mut values = Vec::with_capacity(tasks.len());
    let mut tasks = tasks.into_iter();
    while let Some(task) = tasks.next() {
        match task.await {
            Ok(value) => values.push(value),
            Err(error) => {
                tasks.for_each(|mut task| task.abort());
                return Err(Error::run(format_args!("a task was lost: {error}")));
            }
        }
    }
    Ok(values)
}
