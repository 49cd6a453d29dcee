//! The adapter in the README of this crate, for a runtime whose tasks stay on one thread.

use async_executor::LocalExecutor;
use dormouse_core::adapter::{AlarmSleep, RemoteTask, remote, root};
use dormouse_core::{BlockOn, Instant, LocalSpawner, Sleeper, owner};
use std::rc::{Rc, Weak};

/// The owner: dropping it ends the runtime.
struct MyLocal {
    executor: Rc<LocalExecutor<'static>>,
    handle: MyHandle,
}

impl MyLocal {
    fn new() -> Self {
        let executor = Rc::new(LocalExecutor::new());
        let handle = MyHandle(Rc::downgrade(&executor));
        Self { executor, handle }
    }
}

/// The handle: a clone of it keeps nothing alive.
#[derive(Clone, Debug)]
struct MyHandle(Weak<LocalExecutor<'static>>);

impl Sleeper for MyHandle {
    type Sleep = AlarmSleep; // or the sleep of your runtime's timer

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> AlarmSleep {
        AlarmSleep::until(deadline)
    }
}

impl LocalSpawner for MyHandle {
    type LocalTask<T: 'static> = RemoteTask<T>;

    fn spawn_local<F>(&self, future: F) -> RemoteTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let (run, task) = remote(future); // keeps the contract of `Task`
        if let Some(executor) = self.0.upgrade() {
            executor.spawn(run).detach();
        }
        task // cancelled if `run` was dropped
    }
}

impl BlockOn for MyLocal {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        futures::executor::block_on(self.executor.run(root("MyLocal", future)))
    }
}

owner!(MyLocal => MyHandle: Sleeper, LocalSpawner);

dormouse_conformance::local_conformance!(MyLocal::new());

#[test]
fn the_readme_says_the_same() {
    let readme = include_str!("../../README.md");
    crate::readme::is_in(readme, &["rust"], include_str!("readme_local.rs"));
}
