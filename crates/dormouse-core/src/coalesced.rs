//! Many sleeps on one timer of the runtime.

use std::sync::Arc;
use std::time::Duration;

use crate::coalesced::source::{Ports, Start};
use crate::{LocalSpawner, MaxDelay, Runtime, Sleeper, Spawner, Task, ToHandle};

pub use crate::coalesced::sleep::CoalescedSleep;
pub use crate::coalesced::wait_n::CoalescedWaitN;

mod driver;
mod duty;
mod impls;
#[cfg(loom)]
pub(crate) mod loom_system;
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
/// **What drives it:** a task of its own, which owns that timer. The first sleep that is polled starts
/// it on the runtime ([`new`](Self::new)), or on the thread of a runtime that stays on one
/// ([`new_local`](Self::new_local)); for a sleeper that starts no tasks it is a thread
/// ([`on_thread`](Self::on_thread)). It costs nothing while it waits, and ends when it finds no
/// deadline left. A deadline that was cancelled may be left until it passes; dropping the last clone
/// and the last sleep ends the task at once.
///
/// It is made for timers that are armed and cancelled, as timeouts are that hardly ever fire: each
/// thread has a part of the queue for itself, and what is cancelled is thrown out unsorted. Sleeps
/// that end are woken in the exact order of their deadlines, whatever the order or the step of the
/// runtime's timer. One that waits takes some 60 bytes beside its own 24, and no entry in the
/// runtime's timer. Clones share the queue. Tasks and [`block_on`](crate::BlockOn::block_on) are the inner
/// runtime's.
///
/// A crowd of deadlines shares its wake-ups: where more than 16 fall within the
/// [`slack`](Self::with_slack), 4 ms by default, the timer wakes once per slack, and a sleep ends
/// late by that much at the most. Fewer of them, up to 4,000 a second by default, wake on time. None
/// ends early.
///
/// # Liveness
///
/// No sleep depends on what becomes of another one: whether that is polled when it is woken, moves
/// to another task, is forgotten, or is held by a thread that is busy. What can happen to the
/// driver:
///
/// | | then |
/// |---|---|
/// | It is kept from running: its runtime's threads are all busy, or nobody drives that runtime any more | The process's alarm thread wakes those who are due, until the driver runs again. The first of them is 5 ms late beyond the slack, the others are on time. |
/// | Its runtime is gone | The alarm thread wakes those who wait. The next sleep that is polled starts a new driver, on the runtime where it is polled if the sleeper is an ambient one. Where there is no runtime, a sleep goes on as the runtime's own sleep does. |
/// | The same, and the clock is not the system's: that of a test | Those who wait are woken at once, and each goes on as a sleep of the runtime's own. |
///
/// So several runtimes may share one, as those do that use a `Coalesced<Tokio>` in a `static`, if
/// they share a clock, too: where tests of one process pause tokio's clock, each wants a `Coalesced`
/// of its own, as a driver on a paused runtime waits for that clock. A browser has no alarm thread, and one thread that drives everything.
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
    /// use dormouse_core::{BlockOn, Coalesced, Sleeper, sleeper_fn, wait_n};
    /// use std::time::Duration;
    ///
    /// // Whatever sleeps on the runtime at hand.
    /// let sleeper = sleeper_fn(|duration| dormouse_smol::Smol.sleep(duration));
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

const SLACK: Duration = Duration::from_millis(4);
