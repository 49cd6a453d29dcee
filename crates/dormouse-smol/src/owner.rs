//! An executor with an owner.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering::Release;
use std::thread;

use dormouse_core::BlockOn;
use dormouse_core::adapter::root;
use smol::channel::{self, Receiver, Sender};

use crate::SmolHandle;
use crate::block_on::block_on;
use crate::closing::{Shared, running};

/// Your own smol executor, with its own threads.
///
/// Dropping it ends the threads and drops the tasks that have not ended, and does not wait;
/// [`handle`](Self::handle) returns what tasks can keep. Timers are smol's global ones.
///
/// # Examples
///
/// ```
/// use dormouse_core::measure_time;
/// use dormouse_smol::SmolExecutor;
/// use std::time::Duration;
///
/// for threads in [0, 4] {
///     let runtime = SmolExecutor::new(threads);
///     assert!(measure_time(&runtime, 100, Duration::from_millis(20))? < 0.02);
/// }
/// # Ok::<(), dormouse_core::MeasureError>(())
/// ```
pub struct SmolExecutor {
    handle: SmolHandle,
    // Each thread holds it, too; the last holder drops the executor.
    // `None` only during the drop.
    shared: Option<Arc<Shared>>,
    threads: usize,
    /// Dropping this closes the channel, which ends the threads.
    _shutdown: Sender<()>,
}

impl SmolExecutor {
    /// An executor that runs on this many threads; with 0, its tasks run only inside
    /// [`block_on`](BlockOn::block_on).
    ///
    /// # Panics
    ///
    /// If the system refuses a thread, or what smol's reactor needs.
    #[must_use]
    #[track_caller]
    pub fn new(threads: usize) -> Self {
        let shared = Arc::new(Shared::new(threads > 0));
        if threads > 0 {
            // If it can't start smol's reactor, this panics here, and not on those threads.
            smol::block_on(async {});
        }
        let (shutdown, signal) = channel::bounded(1);
        for number in 0..threads {
            start_thread(number, Arc::clone(&shared), signal.clone());
        }
        Self {
            handle: SmolHandle {
                shared: Arc::downgrade(&shared),
            },
            shared: Some(shared),
            threads,
            _shutdown: shutdown,
        }
    }

    /// How many threads run the tasks.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads
    }
}

/// A thread per core.
impl Default for SmolExecutor {
    fn default() -> Self {
        Self::new(thread::available_parallelism().map_or(1, Into::into))
    }
}

dormouse_core::owner!(SmolExecutor => SmolHandle: Sleeper, Spawner, SpawnBlocking);

impl BlockOn for SmolExecutor {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let root = root("SmolExecutor", future);
        if self.threads == 0 {
            let shared = self.shared.as_ref().expect("taken only in `drop`");
            running(None, || block_on(root, || shared.executor.tick()))
        } else {
            smol::block_on(root)
        }
    }
}

impl Drop for SmolExecutor {
    fn drop(&mut self) {
        let shared = self.shared.take().expect("taken only here");
        shared.closed.store(true, Release);
        if self.threads == 0 {
            drop_last(shared);
        }
    }
}

/// Drops the executor here, as a runtime without threads promises. Code that spawns on another thread
/// holds it, too, for some instructions.
fn drop_last(mut shared: Arc<Shared>) {
    while let Err(held) = Arc::try_unwrap(shared) {
        thread::yield_now();
        shared = held;
    }
}

#[track_caller]
fn start_thread(number: usize, shared: Arc<Shared>, shutdown: Receiver<()>) {
    let run = move || {
        // The channel only ever closes, so the error is the signal to end.
        let run = shared.executor.run(shutdown.recv());
        let _ = running(Some(Arc::clone(&shared)), || smol::block_on(run));
    };
    let thread = thread::Builder::new()
        .name(format!("dormouse-smol-{number}"))
        .spawn(run);
    if let Err(error) = thread {
        panic!("cannot start thread {number} of a smol executor: {error}");
    }
}
