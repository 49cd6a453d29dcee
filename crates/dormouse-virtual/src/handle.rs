//! A handle that does not keep its runtime alive.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use dormouse_core::adapter::{blocking, caller, refused, remote};
use dormouse_core::{Instant, LocalSpawner, Sleeper, SpawnBlocking, Spawner, SystemTime};

use crate::world::World;
use crate::world::job::Job;
use crate::{
    RealWork, VirtualBlockingTask, VirtualLocalTask, VirtualSleep, VirtualTask,
    blocking as threads, drive,
};

/// A handle of a [`Virtual`](crate::Virtual), usable from any thread; it does not keep the runtime
/// alive.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper, Spawner};
/// use dormouse_virtual::Virtual;
/// use std::time::Duration;
///
/// let runtime = Virtual::new();
/// let handle = runtime.handle();
/// let task = runtime.spawn(async move {
///     handle.sleep(Duration::from_secs(3_600)).await;
///     handle.elapsed()
/// });
/// assert_eq!(runtime.block_on(task).unwrap(), Duration::from_secs(3_600));
/// ```
#[derive(Clone)]
pub struct VirtualHandle {
    // The owner empties the world when dropped, so a handle keeps at most an empty one alive.
    pub(crate) world: Arc<World>,
}

impl VirtualHandle {
    /// The virtual time since the runtime was made; once that is gone, the end of the clock's range.
    ///
    /// # Panics
    ///
    /// As do [`now`](Sleeper::now) and [`system_time`](Self::system_time): on a livelock, with the
    /// message of a [`Deadlock`](crate::Deadlock), if the clock is read 50 million times in one
    /// poll of a task.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.world.read_clock())
    }

    /// Moves the clock, as [`Virtual::advance`](crate::Virtual::advance) does; has no effect once
    /// the runtime is gone.
    ///
    /// # Panics
    ///
    /// Same as [`Virtual::advance`](crate::Virtual::advance).
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Spawner};
    /// use dormouse_virtual::Virtual;
    /// use std::time::Duration;
    ///
    /// let runtime = Virtual::new();
    /// let handle = runtime.handle();
    /// // A computation that takes a second, as the tests see it.
    /// let task = runtime.spawn(async move { handle.advance(Duration::from_secs(1)) });
    /// runtime.block_on(task).unwrap();
    /// assert_eq!(runtime.elapsed(), Duration::from_secs(1));
    /// ```
    #[track_caller]
    pub fn advance(&self, duration: Duration) {
        drive::advance(&self.world, duration, Location::caller());
    }

    /// What the wall clock shows, as [`Virtual::system_time`](crate::Virtual::system_time) does.
    #[must_use]
    pub fn system_time(&self) -> SystemTime {
        self.world.system_time()
    }

    /// Sets the wall clock, as [`Virtual::set_system_time`](crate::Virtual::set_system_time) does.
    pub fn set_system_time(&self, to: SystemTime) {
        self.world.set_system_time(to);
    }

    /// Holds the clock for real work, as [`Virtual::real_work`](crate::Virtual::real_work) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Spawner, timeout};
    /// use dormouse_virtual::Virtual;
    /// use futures::channel::oneshot;
    /// use std::{thread, time::Duration};
    ///
    /// let runtime = Virtual::new();
    /// let handle = runtime.handle();
    /// let task = runtime.spawn(async move {
    ///     let (sender, receiver) = oneshot::channel();
    ///     thread::spawn(move || sender.send("done"));
    ///     let _work = handle.real_work(); // until this block ends
    ///     receiver.await
    /// });
    /// let done = runtime.block_on(timeout(&runtime, Duration::from_secs(1), task));
    /// assert_eq!(done.unwrap().unwrap(), Ok("done"));
    /// ```
    pub fn real_work(&self) -> RealWork {
        RealWork::begin(&self.world)
    }
}

impl Sleeper for VirtualHandle {
    type Sleep = VirtualSleep;

    fn now(&self) -> Instant {
        self.world.base + self.elapsed()
    }

    fn sleep_until(&self, deadline: Instant) -> VirtualSleep {
        let since = deadline.saturating_duration_since(self.world.base);
        let deadline = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        VirtualSleep::until(Arc::clone(&self.world), deadline)
    }

    fn system_time(&self) -> SystemTime {
        self.world.system_time()
    }

    fn draw_seed(&self) -> u64 {
        self.world.draw_seed()
    }
}

impl Spawner for VirtualHandle {
    type Task<T: Send + 'static> = VirtualTask<T>;

    #[track_caller]
    fn spawn<F>(&self, future: F) -> VirtualTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (run, task) = remote(future);
        Job::start(&self.world, Box::pin(run), caller());
        VirtualTask::new(task)
    }
}

impl LocalSpawner for VirtualHandle {
    type LocalTask<T: 'static> = VirtualLocalTask<T>;

    /// The task is polled only on this thread: block on the runtime here, or on several threads
    /// including this one. If only other threads block on it, they panic once the task is ready and
    /// no real work is under way, but the task is not lost.
    ///
    /// If the runtime is dropped on another thread, the future waits for this thread: it is dropped
    /// when the handle is polled or dropped here, when this thread next spawns or blocks on a
    /// `Virtual`, or when it ends. Only then does the handle resolve.
    #[track_caller]
    fn spawn_local<F>(&self, future: F) -> VirtualLocalTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let (run, task) = remote(future);
        let job = Job::start_here(&self.world, Box::pin(run), caller());
        VirtualLocalTask::new(task, job)
    }
}

impl SpawnBlocking for VirtualHandle {
    type BlockingTask<T: Send + 'static> = VirtualBlockingTask<T>;

    /// The closure runs on a thread of its own, in real time. The clock stands still until it has
    /// ended, except while the closure itself calls `block_on` or `advance` of this runtime. A
    /// closure that waits in any other way for something that needs the clock to move, such as a
    /// message of a task that sleeps, waits for ever, and so does the runtime.
    ///
    /// At most 512 closures run at once; more of them wait. If the system refuses a thread, the
    /// handle gives a panic that says so.
    #[track_caller]
    fn spawn_blocking<F, T>(&self, closure: F) -> VirtualBlockingTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let (run, task) = blocking(closure);
        VirtualBlockingTask::new(match threads::start(&self.world, Box::new(run)) {
            Ok(()) => task,
            Err(error) => refused(&error),
        })
    }
}

impl fmt::Debug for VirtualHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualHandle")
            .field("elapsed", &Duration::from_nanos(self.world.now()))
            .finish()
    }
}
