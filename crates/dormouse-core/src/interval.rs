//! Ticks at a fixed period.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use futures_core::Stream;

use crate::Sleeper;
use crate::sleeper::deadline;

/// Ticks at once and then every `period`, counted from this call.
///
/// The ticks do not drift, however long the work in between takes; what becomes of those that
/// were missed, [`missed_tick`](Interval::missed_tick) says. With a period of zero every tick is
/// ready at once.
///
/// # Panics
///
/// As [`Sleeper::sleep_until`] does.
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
pub fn interval<S: Sleeper + Clone>(sleeper: &S, period: Duration) -> Interval<S> {
    interval_at(sleeper, sleeper.now(), period)
}

/// Ticks at `start` and then every `period`, as [`interval`] does.
///
/// # Panics
///
/// As [`Sleeper::sleep_until`] does.
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
pub fn interval_at<S: Sleeper + Clone>(
    sleeper: &S,
    start: Instant,
    period: Duration,
) -> Interval<S> {
    Interval {
        sleep: Box::pin(sleeper.sleep_until(start)),
        sleeper: sleeper.clone(),
        next: start,
        period,
        missed_tick: MissedTick::Burst,
    }
}

/// What becomes of the ticks whose time passed while nobody asked for them; the names are tokio's.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, MissedTick, Sleeper, interval};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// runtime.block_on(async {
///     let period = Duration::from_millis(5);
///     let mut ticks = interval(&runtime, period).missed_tick(MissedTick::Skip);
///     let first = ticks.tick().await;
///     runtime.sleep(3 * period).await; // too long: two ticks or more are missed
///     ticks.tick().await; // the late one
///     assert!(ticks.tick().await >= first + 4 * period); // and no other of those
/// });
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum MissedTick {
    /// They come one after the other without a pause, until all have been made up for.
    #[default]
    Burst,
    /// The next one comes a period after the late one, and so on: the ticks move.
    ///
    /// As in tokio, up to 5 ms are no lateness: they are the timer's own.
    Delay,
    /// They are left out: the next one comes at the next whole period from the start.
    Skip,
}

/// Ticks at a fixed period, made by [`interval`] and [`interval_at`]; also a [`Stream`] of them,
/// which does not end.
pub struct Interval<S: Sleeper> {
    sleeper: S,
    sleep: Pin<Box<S::Sleep>>,
    next: Instant,
    period: Duration,
    missed_tick: MissedTick,
}

impl<S: Sleeper> Interval<S> {
    /// Says what becomes of missed ticks; [`MissedTick::Burst`] unless said.
    #[must_use]
    pub fn missed_tick(self, missed_tick: MissedTick) -> Self {
        Self {
            missed_tick,
            ..self
        }
    }

    /// Waits for the next tick and returns when it was due.
    ///
    /// It is safe to cancel: a tick that nobody got is there for the next call.
    pub async fn tick(&mut self) -> Instant {
        poll_fn(|cx| self.poll_tick(cx)).await
    }

    /// Polls for the next tick.
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        ready!(self.sleep.as_mut().poll(cx));
        let due = self.next;
        let late = self.sleeper.now().saturating_duration_since(due);
        let ahead = match self.missed_tick {
            MissedTick::Burst => self.period,
            MissedTick::Delay if late > NO_LATENESS => late.saturating_add(self.period),
            MissedTick::Delay => self.period,
            MissedTick::Skip => whole_periods(late, self.period).saturating_add(self.period),
        };
        self.rearm(deadline(due, ahead));
        Poll::Ready(due)
    }

    /// Starts anew: the next tick comes a period after this call.
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
        self.rearm(deadline(self.sleeper.now(), self.period));
    }

    /// The time from tick to tick.
    #[must_use]
    pub fn period(&self) -> Duration {
        self.period
    }

    fn rearm(&mut self, next: Instant) {
        self.next = next;
        self.sleep.set(self.sleeper.sleep_until(next));
    }
}

// The sleep is pinned by its box.
impl<S: Sleeper> Unpin for Interval<S> {}

impl<S: Sleeper> Stream for Interval<S> {
    type Item = Instant;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Instant>> {
        self.poll_tick(cx).map(Some)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::MAX, None)
    }
}

impl<S: Sleeper> fmt::Debug for Interval<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interval")
            .field("next", &self.next)
            .field("period", &self.period)
            .field("missed_tick", &self.missed_tick)
            .finish_non_exhaustive()
    }
}

/// The part of `late` that is made of whole periods.
fn whole_periods(late: Duration, period: Duration) -> Duration {
    let rest = late.as_nanos().checked_rem(period.as_nanos()).unwrap_or(0);
    late - Duration::from_nanos(rest as u64)
}

/// What tokio's interval takes for its timer's own lateness (`tokio::time::Interval`).
const NO_LATENESS: Duration = Duration::from_millis(5);
