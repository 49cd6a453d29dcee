//! Ticks at a fixed period.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use futures_core::stream::FusedStream;

use crate::allowance::Allowance;
use crate::sleeper::deadline;
use crate::{Instant, Sleeper, ToHandle};

pub(crate) use crate::interval::impls::impls;
pub use crate::interval::missed_tick::MissedTick;
pub(crate) use crate::interval::missed_tick::whole_periods;

mod impls;
mod missed_tick;

/// Returns an interval that ticks at once and then every `period`, counted from this call.
///
/// [`missed_tick`](Interval::missed_tick) sets what becomes of ticks that were missed. Unless that
/// is [`MissedTick::Delay`], the ticks do not drift, however long the work in between takes. If the
/// machine slept for eight hours while the clock went on, an interval of one second then ticks as
/// follows:
///
/// * [`Burst`](MissedTick::Burst), the default: 28,800 ticks at once, at most 64 in one poll of a task;
/// * [`Delay`](MissedTick::Delay): one tick, and the next a second after that one was taken;
/// * [`Skip`](MissedTick::Skip): one tick, and the next at the next whole second from the start.
///
/// A server usually wants one of the last two. On Linux and macOS the clock stands still while the
/// machine sleeps; there, ticks are missed only while their task does something else.
///
/// # Panics
///
/// If `period` is zero, or where [`Sleeper::sleep_until`] panics.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, interval};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// runtime.block_on(async {
///     let period = Duration::from_millis(2);
///     let mut interval = interval(&runtime, period);
///     let first = interval.tick().await;
///     assert_eq!(interval.tick().await, first + period);
/// });
/// ```
#[track_caller]
pub fn interval<S: ToHandle>(sleeper: &S, period: Duration) -> Interval<S::Handle> {
    interval_at(sleeper, sleeper.now(), period)
}

/// Returns an interval that ticks at `start` and then every `period`, as [`interval`] does.
///
/// # Panics
///
/// Same as [`interval`].
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper, interval_at};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// let start = runtime.now() + Duration::from_millis(2);
/// let mut interval = interval_at(&runtime, start, Duration::from_millis(2));
/// assert_eq!(runtime.block_on(interval.tick()), start);
/// ```
#[track_caller]
pub fn interval_at<S: ToHandle>(
    sleeper: &S,
    start: Instant,
    period: Duration,
) -> Interval<S::Handle> {
    check_period(period);
    let sleeper = sleeper.to_handle();
    Interval {
        sleep: Box::pin(sleeper.sleep_until(start)),
        sleeper,
        next: start,
        period,
        missed_tick: MissedTick::Burst,
        allowance: Allowance::new(),
    }
}

/// Ticks at a fixed period, made by [`interval`] and [`interval_at`]; also a [`Stream`] of them, which
/// does not end.
pub struct Interval<S: Sleeper> {
    sleeper: S,
    sleep: Pin<Box<S::Sleep>>,
    next: Instant,
    period: Duration,
    missed_tick: MissedTick,
    allowance: Allowance,
}

impl<S: Sleeper> Interval<S> {
    /// Sets what becomes of missed ticks; [`MissedTick::Burst`] by default.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, MissedTick, Sleeper, interval};
    /// use std::time::Duration;
    ///
    /// let runtime = dormouse_smol::Smol;
    /// let period = Duration::from_millis(5);
    /// let mut ticks = interval(&runtime, period).missed_tick(MissedTick::Delay);
    /// runtime.block_on(async {
    ///     let first = ticks.tick().await;
    ///     runtime.sleep(3 * period).await; // too long
    ///     ticks.tick().await; // late, so it moves the next one
    ///     assert!(ticks.tick().await >= first + 4 * period);
    /// });
    /// ```
    #[must_use]
    pub fn missed_tick(self, missed_tick: MissedTick) -> Self {
        Self {
            missed_tick,
            ..self
        }
    }

    /// Sets what becomes of missed ticks from now on, as [`missed_tick`](Self::missed_tick) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, MissedTick, Sleeper, interval};
    /// use std::time::Duration;
    ///
    /// let runtime = dormouse_smol::Smol;
    /// let period = Duration::from_millis(5);
    /// let mut ticks = interval(&runtime, period);
    /// runtime.block_on(async {
    ///     let first = ticks.tick().await;
    ///     runtime.sleep(3 * period).await; // too long
    ///     assert_eq!(ticks.tick().await, first + period); // the first of a burst
    ///     ticks.set_missed_tick(MissedTick::Skip);
    ///     assert_eq!(ticks.tick().await, first + 2 * period); // was due before
    ///     assert!(ticks.tick().await >= first + 4 * period);
    /// });
    /// ```
    pub fn set_missed_tick(&mut self, missed_tick: MissedTick) {
        self.missed_tick = missed_tick;
    }

    /// Polls for the next tick.
    ///
    /// At most 64 due ticks come in one poll of a task. Then one call is pending and wakes its task
    /// at once, so that other futures in the task get their turn. In a task that was not spawned
    /// through these traits, polls can't be told apart: there, the call after 64 ready ones in a
    /// row is pending.
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        let sleep = self.sleep.as_mut();
        ready!(self.allowance.poll(cx, |cx| sleep.poll(cx)));
        let due = self.next;
        let late = self.sleeper.now().saturating_duration_since(due);
        let step = self.sleeper.timer_step();
        let ahead = self.missed_tick.ahead(late, self.period, step);
        // A tick that the clock can't represent never comes.
        let next = due.checked_add(ahead);
        self.reset_at(next.unwrap_or_else(|| deadline(self.sleeper.now(), ahead)));
        Poll::Ready(due)
    }

    /// Restarts the interval: the next tick comes a period after this call.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Sleeper, interval};
    /// use std::time::Duration;
    ///
    /// let runtime = dormouse_smol::Smol;
    /// let period = Duration::from_millis(5);
    /// let mut ticks = interval(&runtime, period); // due at once
    /// let before = runtime.now();
    /// ticks.reset();
    /// assert!(runtime.block_on(ticks.tick()) >= before + period);
    /// ```
    pub fn reset(&mut self) {
        self.reset_after(self.period);
    }

    /// Restarts the interval: the next tick comes `duration` after this call.
    pub fn reset_after(&mut self, duration: Duration) {
        self.reset_at(deadline(self.sleeper.now(), duration));
    }

    /// Restarts the interval: the next tick comes at `deadline`, which may have passed.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Sleeper, interval};
    /// use std::time::Duration;
    ///
    /// let runtime = dormouse_smol::Smol;
    /// let mut ticks = interval(&runtime, Duration::from_secs(3600));
    /// let soon = runtime.now() + Duration::from_millis(2);
    /// ticks.reset_at(soon);
    /// assert_eq!(runtime.block_on(ticks.tick()), soon);
    /// ```
    pub fn reset_at(&mut self, deadline: Instant) {
        // First, as it may panic: the next tick is due when the sleep ends.
        self.sleeper.reset(self.sleep.as_mut(), deadline);
        self.next = deadline;
    }
}

impls!(
    Interval,
    Instant,
    "Waits for the next tick and returns when it was due."
);

impl<S: Sleeper> fmt::Debug for Interval<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interval")
            .field("next", &self.next)
            .field("period", &self.period)
            .field("missed_tick", &self.missed_tick)
            .finish_non_exhaustive()
    }
}

/// Panics if the period is zero.
#[track_caller]
pub(crate) fn check_period(period: Duration) {
    assert!(
        !period.is_zero(),
        "the period of an interval is zero: give 1 ns or more"
    );
}
