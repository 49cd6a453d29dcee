//! A sleeper made of a function.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use crate::{Instant, Sleeper, SystemTime};

/// A [`Sleeper`] made of a function that sleeps for a duration.
///
/// Use it for a runtime that has no adapter yet. The function must fix its deadline when it is
/// called, as [`Sleeper`] requires. The clock is [`Instant::now`]; set another one by
/// [`clock`](SleeperFn::clock) if the function sleeps by that.
///
/// # Examples
///
/// ```
/// use dormouse_core::{Sleeper, sleeper_fn};
/// use std::time::Duration;
///
/// let sleeper = sleeper_fn(|duration: Duration| async move {
///     // Any function that sleeps on your runtime.
///     std::thread::sleep(duration);
/// });
/// let sleep = sleeper.sleep(Duration::from_millis(2));
/// # let _ = sleep;
/// ```
pub fn sleeper_fn<F, Fut>(sleep: F) -> SleeperFn<F>
where
    F: Fn(Duration) -> Fut,
    Fut: Future<Output = ()>,
{
    SleeperFn {
        sleep,
        clock: Instant::now,
        wall_clock: SystemTime::now,
    }
}

/// The sleeper of [`sleeper_fn`].
#[derive(Clone, Copy)]
pub struct SleeperFn<F> {
    sleep: F,
    clock: fn() -> Instant,
    wall_clock: fn() -> SystemTime,
}

impl<F> SleeperFn<F> {
    /// The same sleeper with another clock, such as that of a runtime whose time can be paused.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{Sleeper, sleeper_fn};
    /// use std::future::ready;
    /// use std::time::{Duration, Instant};
    ///
    /// let sleeper = sleeper_fn(|_: Duration| ready(())).clock(|| Instant::now() + Duration::from_secs(60));
    /// assert!(sleeper.now() > Instant::now());
    /// ```
    #[must_use]
    pub fn clock(self, clock: fn() -> Instant) -> Self {
        Self { clock, ..self }
    }

    /// The same sleeper with another wall clock, such as one that a test sets; [`SystemTime::now`]
    /// by default.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{Sleeper, sleeper_fn};
    /// use std::future::ready;
    /// use std::time::{Duration, SystemTime};
    ///
    /// let sleeper = sleeper_fn(|_: Duration| ready(())).wall_clock(|| SystemTime::UNIX_EPOCH);
    /// assert_eq!(sleeper.system_time(), SystemTime::UNIX_EPOCH);
    /// ```
    #[must_use]
    pub fn wall_clock(self, wall_clock: fn() -> SystemTime) -> Self {
        Self { wall_clock, ..self }
    }
}

impl<F, Fut> Sleeper for SleeperFn<F>
where
    F: Fn(Duration) -> Fut,
    Fut: Future<Output = ()>,
{
    type Sleep = Fut;

    fn now(&self) -> Instant {
        (self.clock)()
    }

    fn sleep_until(&self, deadline: Instant) -> Fut {
        (self.sleep)(deadline.saturating_duration_since(self.now()))
    }

    fn system_time(&self) -> SystemTime {
        (self.wall_clock)()
    }
}

impl<F> fmt::Debug for SleeperFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SleeperFn").finish_non_exhaustive()
    }
}
