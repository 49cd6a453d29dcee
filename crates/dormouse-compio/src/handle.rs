//! A handle that does not keep its runtime alive.

use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Instant;

use compio_runtime::Runtime;
use dormouse_core::adapter::{blocking_thread_if, remote};
use dormouse_core::{LocalSpawner, Sleeper, SpawnBlocking};

use crate::task_waker::{ForeignWakes, Woken};
use crate::tasks::Tasks;
use crate::{CompioSleep, CompioTask};

/// A handle of a [`CompioRuntime`](crate::CompioRuntime); it does not keep the runtime alive.
#[derive(Clone, Debug)]
pub struct CompioHandle {
    pub(crate) shared: Weak<Shared>,
}

/// A runtime, kept alive only by its owner.
pub(crate) struct Shared {
    pub(crate) runtime: Rc<Runtime>,
    pub(crate) foreign: Arc<ForeignWakes>,
    pub(crate) tasks: Rc<Tasks>,
}

impl Shared {
    /// Makes sure that the wake-ups of other threads are forwarded.
    pub(crate) fn forward(&self) {
        if let Some(forwarder) = self.foreign.forwarder() {
            self.runtime.spawn(forwarder).detach();
        }
    }
}

impl Sleeper for CompioHandle {
    type Sleep = CompioSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> CompioSleep {
        CompioSleep::until(deadline)
    }

    fn reset(&self, mut sleep: Pin<&mut CompioSleep>, deadline: Instant) {
        sleep.set(CompioSleep::until(deadline));
    }
}

impl LocalSpawner for CompioHandle {
    type LocalTask<T: 'static> = CompioTask<T>;

    fn spawn_local<F>(&self, future: F) -> CompioTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let (run, task) = remote(future);
        match self.shared.upgrade() {
            Some(shared) => {
                if let Some(run) = shared.tasks.insert(run) {
                    shared.forward();
                    let run = Woken::new(run, Arc::clone(&shared.foreign));
                    shared.runtime.spawn(run).detach();
                }
            }
            None => drop(run), // cancelled
        }
        CompioTask::new(task)
    }
}

impl SpawnBlocking for CompioHandle {
    type BlockingTask<T: Send + 'static> = CompioTask<T>;

    /// The closure gets a thread of its own: once the 256 threads of compio's pool (0.12) are busy, the
    /// next closure would keep the runtime's thread in a loop until one of them is free.
    fn spawn_blocking<F, T>(&self, closure: F) -> CompioTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let alive = self.shared.strong_count() > 0;
        CompioTask::new(blocking_thread_if(alive, closure))
    }
}
