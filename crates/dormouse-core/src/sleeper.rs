//! The clock and its alarm.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::{Instant, SystemTime};

/// A clock and its alarm.
///
/// [`now`](Self::now) and [`sleep_until`](Self::sleep_until) are all that an adapter writes.
/// Whatever the runtime does by itself, an implementation MUST ensure that
///
/// * a sleep never ends before its deadline, by the sleeper's own `now`;
/// * a sleep counts from the call that made it, never from its first poll;
/// * a sleep that is polled at or after its deadline is ready, whatever its task has done before
///   in that poll;
/// * a far deadline, [`Duration::MAX`] included, neither panics nor fires;
/// * dropping a sleep cancels it;
/// * the waker of the latest poll is the one that is woken, and one that panics harms no other
///   sleep;
/// * a sleep that has been polled and then is kept without being polled delays no other sleep;
/// * `now` and `sleep_until` read one clock, and `now` never goes back;
/// * a sleep outlives its runtime: polled elsewhere, it ends by its deadline all the same.
///
/// Each of these has a case of the same meaning in the crate `dormouse-conformance`.
///
/// No `Send`, `Unpin` or `'static` is asked of a sleep here. Code that spawns asks for it where
/// it spawns: `S: Sleeper<Sleep: Send>`.
///
/// A sleep of no time is ready at its first poll, so it lets nobody else run:
/// [`Spawner::yield_now`](crate::Spawner::yield_now) does. A loop of such sleeps keeps its thread,
/// and a [`timeout`](crate::timeout) around it never gets its turn.
///
/// # Examples
///
/// Timer code that works on every runtime:
///
/// ```
/// use dormouse_core::Sleeper;
/// use std::time::Duration;
///
/// async fn tick<S: Sleeper>(sleeper: &S, times: u32) -> Duration {
///     let start = sleeper.now();
///     for n in 1..=times {
///         // Deadlines instead of durations: the ticks do not drift.
///         sleeper.sleep_until(start + n * Duration::from_millis(2)).await;
///     }
///     sleeper.now() - start
/// }
///
/// # use dormouse_core::BlockOn;
/// let runtime = dormouse_smol::Smol;
/// assert!(runtime.block_on(tick(&runtime, 3)) >= Duration::from_millis(6));
/// ```
pub trait Sleeper {
    /// The future of one sleep. It is never boxed.
    type Sleep: Future<Output = ()>;

    /// The present instant, by the clock that [`sleep_until`](Self::sleep_until) wakes by.
    fn now(&self) -> Instant;

    /// A future that ends once `deadline` has passed, and possibly later.
    ///
    /// # Panics
    ///
    /// A runtime that needs a context (tokio) panics at this call outside of it, with a message
    /// that names the caller's line and says what to do.
    fn sleep_until(&self, deadline: Instant) -> Self::Sleep;

    /// A future that ends once `duration` has passed since this call, and possibly later.
    ///
    /// A duration too long for the clock becomes its far future.
    ///
    /// # Panics
    ///
    /// As [`sleep_until`](Self::sleep_until) does.
    #[track_caller]
    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.sleep_until(deadline(self.now(), duration))
    }

    /// Gives a sleep of this sleeper another deadline, whether or not it has been polled or has
    /// ended.
    ///
    /// It is `sleep_until` in the place of the sleep that was there. A runtime that can, moves the
    /// armed timer instead.
    ///
    /// # Panics
    ///
    /// As [`sleep_until`](Self::sleep_until) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Sleeper};
    /// use std::{pin::pin, time::Duration};
    ///
    /// let runtime = dormouse_smol::Smol;
    /// let mut sleep = pin!(runtime.sleep(Duration::MAX));
    /// runtime.reset(sleep.as_mut(), runtime.now() + Duration::from_millis(2));
    /// runtime.block_on(sleep);
    /// ```
    #[track_caller]
    fn reset(&self, mut sleep: Pin<&mut Self::Sleep>, deadline: Instant) {
        sleep.set(self.sleep_until(deadline));
    }

    /// The present moment, by the wall clock: what
    /// [`sleep_until_system_time`](crate::sleep_until_system_time) waits by.
    ///
    /// It is the system's, which can be set at any time, forwards and backwards. A runtime for tests
    /// has its own, which moves with [`now`](Self::now) and can be set by the test.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::Sleeper;
    /// use std::time::{Duration, SystemTime};
    ///
    /// /// The time of day in UTC, on a test's clock as well.
    /// fn time_of_day<S: Sleeper>(sleeper: &S) -> Duration {
    ///     let since = sleeper.system_time().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    ///     Duration::from_secs(since.as_secs() % 86_400)
    /// }
    ///
    /// assert!(time_of_day(&dormouse_smol::Smol).as_secs() < 86_400);
    /// ```
    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }

    /// By so much may a sleep end late by the timer's own doing, where that is more than a few
    /// milliseconds. [`MissedTick::Delay`](crate::MissedTick::Delay) asks for it, so as not to take
    /// a coarse timer for a late tick.
    #[doc(hidden)]
    fn timer_step(&self) -> Duration {
        Duration::ZERO
    }
}

/// `start + duration`, or the far future where that is more than the clock can say.
pub(crate) fn deadline(start: Instant, mut duration: Duration) -> Instant {
    loop {
        match start.checked_add(duration) {
            Some(deadline) => return deadline,
            // Still hundreds of years on every platform's clock.
            None => duration /= 2,
        }
    }
}
