//! The runtime and its clock.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, LocalSpawner, RemoteTask, Sleeper, Spawner, remote};

use crate::job::Job;
use crate::world::World;
use crate::{Deadlock, VirtualSleep, drive};

/// A deterministic runtime on virtual time, for tests.
///
/// Its clock stands still while anything is ready, and then moves straight to the next deadline.
/// Sleeps end in the order of their deadlines, and of their first polls where deadlines are equal.
/// Everything runs on the thread that blocks on it.
///
/// Clones share the runtime; the last one to be dropped drops the tasks that have not ended.
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
#[derive(Clone)]
pub struct Virtual {
    /// The instant at which it began, kept here so that a clock that is gone still tells it.
    base: Instant,
    world: Weak<World>,
    /// `None` in a weak one.
    owner: Option<Arc<World>>,
}

impl Virtual {
    /// A runtime that runs what is ready first in, first out.
    #[must_use]
    pub fn new() -> Self {
        Self::of(World::new(None))
    }

    /// A runtime that runs what is ready in an order that the seed says: one seed, one order.
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
        Self::of(World::new(Some(seed)))
    }

    /// The virtual time since this runtime was made.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Sleeper};
    /// use dormouse_virtual::Virtual;
    /// use std::time::Duration;
    ///
    /// let runtime = Virtual::new();
    /// runtime.block_on(runtime.sleep(Duration::from_secs(60)));
    /// assert_eq!(runtime.elapsed(), Duration::from_secs(60));
    /// ```
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.now() - self.base
    }

    /// Moves the clock by `duration`; sleeps end on its way, each at its deadline, and what
    /// becomes ready by that runs.
    ///
    /// From inside of the runtime it moves the clock alone, and what becomes ready runs once the
    /// caller waits.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{Sleeper, Spawner, Task};
    /// use dormouse_virtual::Virtual;
    /// use std::time::Duration;
    ///
    /// let runtime = Virtual::new();
    /// let mut task = runtime.spawn(runtime.sleep(Duration::from_secs(60)));
    /// runtime.advance(Duration::from_secs(59));
    /// assert!(!task.is_finished());
    /// runtime.advance(Duration::from_secs(1));
    /// assert!(task.is_finished());
    /// ```
    #[track_caller]
    pub fn advance(&self, duration: Duration) {
        drive::advance(&self.world(), duration);
    }

    /// [`block_on`](BlockOn::block_on) for a future that may wait for ever.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] if the future has not ended, nothing is ready and no sleep is pending. A
    /// wake-up from another thread is waited for, a tenth of a second of real time.
    ///
    /// # Panics
    ///
    /// As [`block_on`](BlockOn::block_on) does, but for that.
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
        drive::block_on(&self.world(), future, Location::caller())
    }

    fn of(owner: Arc<World>) -> Self {
        Self {
            base: owner.base,
            world: Arc::downgrade(&owner),
            owner: Some(owner),
        }
    }

    #[track_caller]
    fn world(&self) -> Arc<World> {
        let world = self.world.upgrade();
        world.expect("this `Virtual` is gone: keep one that owns it")
    }
}

/// The handle of a task on [`Virtual`].
pub type VirtualTask<T> = RemoteTask<T>;

impl Default for Virtual {
    fn default() -> Self {
        Self::new()
    }
}

impl Sleeper for Virtual {
    type Sleep = VirtualSleep;

    /// The virtual time; the beginning, where the runtime is gone.
    fn now(&self) -> Instant {
        self.world.upgrade().map_or(self.base, |world| world.now())
    }

    fn sleep_until(&self, deadline: Instant) -> VirtualSleep {
        let since = deadline.saturating_duration_since(self.base);
        let deadline = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        VirtualSleep::until(Weak::clone(&self.world), deadline)
    }

    fn weak(&self) -> Option<Self> {
        self.owner.is_some().then(|| Self {
            owner: None,
            ..self.clone()
        })
    }
}

impl Spawner for Virtual {
    type Task<T: Send + 'static> = VirtualTask<T>;

    #[track_caller]
    fn spawn<F>(&self, future: F) -> VirtualTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (run, task) = remote(future);
        // Where the runtime is gone, so is the task.
        if let Some(world) = self.world.upgrade() {
            Job::start(&world, Box::pin(run), Location::caller());
        }
        task
    }
}

impl LocalSpawner for Virtual {
    type LocalTask<T: 'static> = VirtualTask<T>;

    /// The task is polled where it was spawned: blocking on the runtime on another thread panics.
    #[track_caller]
    fn spawn_local<F>(&self, future: F) -> VirtualTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let (run, task) = remote(future);
        if let Some(world) = self.world.upgrade() {
            Job::start_here(&world, Box::pin(run), Location::caller());
        }
        task
    }
}

impl BlockOn for Virtual {
    /// # Panics
    ///
    /// If the runtime is blocked on already by the code that calls this, and on a [`Deadlock`].
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.try_block_on(future)
            .unwrap_or_else(|deadlock| panic!("{deadlock}"))
    }
}

impl fmt::Debug for Virtual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Virtual")
            .field("elapsed", &self.elapsed())
            .finish()
    }
}
