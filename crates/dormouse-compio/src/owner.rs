//! A runtime on one thread.

use std::future::Future;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::sync::Arc;

use compio_runtime::Runtime;
use dormouse_core::BlockOn;
use dormouse_core::adapter::{Contained, root};

use crate::CompioHandle;
use crate::handle::Shared;
use crate::unwinding::{drop_kept, keep};

/// Your own compio runtime, on the calling thread.
///
/// Tasks and timers run only inside [`block_on`](BlockOn::block_on). Dropping it drops the tasks
/// that have not ended. [`handle`](Self::handle) returns what tasks can keep.
///
/// While tasks are ready, compio looks at its timers, and at what `block_on` awaits, only after
/// every 61 of them: if each computes for 2 ms, it is late by some 120 ms.
///
/// # Examples
///
/// ```
/// use dormouse_compio::CompioRuntime;
/// use dormouse_core::{BlockOn, LocalSpawner};
/// use std::rc::Rc;
///
/// let runtime = CompioRuntime::new();
/// let task = runtime.spawn_local(async { Rc::new(42) }); // not `Send`
/// assert_eq!(*runtime.block_on(task).unwrap(), 42);
/// ```
pub struct CompioRuntime {
    handle: CompioHandle,
    shared: Rc<Shared>,
}

impl CompioRuntime {
    /// A runtime on the calling thread.
    ///
    /// # Panics
    ///
    /// If the system refuses what the runtime needs.
    #[must_use]
    #[track_caller]
    pub fn new() -> Self {
        Runtime::new()
            .unwrap_or_else(|error| panic!("cannot start a compio runtime: {error}"))
            .into()
    }
}

impl Default for CompioRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Runtime> for CompioRuntime {
    fn from(runtime: Runtime) -> Self {
        drop_kept();
        let shared = Rc::new(Shared {
            runtime: Rc::new(runtime),
            foreign: Arc::default(),
            tasks: Rc::default(),
        });
        Self {
            handle: CompioHandle {
                shared: Rc::downgrade(&shared),
            },
            shared,
        }
    }
}

dormouse_core::owner!(CompioRuntime => CompioHandle: Sleeper, LocalSpawner, SpawnBlocking);

impl BlockOn for CompioRuntime {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        // A panic that passed through compio's `block_on` would destroy all tasks of the runtime.
        let root = Contained::new(root("CompioRuntime", future));
        drop_kept();
        self.shared.forward();
        match self.shared.runtime.block_on(root).into_result() {
            Ok(output) => output,
            Err(error) => resume_unwind(error.into_panic()),
        }
    }
}

impl Drop for CompioRuntime {
    fn drop(&mut self) {
        let shared = &self.shared;
        shared.foreign.close();
        shared.runtime.enter(|| shared.tasks.close());
        keep(&shared.runtime);
    }
}
