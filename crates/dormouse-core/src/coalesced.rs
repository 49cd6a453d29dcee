//! Many sleeps on one timer of the runtime.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::coalesced::alarm::Alarm;
use crate::coalesced::pace::Pace;
use crate::{BlockOn, Instant, LocalSpawner, MaxDelay, Sleeper, SpawnBlocking, Spawner, ToHandle};

pub use crate::coalesced::sleep::CoalescedSleep;
pub use crate::coalesced::wait_n::CoalescedWaitN;

mod alarm;
mod pace;
mod queue;
mod sleep;
mod wait_n;

/// A [`Sleeper`] that runs any number of sleeps on one timer of another one.
///
/// The sleeps wait in a queue of its own and are woken in the exact order of their deadlines,
/// whatever the order or the step of the runtime's timer. A sleep that waits takes some 64 bytes
/// in all, and no entry in the runtime's timer. Clones share the queue. Tasks and
/// [`block_on`](BlockOn::block_on) are the inner runtime's.
///
/// A crowd of deadlines shares its wake-ups: where more than 16 fall within the
/// [`slack`](Self::with_slack), 4 ms by default, the timer wakes once per slack, and a sleep ends
/// late by that much at the most. Fewer of them, up to 4,000 a second by default, wake on time. None
/// ends early.
///
/// There is no task and no thread behind it: the sleeps that are polled arm the timer for all. So
/// a sleep that has been polled should be polled when it is woken, or dropped; of those that are
/// woken together, one has to be.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Coalesced, task_wait_n, wait_n};
/// use std::time::Duration;
///
/// let runtime = Coalesced::new(dormouse_smol::Smol);
/// let max_delay = Duration::from_millis(20);
///
/// // A sleep each, in one task or in n, all on one timer.
/// assert!(runtime.block_on(wait_n(&runtime, 100, max_delay)).is_sorted());
/// assert!(runtime.block_on(task_wait_n(&runtime, 100, max_delay)).is_sorted());
/// // Not even a sleep each: the queue is all there is.
/// assert!(runtime.block_on(runtime.wait_n(100, max_delay)).is_sorted());
/// ```
pub struct Coalesced<S: ToHandle> {
    sleeper: S,
    // With the handle: a sleep holds the alarm, and must not hold an owner.
    alarm: Arc<Alarm<S::Handle>>,
    slack: Duration,
}

impl<S: ToHandle> Coalesced<S> {
    /// Coalesces the sleeps of `sleeper`, with a slack of 4 ms.
    #[must_use]
    pub fn new(sleeper: S) -> Self {
        Self::with_slack(sleeper, Duration::from_millis(4))
    }

    /// Coalesces the sleeps of `sleeper` with this slack: by so much may a sleep wait for others
    /// in a crowd of more than 16 per slack.
    ///
    /// With zero, every deadline has a wake-up of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Coalesced, wait_n};
    /// use std::time::Duration;
    ///
    /// // A quarter of a second of lateness in a crowd, for four wake-ups a second.
    /// let runtime = Coalesced::with_slack(dormouse_smol::Smol, Duration::from_millis(250));
    /// let delays = runtime.block_on(wait_n(&runtime, 1_000, Duration::from_millis(5)));
    /// assert!(delays.is_sorted());
    /// ```
    #[must_use]
    pub fn with_slack(sleeper: S, slack: Duration) -> Self {
        let alarm = Arc::new(Alarm::new(sleeper.to_handle(), Pace::new(slack)));
        Self {
            sleeper,
            alarm,
            slack,
        }
    }

    /// The sleeper under it.
    #[must_use]
    pub fn get_ref(&self) -> &S {
        &self.sleeper
    }

    /// The same queue over the handle of the sleeper: what can be kept without keeping a runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Coalesced, interval};
    /// use std::time::Duration;
    ///
    /// let runtime = Coalesced::new(dormouse_smol::SmolExecutor::new(1));
    /// let mut ticks = interval(&runtime.handle(), Duration::from_millis(2));
    /// runtime.block_on(ticks.tick());
    /// ```
    #[must_use]
    pub fn handle(&self) -> Coalesced<S::Handle> {
        Coalesced {
            sleeper: self.sleeper.to_handle(),
            alarm: Arc::clone(&self.alarm),
            slack: self.slack,
        }
    }

    /// Waits `n` random delays at once and returns them in seconds, ascending: the waits of
    /// [`wait_n`](crate::wait_n) without a future for each.
    ///
    /// A wait is 8 bytes in a queue of its own, on a timer of its own; the queue becomes the list.
    ///
    /// # Panics
    ///
    /// If the memory for `n` delays is not to be had: [`CoalescedWaitN::try_new`] returns an
    /// error instead.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Coalesced};
    /// use std::time::Duration;
    ///
    /// let runtime = Coalesced::new(dormouse_smol::Smol);
    /// let delays = runtime.block_on(runtime.wait_n(10_000, Duration::from_millis(20)));
    /// assert!(delays.is_sorted());
    /// ```
    pub fn wait_n(&self, n: usize, max_delay: impl Into<MaxDelay>) -> CoalescedWaitN<S::Handle> {
        CoalescedWaitN::try_new(self, n, max_delay, None).unwrap_or_else(|error| error.raise())
    }

    /// [`wait_n`](Self::wait_n) with a seed: the list of [`wait_n_with`](crate::wait_n_with).
    ///
    /// # Panics
    ///
    /// As [`wait_n`](Self::wait_n) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Coalesced, wait_n_with};
    /// use std::time::Duration;
    ///
    /// let runtime = Coalesced::new(dormouse_smol::Smol);
    /// let max_delay = Duration::from_millis(5);
    /// let delays = runtime.block_on(runtime.wait_n_with(10, max_delay, 7));
    /// assert_eq!(delays, runtime.block_on(wait_n_with(&runtime, 10, max_delay, 7)));
    /// ```
    pub fn wait_n_with(
        &self,
        n: usize,
        max_delay: impl Into<MaxDelay>,
        seed: u64,
    ) -> CoalescedWaitN<S::Handle> {
        CoalescedWaitN::try_new(self, n, max_delay, Some(seed))
            .unwrap_or_else(|error| error.raise())
    }
}

impl<S: ToHandle + Clone> Clone for Coalesced<S> {
    fn clone(&self) -> Self {
        Self {
            sleeper: self.sleeper.clone(),
            alarm: Arc::clone(&self.alarm),
            slack: self.slack,
        }
    }
}

impl<S: ToHandle> Sleeper for Coalesced<S> {
    type Sleep = CoalescedSleep<S::Handle>;

    fn now(&self) -> Instant {
        self.alarm.sleeper.now()
    }

    fn sleep_until(&self, deadline: Instant) -> CoalescedSleep<S::Handle> {
        CoalescedSleep::new(Arc::clone(&self.alarm), deadline)
    }

    fn timer_step(&self) -> Duration {
        self.alarm.sleeper.timer_step().saturating_add(self.slack)
    }
}

impl<S: ToHandle + Spawner> Spawner for Coalesced<S> {
    type Task<T: Send + 'static> = S::Task<T>;

    const SMALL_FUTURE: usize = S::SMALL_FUTURE;

    #[track_caller]
    fn spawn<F>(&self, future: F) -> S::Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.get_ref().spawn(future)
    }

    fn yield_now(&self) -> impl Future<Output = ()> + Send + 'static {
        self.get_ref().yield_now()
    }
}

impl<S: ToHandle + SpawnBlocking> SpawnBlocking for Coalesced<S> {
    type BlockingTask<T: Send + 'static> = S::BlockingTask<T>;

    #[track_caller]
    fn spawn_blocking<F, T>(&self, closure: F) -> S::BlockingTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.get_ref().spawn_blocking(closure)
    }
}

impl<S: ToHandle + LocalSpawner> LocalSpawner for Coalesced<S> {
    type LocalTask<T: 'static> = S::LocalTask<T>;

    #[track_caller]
    fn spawn_local<F>(&self, future: F) -> S::LocalTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.get_ref().spawn_local(future)
    }
}

impl<S: ToHandle + BlockOn> BlockOn for Coalesced<S> {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.get_ref().block_on(future)
    }
}

impl<S: ToHandle + fmt::Debug> fmt::Debug for Coalesced<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Coalesced");
        debug
            .field("sleeper", self.get_ref())
            .field("slack", &self.slack)
            .finish()
    }
}
