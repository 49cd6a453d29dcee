//! The clock and its alarm.

use std::fmt;
use std::future::Future;
use std::time::{Duration, Instant};

/// A clock and its alarm.
///
/// [`now`](Self::now) and [`sleep_until`](Self::sleep_until) are all that an adapter writes.
/// Whatever the runtime does by itself, an implementation MUST ensure that
///
/// * a sleep never ends before its deadline, by the sleeper's own `now`;
/// * a sleep counts from the call that made it, never from its first poll;
/// * a sleep whose deadline has passed ends at once;
/// * a far deadline, [`Duration::MAX`] included, neither panics nor fires;
/// * dropping a sleep cancels it;
/// * the waker of the latest poll is the one that is woken;
/// * `now` and `sleep_until` read one clock, and `now` never goes back.
///
/// Each of these has a case of the same meaning in the crate `dormouse-conformance`.
///
/// No `Send`, `Unpin` or `'static` is asked of a sleep here. Code that spawns asks for it where
/// it spawns: `S: Sleeper<Sleep: Send>`.
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
    /// that says what to do.
    fn sleep_until(&self, deadline: Instant) -> Self::Sleep;

    /// A future that ends once `duration` has passed since this call, and possibly later.
    ///
    /// A duration too long for the clock becomes its far future.
    ///
    /// # Panics
    ///
    /// As [`sleep_until`](Self::sleep_until) does.
    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.sleep_until(deadline(self.now(), duration))
    }

    /// The same sleeper without a hold on its runtime, where this one keeps the runtime alive.
    ///
    /// [`Coalesced`](crate::Coalesced) asks for it: its sleeps make other sleeps, and a sleep in a
    /// task must not keep the runtime alive that keeps the task. `None`, the default, is right
    /// for a sleeper that keeps nothing alive; a pointer to a sleeper has it too, so coalesce the
    /// sleeper itself.
    fn weak(&self) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// The step of this sleeper's alarm: by so much may a sleep end late on an idle machine.
    ///
    /// Zero, the default, stands for a clock of nanoseconds. tokio rounds up to a millisecond.
    fn granularity(&self) -> Duration {
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

/// A [`Sleeper`] made of a function that sleeps for a duration.
///
/// The function stands for a runtime that has no adapter yet. It must fix its deadline when it
/// is called, as [`Sleeper`] asks. The clock is [`Instant::now`]; say
/// [`clock`](SleeperFn::clock) where the function sleeps by another one.
///
/// # Examples
///
/// ```
/// use dormouse_core::{Sleeper, sleeper_fn};
/// use std::time::Duration;
///
/// let sleeper = sleeper_fn(|duration: Duration| async move {
///     // Whatever sleeps on the runtime at hand.
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
    }
}

/// The sleeper of [`sleeper_fn`].
#[derive(Clone, Copy)]
pub struct SleeperFn<F> {
    sleep: F,
    clock: fn() -> Instant,
}

impl<F> SleeperFn<F> {
    /// The same sleeper by another clock, such as a runtime's that can be paused.
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
}

impl<F> fmt::Debug for SleeperFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SleeperFn").finish_non_exhaustive()
    }
}
