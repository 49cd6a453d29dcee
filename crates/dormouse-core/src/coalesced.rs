//! Many sleeps on one timer of the runtime.

use std::sync::Arc;
use std::time::Duration;

use crate::coalesced::shared::{ShardRefs, Start};
use crate::{LocalSpawner, Runtime, Sleeper, Spawner, ToHandle};

pub use crate::coalesced::sleep::CoalescedSleep;
pub use crate::coalesced::wait_n::CoalescedWaitN;

mod driver;
mod driver_slot;
mod impls;
#[cfg(loom)]
pub(crate) mod loom_system;
#[cfg(all(test, loom))]
mod loom_tests;
mod on_thread;
mod overdue;
mod pace;
mod queue;
mod shared;
mod sleep;
mod wait_n;

/// A [`Sleeper`] that runs any number of sleeps on one timer of another one.
///
/// **What drives it:** a task, which owns that timer. The first sleep that is polled starts it on
/// the runtime ([`new`](Self::new)), or as a local task of a single-threaded runtime
/// ([`new_local`](Self::new_local)); for a sleeper that starts no tasks it is a thread
/// ([`on_thread`](Self::on_thread)). The driver costs nothing while it waits, and ends when it
/// finds no deadline left. A cancelled deadline may keep it until that deadline passes; dropping
/// the last clone and the last sleep ends it at once.
///
/// It is made for timers that are mostly armed and cancelled, such as timeouts: each thread has its
/// own part of the queue, and cancelled deadlines are removed without being sorted. Sleeps are
/// woken in the exact order of their deadlines, whatever the order or the step of the runtime's
/// timer. A pending sleep takes some 60 bytes beside its own 24, and no entry in the runtime's
/// timer. Clones share the queue. Tasks and [`block_on`](crate::BlockOn::block_on) are the inner
/// runtime's.
///
/// Dense deadlines share wake-ups: where more than 16 fall within the [`slack`](Self::with_slack),
/// 4 ms by default, the timer wakes once per slack, and a sleep ends at most that much late. Fewer
/// of them, up to 4,000 a second by default, wake on time. No sleep ends early.
///
/// # Liveness
///
/// A sleep delays no other one if it is not polled again after it was woken, moves to another task,
/// is leaked, or is held by a busy thread. If the driver fails, the *alarm thread* takes over where
/// it can: the process has one, which [`AlarmSleep`](crate::adapter::AlarmSleep) starts.
///
/// | the driver | consequence |
/// |---|---|
/// | can't be started: a sleep of an ambient runtime is first polled outside of that runtime | The alarm thread wakes the sleep on time. A sleep that is polled inside starts a driver. |
/// | does not run: its runtime's threads are all busy, or that runtime is no longer driven | If [`now`](Sleeper::now) is the system's clock, the alarm thread wakes the sleeps that are due, until the driver runs again. The first of them is 5 ms late beyond the slack, the others are on time. |
/// | is dropped, as its runtime is gone | The alarm thread wakes the pending sleeps. The next sleep that is polled starts a new driver, on the runtime where it is polled if the sleeper is an ambient one. If there is no runtime, that sleep goes on as one of the inner sleeper. |
/// | is dropped, and the clock is not the system's but that of a test | The pending sleeps are woken at once, and each goes on as a sleep of the inner sleeper, or by the alarm thread where there is no runtime. |
///
/// So several runtimes may share one `Coalesced`, such as a `Coalesced<Tokio>` in a `static`, if
/// they also share a clock. If tests of one process pause tokio's clock, each needs a `Coalesced`
/// of its own, as a driver on a paused runtime waits for the clock of that runtime. A browser has
/// no alarm thread, and one thread that drives everything.
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
/// // n sleeps, in one task or in n tasks, all on one timer.
/// assert!(runtime.block_on(wait_n(&runtime, 100, max_delay)).is_sorted());
/// assert!(runtime.block_on(task_wait_n(&runtime, 100, max_delay)).is_sorted());
/// // Without a sleep for each wait: only the queue.
/// assert!(runtime.block_on(runtime.wait_n(100, max_delay)).is_sorted());
/// ```
#[derive(Clone)]
pub struct Coalesced<S: ToHandle> {
    sleeper: S,
    // Over the handle: each sleep holds one of these, and must not hold an owner.
    shards: Arc<ShardRefs<S::Handle>>,
}

impl<S: ToHandle<Handle: Runtime>> Coalesced<S> {
    /// Coalesces the sleeps of `sleeper`, with a slack of 4 ms.
    #[must_use]
    pub fn new(sleeper: S) -> Self {
        Self::with_slack(sleeper, SLACK)
    }

    /// Coalesces the sleeps of `sleeper` with this slack: that is how late a sleep may end where
    /// more than 16 deadlines fall within the slack.
    ///
    /// With zero, every deadline has its own wake-up.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Coalesced, wait_n};
    /// use std::time::Duration;
    ///
    /// // Dense deadlines end up to a quarter of a second late, for four wake-ups a second.
    /// let runtime = Coalesced::with_slack(dormouse_smol::Smol, Duration::from_millis(250));
    /// let delays = runtime.block_on(wait_n(&runtime, 1_000, Duration::from_millis(5)));
    /// assert!(delays.is_sorted());
    /// ```
    #[must_use]
    pub fn with_slack(sleeper: S, slack: Duration) -> Self {
        let start = Start {
            has_context: S::Handle::can_spawn,
            run: |handle, driver| handle.spawn_driver(driver),
        };
        Self::start_by(sleeper, slack, start)
    }
}

impl<S> Coalesced<S>
where
    S: ToHandle<Handle: LocalSpawner + 'static>,
    <S::Handle as Sleeper>::Sleep: 'static,
{
    /// [`new`](Self::new) for a runtime that stays on its thread; the driver is a local task.
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

    /// [`new_local`](Self::new_local) with a slack, as in [`with_slack`](Self::with_slack).
    #[must_use]
    pub fn local_with_slack(sleeper: S, slack: Duration) -> Self {
        let start = Start::anywhere(|handle: &S::Handle, driver| handle.spawn_local_driver(driver));
        Self::start_by(sleeper, slack, start)
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
    /// The sleeper's own sleeps must work on that thread. Where the system gives no thread, as in a
    /// browser, each sleep is one of the inner sleeper: use [`new_local`](Self::new_local) there.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Coalesced, Sleeper, sleeper_fn, wait_n};
    /// use std::time::Duration;
    ///
    /// // Any function that sleeps on your runtime.
    /// let sleeper = sleeper_fn(|duration| dormouse_smol::Smol.sleep(duration));
    /// let sleeper = Coalesced::on_thread(sleeper);
    /// let delays = wait_n(&sleeper, 100, Duration::from_millis(20));
    /// assert!(dormouse_smol::Smol.block_on(delays).is_sorted());
    /// ```
    #[must_use]
    pub fn on_thread(sleeper: S) -> Self {
        Self::on_thread_with_slack(sleeper, SLACK)
    }

    /// [`on_thread`](Self::on_thread) with a slack, as in [`with_slack`](Self::with_slack).
    #[must_use]
    pub fn on_thread_with_slack(sleeper: S, slack: Duration) -> Self {
        let start = Start::anywhere(|_, driver| on_thread::run(driver));
        Self::start_by(sleeper, slack, start)
    }
}

impl<S: ToHandle> Coalesced<S> {
    fn start_by(sleeper: S, slack: Duration, start: Start<S::Handle>) -> Self {
        let shards = Arc::new(ShardRefs::new(sleeper.to_handle(), slack, start));
        Self { sleeper, shards }
    }

    /// The inner sleeper.
    #[must_use]
    pub fn get_ref(&self) -> &S {
        &self.sleeper
    }

    /// The same queue over the handle of the sleeper, which keeps no runtime alive.
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
            shards: Arc::clone(&self.shards),
        }
    }
}

/// At 20,000 deadlines a second on smol, a sleep takes 28 us of CPU time with a slack of 0, 3.5 us with
/// 1 ms, 1.5 us with 4 ms, and 1.3 us with 16 ms (two cores of an AMD EPYC).
const SLACK: Duration = Duration::from_millis(4);
