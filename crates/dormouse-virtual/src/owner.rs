//! The runtime.

use std::future::Future;

use dormouse_core::BlockOn;
use dormouse_core::adapter::caller;

use crate::world::World;
use crate::{Deadlock, RealWork, VirtualHandle, drive};

/// A deterministic runtime on virtual time, for tests.
///
/// Its clock stands still while anything is ready, and then jumps to the next deadline. Sleeps end
/// in the order of their deadlines, and for equal deadlines in the order of their first polls.
/// Everything runs on the thread that blocks on it, except for the closures of
/// [`spawn_blocking`](dormouse_core::SpawnBlocking::spawn_blocking).
///
/// Dropping it ends the runtime and drops the tasks that have not ended, and does not wait;
/// [`handle`](Self::handle) returns what tasks can keep. After that, the clock is at the end of its
/// range: [`now`](dormouse_core::Sleeper::now) is 584 years after the beginning, every sleep is due, and
/// what is spawned is cancelled.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, wait_n};
/// use dormouse_virtual::Virtual;
/// use std::time::Duration;
///
/// let runtime = Virtual::new();
/// let delays = runtime.block_on(wait_n(&runtime, 1_000, 3_600));
/// assert_eq!(runtime.elapsed().as_secs_f64(), delays[999]); // the longest, to the nanosecond
/// ```
pub struct Virtual {
    pub(crate) handle: VirtualHandle,
}

impl Virtual {
    /// A runtime that runs what is ready first in, first out. The random delays of
    /// [`wait_random`](dormouse_core::wait_random) and the like are the same in each run of the
    /// program.
    #[must_use]
    pub fn new() -> Self {
        Self::of(None)
    }

    /// A runtime that runs what is ready in an order that the seed determines: one seed, one order.
    /// So are the random delays that are drawn without a seed of their own. What draws random numbers by
    /// itself, such as `select!`, is not: [the crate](crate#what-a-seed-does-not-determine) has a list.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Spawner};
    /// use dormouse_virtual::Virtual;
    /// use std::sync::{Arc, Mutex};
    ///
    /// let order = |seed| {
    ///     let runtime = Virtual::seeded(seed);
    ///     let order = Arc::new(Mutex::new(Vec::new()));
    ///     runtime.block_on(async {
    ///         let tasks: Vec<_> = (0..10)
    ///             .map(|n| {
    ///                 let order = Arc::clone(&order);
    ///                 runtime.spawn(async move { order.lock().unwrap().push(n) })
    ///             })
    ///             .collect();
    ///         for task in tasks {
    ///             task.await.unwrap();
    ///         }
    ///     });
    ///     let order = order.lock().unwrap().clone();
    ///     order
    /// };
    /// assert_eq!(order(7), order(7));
    /// assert_ne!(order(7), order(8));
    /// ```
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::of(Some(seed))
    }

    /// Holds the clock for real work on a thread that the runtime does not know: the clock stands
    /// still until the guard is dropped.
    ///
    /// While nothing is ready, the runtime then waits in real time, and reports no deadlock. Keep
    /// the guard where the work is done, and drop it after the result has been sent. Code that
    /// keeps it and waits for the clock to move waits for ever.
    ///
    /// [`spawn_blocking`](dormouse_core::SpawnBlocking::spawn_blocking) does this by itself.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, timeout};
    /// use dormouse_virtual::Virtual;
    /// use futures::channel::oneshot;
    /// use std::{thread, time::Duration};
    ///
    /// let runtime = Virtual::new();
    /// let (sender, receiver) = oneshot::channel();
    /// let work = runtime.real_work();
    /// thread::spawn(move || {
    ///     thread::sleep(Duration::from_millis(300));
    ///     sender.send(42).unwrap();
    ///     drop(work);
    /// });
    /// // An hour of virtual time would be over at once, were it not for the guard.
    /// let answer = runtime.block_on(timeout(&runtime, Duration::from_secs(3_600), receiver));
    /// assert_eq!(answer, Ok(Ok(42)));
    /// assert_eq!(runtime.elapsed(), Duration::ZERO);
    /// ```
    pub fn real_work(&self) -> RealWork {
        self.handle.real_work()
    }

    /// [`block_on`](BlockOn::block_on) for a future that may wait for ever.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] if the future has not ended, and
    ///
    /// * nothing is ready, no sleep will end and no real work is under way. Before that is an
    ///   error, the call waits a tenth of a second of real time for a wake-up from another thread;
    ///   or
    /// * the clock stands still for ever, because tasks keep running: a livelock. That is 10
    ///   million sleeps in one poll that were all ready at once or pending as before; 50 million
    ///   readings of the clock in one poll; 10 million polls in a row of tasks that do nothing but
    ///   wake themselves; or a hundred million polls of any kind.
    ///
    /// # Panics
    ///
    /// Same as [`block_on`](BlockOn::block_on), except for a deadlock.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::Spawner;
    /// use dormouse_virtual::Virtual;
    /// use std::future::pending;
    ///
    /// let runtime = Virtual::new();
    /// let task = runtime.spawn(pending::<()>());
    /// let deadlock = runtime.try_block_on(task).unwrap_err();
    /// assert_eq!(deadlock.tasks().len(), 1); // and where it was spawned
    /// ```
    #[track_caller]
    pub fn try_block_on<F: Future>(&self, future: F) -> Result<F::Output, Deadlock> {
        drive::block_on(&self.handle.world, future, caller())
    }

    fn of(seed: Option<u64>) -> Self {
        let world = World::new(seed);
        Self {
            handle: VirtualHandle { world },
        }
    }
}

impl Default for Virtual {
    fn default() -> Self {
        Self::new()
    }
}

dormouse_core::owner!(Virtual => VirtualHandle: Sleeper, Spawner, LocalSpawner, SpawnBlocking);

impl BlockOn for Virtual {
    /// # Panics
    ///
    /// Where every `block_on` is refused; on a [`Deadlock`], including a livelock; and if a task is
    /// ready that another thread has spawned by
    /// [`spawn_local`](dormouse_core::LocalSpawner::spawn_local), and that thread does not block on
    /// the runtime.
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        match self.try_block_on(future) {
            Ok(output) => output,
            Err(deadlock) => panic!("{deadlock}"),
        }
    }
}

impl Drop for Virtual {
    fn drop(&mut self) {
        self.handle.world.close();
    }
}
