//! The trait of timers: the contract of every sleep.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::draws::{Draws, any_seed};
use crate::{Instant, MaxDelay, SystemTime};

/// A clock and its timer.
///
/// [`now`](Self::now) and [`sleep_until`](Self::sleep_until) are all that most adapters write.
/// Whatever the runtime itself does, an implementation MUST ensure that
///
/// * a sleep never ends before its deadline, by the sleeper's own `now`;
/// * a sleep counts from the call that made it, never from its first poll;
/// * a sleep that is polled at or after its deadline is ready, whatever its task has done before
///   in that poll;
/// * a far deadline, [`Duration::MAX`] included, neither panics nor fires (but a test's clock may come
///   to its end, as below);
/// * dropping a sleep cancels it and no other one, on whichever thread, and drops its waker;
/// * the waker of the latest poll is the one that is woken. A waker that panics when it is woken or
///   dropped harms no other sleep. A waker may make, poll and drop sleeps of this sleeper when it is
///   woken or dropped, as one that owns its task does;
/// * a sleep that has been polled and is then held without being polled again delays no other
///   sleep;
/// * `now` and `sleep_until` read one clock, and `now` never goes backwards, not
///   between threads either;
/// * a sleep outlives its runtime: polled elsewhere, it ends at its deadline or later, even if its
///   runtime is gone, or is not being driven (a test's clock stands still then, and so may one that
///   a test could have paused: `TokioSleep` says where). If it is `Send`, it also wakes whoever
///   awaited it before; one that is not may have to be polled again;
/// * a sleep can be made and reset when the runtime is gone, and while it goes, and ends at its
///   deadline or later. A test's clock is at its end once its runtime is gone, so every deadline has
///   come; but there a sleep is pending at its first poll, and at later ones if there are many in one
///   poll of a task, so that a loop of sleeps yields. A runtime that needs a context may panic instead, as outside of
///   one.
///
/// Each of these has a case of the same meaning in the crate `dormouse-conformance`.
///
/// A sleep need not be `Send`, `Unpin` or `'static`. Code that spawns requires it where it spawns:
/// `S: Sleeper<Sleep: Send>`.
///
/// A sleep that is due when it is first polled is ready at once, so it lets no other task run;
/// [`Spawner::yield_now`](crate::Spawner::yield_now) and
/// [`LocalSpawner::yield_local`](crate::LocalSpawner::yield_local) do. Such are the sleeps of zero
/// duration, on every runtime, and those of some nanoseconds, which have passed by the first poll,
/// unless the clock is a test's or has coarse steps. A loop of them never gives up its thread, and a
/// [`timeout`](crate::timeout) around it never fires.
///
/// A decorator, which is a sleeper over another one, forwards the provided methods, too:
/// [`sleep`](Self::sleep), [`reset`](Self::reset), [`system_time`](Self::system_time),
/// [`draw_seed`](Self::draw_seed) and [`timer_step`](Self::timer_step), which has an example. The
/// default of `sleep` only costs time; that of `reset` makes a sleep, for which some runtimes need a
/// context; those of the others are wrong over a clock of a test or a coarse timer.
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
    /// The future of one sleep, not boxed.
    type Sleep: Future<Output = ()>;

    /// The current instant of the clock that [`sleep_until`](Self::sleep_until) uses.
    fn now(&self) -> Instant;

    /// A future that ends once `deadline` has passed, and possibly later.
    ///
    /// # Panics
    ///
    /// A runtime that needs a context (tokio) panics if this is called outside of it. The message
    /// names the caller's line and says what to do.
    fn sleep_until(&self, deadline: Instant) -> Self::Sleep;

    /// A future that ends once `duration` has passed since this call, and possibly later.
    ///
    /// A duration too long for the clock becomes a deadline in the far future.
    ///
    /// # Panics
    ///
    /// Same as [`sleep_until`](Self::sleep_until).
    #[track_caller]
    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.sleep_until(deadline(self.now(), duration))
    }

    /// Moves a sleep of this sleeper to another deadline, whether or not it has been polled or has
    /// ended.
    ///
    /// A sleep that is awaited must be polled again after this: only then is it sure to wake at the
    /// new deadline. By default, a new sleep takes the place of the old one. A runtime that can do
    /// so moves the armed timer instead.
    ///
    /// # Panics
    ///
    /// Same as [`sleep_until`](Self::sleep_until).
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

    /// The current time of the wall clock, which
    /// [`sleep_until_system_time`](crate::sleep_until_system_time) waits by.
    ///
    /// By default it is the system's clock, which can be set at any time, forwards and backwards. A
    /// runtime for tests has its own, which moves with [`now`](Self::now) and can be set by the
    /// test.
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

    /// The seed of random delays that are asked for without one, as by
    /// [`wait_random`](crate::wait_random).
    ///
    /// By default it is another one at each call and in each process. A runtime for tests gives a
    /// sequence of its own, so that a test that has failed fails again.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::Sleeper;
    /// use std::time::Duration;
    ///
    /// /// A random pause of 50 to 100 ms; the tests of a runtime with a seed have the same each time.
    /// fn pause<S: Sleeper>(sleeper: &S) -> Duration {
    ///     Duration::from_millis(50 + sleeper.draw_seed() % 51)
    /// }
    ///
    /// assert!(pause(&dormouse_smol::Smol) >= Duration::from_millis(50));
    /// ```
    fn draw_seed(&self) -> u64 {
        any_seed()
    }

    /// How late the timer alone may end a sleep, where that is more than a few milliseconds.
    ///
    /// By default it is zero, which is right for a timer that is at most 5 ms late.
    /// [`MissedTick::Delay`](crate::MissedTick::Delay) reads it: a tick that is late by no more
    /// than this does not move the ticks after it. A decorator that adds lateness of its own, as the
    /// slack of a [`Coalesced`](crate::Coalesced), returns the sum.
    ///
    /// # Examples
    ///
    /// A decorator forwards the provided methods, too:
    ///
    /// ```
    /// use dormouse_core::{Coalesced, Instant, Sleeper, SystemTime};
    /// use std::{pin::Pin, time::Duration};
    ///
    /// /// Says when something sleeps.
    /// struct Loud<S>(S);
    ///
    /// impl<S: Sleeper> Sleeper for Loud<S> {
    ///     type Sleep = S::Sleep;
    ///
    ///     fn now(&self) -> Instant {
    ///         self.0.now()
    ///     }
    ///
    ///     #[track_caller] // so that a panic of the inner one names the caller's line
    ///     fn sleep_until(&self, deadline: Instant) -> S::Sleep {
    ///         println!("until {deadline:?}");
    ///         self.0.sleep_until(deadline)
    ///     }
    ///
    ///     #[track_caller]
    ///     fn sleep(&self, duration: Duration) -> S::Sleep {
    ///         println!("for {duration:?}");
    ///         self.0.sleep(duration)
    ///     }
    ///
    ///     #[track_caller]
    ///     fn reset(&self, sleep: Pin<&mut S::Sleep>, deadline: Instant) {
    ///         self.0.reset(sleep, deadline);
    ///     }
    ///
    ///     fn system_time(&self) -> SystemTime {
    ///         self.0.system_time()
    ///     }
    ///
    ///     fn draw_seed(&self) -> u64 {
    ///         self.0.draw_seed()
    ///     }
    ///
    ///     fn timer_step(&self) -> Duration {
    ///         self.0.timer_step()
    ///     }
    /// }
    ///
    /// let slack = Duration::from_millis(50);
    /// let loud = Loud(Coalesced::with_slack(dormouse_smol::Smol, slack));
    /// assert_eq!(loud.timer_step(), slack);
    /// ```
    fn timer_step(&self) -> Duration {
        Duration::ZERO
    }
}

/// The random delays of this seed, or of one that the sleeper draws.
pub(crate) fn draws<S: Sleeper>(sleeper: &S, max_delay: MaxDelay, seed: Option<u64>) -> Draws {
    Draws::new(max_delay, seed.unwrap_or_else(|| sleeper.draw_seed()))
}

/// `start + duration`, or an instant in the far future if the clock can't represent it.
pub(crate) fn deadline(start: Instant, mut duration: Duration) -> Instant {
    loop {
        match start.checked_add(duration) {
            Some(deadline) => return deadline,
            // Still hundreds of years on every platform's clock.
            None => duration /= 2,
        }
    }
}
