//! Many sleeps on one timer of the runtime.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::coalesced::source::{Ports, Start};
use crate::{
    BlockOn, Instant, LocalSpawner, MaxDelay, Runtime, Sleeper, SpawnBlocking, Spawner, Task,
    ToHandle,
};

pub use crate::coalesced::sleep::CoalescedSleep;
pub use crate::coalesced::wait_n::CoalescedWaitN;

mod driver;
mod duty;
#[cfg(all(test, loom))]
mod loom_tests;
mod on_thread;
mod pace;
mod queue;
mod sleep;
mod source;
mod wait_n;
mod watch;

/// A [`Sleeper`] that runs any number of sleeps on one timer of another one.
///
/// What drives it is a task of its own, which owns that timer: the first sleep that is polled
/// starts it on the runtime, and it ends when nobody sleeps. [`new`](Self::new) is for a
/// [`Runtime`], [`new_local`](Self::new_local) for one that stays on its thread, and
/// [`on_thread`](Self::on_thread) for a sleeper that starts no tasks: there it is a thread of its
/// own. No sleep depends on what becomes of another one: whether that is polled when it is woken,
/// moves to another task, is forgotten, or is held by a thread that is busy. If the driver is kept
/// from running, as its runtime's threads are all busy or nobody drives that runtime any more, the
/// process's alarm thread does its work: the sleep that finds this out is 5 ms late beyond the
/// slack, and those after it are not, until the driver runs again. If the driver's runtime is gone,
/// that thread goes on for those who sleep, and the next sleep that is polled starts a new
/// driver, where it is; where there is no runtime, it goes on as the runtime's own sleep would. So
/// several runtimes of one clock may share one, as those that use a
/// `Coalesced<Tokio>` in a `static` do. By another clock than the system's, that of a test, there is
/// no such help: whoever holds a sleep when the driver's runtime ends is woken, and its sleep goes
/// on as one of the runtime's own.
///
/// It is made for timers that are armed and cancelled, as timeouts are that hardly ever fire:
/// each thread has a part of the queue for itself, and what is cancelled is thrown out unsorted.
/// Those that end are woken in the exact order of their deadlines, whatever the order or the step
/// of the runtime's timer. A sleep that waits takes some 60 bytes beside itself, and no entry in
/// the runtime's timer. Clones share the queue. Tasks and [`block_on`](BlockOn::block_on) are the
/// inner runtime's.
///
/// A crowd of deadlines shares its wake-ups: where more than 16 fall within the
/// [`slack`](Self::with_slack), 4 ms by default, the timer wakes once per slack, and a sleep ends
/// late by that much at the most. Fewer of them, up to 4,000 a second by default, wake on time. None
/// ends early.
///
/// # Panics
///
/// Where the inner sleeper needs a context (tokio's), the first poll of a sleep panics outside of
/// it if there is no driver yet, and not the call that makes the sleep.
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
    // With the handle: a sleep holds one of them, and must not hold an owner.
    ports: Arc<Ports<S::Handle>>,
}

impl<S: ToHandle<Handle: Runtime>> Coalesced<S> {
    /// Coalesces the sleeps of `sleeper`, with a slack of 4 ms.
    #[must_use]
    pub fn new(sleeper: S) -> Self {
        Self::with_slack(sleeper, SLACK)
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
        Self::start_by(sleeper, slack, |handle, driver| {
            handle.spawn(driver).detach();
        })
    }
}

impl<S> Coalesced<S>
where
    S: ToHandle<Handle: LocalSpawner + 'static>,
    <S::Handle as Sleeper>::Sleep: 'static,
{
    /// [`new`](Self::new) for a runtime that stays on its thread; it drives the sleeps by a task
    /// that does, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Coalesced, wait_n};
    /// use std::time::Duration;
    ///
    /// let runtime = Coalesced::new_local(dormouse_smol::SmolLocal::new());
    /// let delays = runtime.block_on(wait_n(&runtime, 100, Duration::from_millis(20)));
    /// assert!(delays.is_sorted());
    /// ```
    #[must_use]
    pub fn new_local(sleeper: S) -> Self {
        Self::local_with_slack(sleeper, SLACK)
    }

    /// [`new_local`](Self::new_local) with a slack, as that of [`with_slack`](Self::with_slack).
    #[must_use]
    pub fn local_with_slack(sleeper: S, slack: Duration) -> Self {
        Self::start_by(sleeper, slack, |handle, driver| {
            handle.spawn_local(driver).detach();
        })
    }
}

impl<S> Coalesced<S>
where
    S: ToHandle<Handle: Send + 'static>,
    <S::Handle as Sleeper>::Sleep: Send + 'static,
{
    /// [`new`](Self::new) for a sleeper that starts no tasks: a thread drives the sleeps, as long
    /// as there are any.
    ///
    /// The sleeper's own sleeps must work on that thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Coalesced, sleeper_fn, wait_n};
    /// use std::time::Duration;
    ///
    /// let sleeper = sleeper_fn(|duration| async move {
    ///     smol::Timer::after(duration).await; // whatever sleeps on the runtime at hand
    /// });
    /// let sleeper = Coalesced::on_thread(sleeper);
    /// let delays = wait_n(&sleeper, 100, Duration::from_millis(20));
    /// assert!(dormouse_smol::Smol.block_on(delays).is_sorted());
    /// ```
    #[must_use]
    pub fn on_thread(sleeper: S) -> Self {
        Self::on_thread_with_slack(sleeper, SLACK)
    }

    /// [`on_thread`](Self::on_thread) with a slack, as that of [`with_slack`](Self::with_slack).
    #[must_use]
    pub fn on_thread_with_slack(sleeper: S, slack: Duration) -> Self {
        Self::start_by(sleeper, slack, |_, driver| on_thread::run(driver))
    }
}

impl<S: ToHandle> Coalesced<S> {
    fn start_by(sleeper: S, slack: Duration, start: Start<S::Handle>) -> Self {
        let ports = Arc::new(Ports::new(sleeper.to_handle(), slack, start));
        Self { sleeper, ports }
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
            ports: Arc::clone(&self.ports),
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
            ports: Arc::clone(&self.ports),
        }
    }
}

impl<S: ToHandle> Sleeper for Coalesced<S> {
    type Sleep = CoalescedSleep<S::Handle>;

    fn now(&self) -> Instant {
        self.ports.source().sleeper.now()
    }

    #[inline]
    fn sleep_until(&self, deadline: Instant) -> CoalescedSleep<S::Handle> {
        CoalescedSleep::new(self.ports.here(), deadline)
    }

    /// Moves the deadline in its place, with the waker that waits for it.
    fn reset(&self, mut sleep: Pin<&mut CoalescedSleep<S::Handle>>, deadline: Instant) {
        if sleep.is_of(self.ports.source()) {
            sleep.reset(deadline);
        } else {
            sleep.set(self.sleep_until(deadline));
        }
    }

    fn timer_step(&self) -> Duration {
        let source = self.ports.source();
        let step = source.sleeper.timer_step();
        step.saturating_add(source.queue.slack())
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
            .field("slack", &self.ports.source().queue.slack())
            .finish()
    }
}

const SLACK: Duration = Duration::from_millis(4);
