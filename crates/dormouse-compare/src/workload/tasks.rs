//! Tasks of a runtime, whether they may move to another thread or not.

use std::future::Future;

use dormouse::{LocalSpawner, Runtime, Sleeper, Task};
use dormouse_core::adapter::YieldNow;

use crate::error::Error;

/// Tasks that may move to another thread.
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

/// Tasks that stay on their thread.
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

/// What a busy task gives to others.
pub(super) trait Turns {
    /// A turn for the others.
    fn turn(&self) -> impl Future<Output = ()> + Send;
}

/// The runtime's own.
pub(super) struct SharedTurns<R>(R);

impl<R: Runtime> Turns for SharedTurns<R> {
    fn turn(&self) -> impl Future<Output = ()> + Send {
        self.0.yield_now()
    }
}

/// That of a task which wakes itself.
pub(super) struct LocalTurns;

impl Turns for LocalTurns {
    fn turn(&self) -> impl Future<Output = ()> + Send {
        YieldNow::default()
    }
}

/// Writes a workload once for both: `run` with tasks that may move, `run_local` with such as stay.
/// No trait can say that what it starts must be `Send` for one runtime and need not for another.
macro_rules! on_tasks {
    (|$runtime:ident, $setup:ident| $body:block) => {
        pub(super) async fn run<R: $crate::workload::tasks::Shared>(
            $runtime: &R,
            $setup: &$crate::workload::Setup,
        ) -> Result<$crate::workload::Done, $crate::error::Error> {
            $body
        }

        /// The same with tasks that stay on their thread.
        pub(super) async fn run_local<R: $crate::workload::tasks::Local>(
            $runtime: &R,
            $setup: &$crate::workload::Setup,
        ) -> Result<$crate::workload::Done, $crate::error::Error> {
            $body
        }
    };
}

pub(super) use on_tasks;

/// Waits for tasks, all of which must end by themselves, and returns what they gave.
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
