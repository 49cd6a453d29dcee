//! The clock and the wall clock of a test.

use std::time::Duration;

use dormouse_core::SystemTime;

use crate::Virtual;

impl Virtual {
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
        self.handle.elapsed()
    }

    /// What the wall clock shows; it moves with the virtual time, and starts at midnight of 1
    /// January 2000, UTC, whatever the system's clock shows.
    #[must_use]
    pub fn system_time(&self) -> SystemTime {
        self.handle.system_time()
    }

    /// Sets the wall clock, forwards or backwards, as a person or a time server does; no virtual
    /// time passes, and no task is woken. From then on it moves with the virtual time, up to the
    /// latest time that a [`SystemTime`] can represent.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, sleep_until_system_time};
    /// use dormouse_virtual::Virtual;
    /// use std::time::Duration;
    ///
    /// let runtime = Virtual::new();
    /// let hour = Duration::from_secs(3_600);
    /// let waits = sleep_until_system_time(&runtime, runtime.system_time() + hour);
    /// runtime.set_system_time(runtime.system_time() - hour); // the end of summer time, done wrong
    /// runtime.block_on(waits);
    /// assert_eq!(runtime.elapsed(), 2 * hour);
    /// ```
    pub fn set_system_time(&self, to: SystemTime) {
        self.handle.set_system_time(to);
    }

    /// Moves the clock by `duration`; sleeps on the way end, each at its deadline, and tasks that
    /// become ready run.
    ///
    /// The clock waits for [real work](Self::real_work), as it does in `block_on`. If this is
    /// called from inside the runtime, it only moves the clock, at once: tasks that become ready
    /// run once the caller waits.
    ///
    /// # Panics
    ///
    /// On a livelock, with the message of a [`Deadlock`](crate::Deadlock); and if a task is ready
    /// that another thread has spawned by
    /// [`spawn_local`](dormouse_core::LocalSpawner::spawn_local), and that thread does not block on
    /// the runtime.
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
        self.handle.advance(duration);
    }
}
