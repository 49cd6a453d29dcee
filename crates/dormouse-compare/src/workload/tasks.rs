//! One interface to tasks that may move to another thread and to tasks that may not.

use std::future::Future;

use dormouse::{LocalSpawner, Runtime, Sleeper, Task};

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
}

impl<S: LocalSpawner + Sleeper<Sleep: 'static> + Clone + 'static> Local for S {}

/// Defines a workload for both kinds: `run` for tasks that may move, `run_local` for those that stay.
///
/// The third name is that of a function which returns one for a busy task: that lets others run.
///
/// It is a macro because no trait can require `Send` of the futures for one runtime only.
macro_rules! on_tasks {
    (|$runtime:ident, $setup:ident $(, $turn:ident)?| $body:block) => {
        pub(super) async fn run<R: $crate::workload::tasks::Shared>(
            $runtime: &R,
            $setup: &$crate::workload::Setup,
        ) -> Result<$crate::workload::Done, $crate::error::Error> {
            $(let $turn = || {
                let runtime = $runtime.clone();
                async move || runtime.yield_now().await
            };)?
            $body
        }

        /// `run` with tasks that stay on their thread.
        pub(super) async fn run_local<R: $crate::workload::tasks::Local>(
            $runtime: &R,
            $setup: &$crate::workload::Setup,
        ) -> Result<$crate::workload::Done, $crate::error::Error> {
            $(let $turn = || {
                let runtime = $runtime.clone();
                async move || runtime.yield_local().await
            };)?
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
