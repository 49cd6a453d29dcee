//! The adapter in the README of `dormouse-core`, and the lines there that run the suite on it.

use async_executor::Executor;
use dormouse_core::adapter::{AlarmSleep, RemoteTask, blocking_thread_if, remote, root};
use dormouse_core::{BlockOn, Instant, Sleeper, SpawnBlocking, Spawner, owner};
use std::sync::{Arc, Weak};

/// The owner: dropping it ends the runtime.
struct MyRuntime {
    executor: Arc<Executor<'static>>,
    handle: MyHandle,
}

impl MyRuntime {
    fn new() -> Self {
        let executor = Arc::new(Executor::new());
        let handle = MyHandle(Arc::downgrade(&executor));
        Self { executor, handle }
    }
}

/// The handle: a clone of it keeps nothing alive.
#[derive(Clone, Debug)]
struct MyHandle(Weak<Executor<'static>>);

impl Sleeper for MyHandle {
    type Sleep = AlarmSleep; // or the sleep of your runtime's timer

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> AlarmSleep {
        AlarmSleep::until(deadline)
    }
}

impl Spawner for MyHandle {
    type Task<T: Send + 'static> = RemoteTask<T>;

    fn spawn<F>(&self, future: F) -> RemoteTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (run, task) = remote(future); // keeps the contract of `Task`
        if let Some(executor) = self.0.upgrade() {
            executor.spawn(run).detach();
        }
        task // cancelled if `run` was dropped
    }
}

/// If you want it: a runtime need not have this.
impl SpawnBlocking for MyHandle {
    type BlockingTask<T: Send + 'static> = RemoteTask<T>;

    fn spawn_blocking<F, T>(&self, closure: F) -> RemoteTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        // Or by `blocking` on threads that the runtime has for this.
        blocking_thread_if(self.0.strong_count() > 0, closure)
    }
}

impl BlockOn for MyRuntime {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        futures::executor::block_on(self.executor.run(root("MyRuntime", future)))
    }
}

owner!(MyRuntime => MyHandle: Sleeper, Spawner, SpawnBlocking);

#[cfg(test)]
mod tasks {
    dormouse_conformance::conformance!(super::MyRuntime::new());
}

#[cfg(test)]
mod closures {
    dormouse_conformance::blocking_conformance!(super::MyRuntime::new());
}

#[test]
fn all_functions_work_on_it() {
    let runtime = MyRuntime::new();
    let delays = runtime.block_on(dormouse_core::task_wait_n(&runtime, 100, 0));
    assert_eq!(delays.len(), 100);
}

#[test]
fn the_readme_says_the_same() {
    let readme = include_str!("../../../dormouse-core/README.md");
    is_in(readme, &["rust", "rust,ignore"], include_str!("readme.rs"));
}

/// Checks that a test has the blocks of a README, one of each of these kinds: a doctest would leave
/// out what the macros make, as it is no test build.
pub(crate) fn is_in(readme: &str, kinds: &[&str], test: &str) {
    for kind in kinds {
        let (_, block) = readme.split_once(&format!("```{kind}\n")).unwrap();
        let code = block.split("```").next().unwrap();
        let code = code.split("// All functions work on it.").next().unwrap();
        assert!(test.contains(code.trim()), "it has other lines: {code}");
    }
}
