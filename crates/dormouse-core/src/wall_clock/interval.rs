//! Ticks by the wall clock.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use futures_core::stream::FusedStream;

use crate::allowance::Allowance;
use crate::instant::{Instant, SystemTime};
use crate::interval::{check_period, impls, whole_periods};
use crate::wall_clock::{next_look, poll_until};
use crate::{Sleeper, ToHandle};

/// Returns an interval that ticks at `start` and then every `period` by the wall clock; if `start`
/// has passed, from the next whole period after it.
///
/// With [`SystemTime::UNIX_EPOCH`] as the start, a period of an hour ticks at every full hour, UTC.
/// The ticks follow the clock when it is set and when the machine sleeps, as
/// [`sleep_until_system_time`](crate::sleep_until_system_time) does, and with the same bound: they
/// come at most 10 s late.
///
/// * If the clock jumps past several ticks, only the latest of them is given.
/// * If the clock is set back by a period or less since the last tick, in one step or in several,
///   no tick is given twice: the next tick is the one that was due next, and comes that much later.
/// * If it is set back by more, the ticks restart with the first whole period that it can have
///   shown since: it may have been set at any time since the interval read it last, which is up to
///   10 s before. Whole periods are counted from `start`, also backwards: a clock that is set back
///   to before `start` is not waited for.
/// * A `start` in the future is the first tick, however the clock is set before it.
///
/// * After the last tick that a [`SystemTime`] can represent, the next is pending for ever, unless
///   the clock is set back by more than a period.
///
/// So the next tick is due at most two periods after the time that the clock shows, or at `start`.
///
/// # Panics
///
/// If `period` is zero, and as [`Sleeper::sleep_until`] does.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper, system_interval};
/// use std::time::{Duration, SystemTime};
///
/// let runtime = dormouse_smol::Smol;
/// let period = Duration::from_millis(5);
/// let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, period);
/// let tick = runtime.block_on(ticks.tick());
/// let since = tick.duration_since(SystemTime::UNIX_EPOCH).unwrap();
/// assert_eq!(since.as_nanos() % period.as_nanos(), 0);
/// assert!(runtime.system_time() >= tick);
/// ```
#[track_caller]
pub fn system_interval<S: ToHandle>(
    sleeper: &S,
    start: SystemTime,
    period: Duration,
) -> SystemInterval<S::Handle> {
    check_period(period);
    let sleeper = sleeper.to_handle();
    let reading = Reading::of(&sleeper);
    let begun = start <= reading.shown;
    let next = if begun {
        first_from(start, reading.shown, period)
    } else {
        Some(start)
    };
    let until = next_look(&sleeper, next, Duration::ZERO);
    SystemInterval {
        sleep: Box::pin(sleeper.sleep_until(until)),
        sleeper,
        armed: Some(until),
        start,
        begun,
        next,
        steady: reading,
        last_read: reading,
        period,
        allowance: Allowance::new(),
    }
}

/// Ticks at a fixed period of the wall clock, made by [`system_interval`]; also a [`Stream`] of
/// them, which does not end.
pub struct SystemInterval<S: Sleeper> {
    sleeper: S,
    sleep: Pin<Box<S::Sleep>>,
    armed: Option<Instant>,
    start: SystemTime,
    /// The clock has shown `start`, or a later time.
    begun: bool,
    /// `None` if the wall clock can't represent it: it never comes.
    next: Option<SystemTime>,
    /// The reading, since the last tick or restart, that tells best what the clock would show had
    /// it not been set back.
    steady: Reading,
    last_read: Reading,
    period: Duration,
    allowance: Allowance,
}

impl<S: Sleeper> SystemInterval<S> {
    /// Polls for the next tick.
    ///
    /// At most 64 due ticks come in a row, as from
    /// [`Interval::poll_tick`](crate::Interval::poll_tick).
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<SystemTime> {
        self.look_for_a_clock_set_back();
        let sleep = self.sleep.as_mut();
        let poll =
            |cx: &mut Context<'_>| poll_until(&self.sleeper, self.next, sleep, &mut self.armed, cx);
        let now = ready!(self.allowance.poll(cx, poll));
        let Some(next) = self.next else {
            // The runtime is gone, and its clocks show no other time any more.
            return Poll::Pending;
        };
        let late = now.duration_since(next).unwrap_or_default();
        let due = next + whole_periods(late, self.period);
        self.begun = true;
        self.steady = Reading {
            shown: now,
            at: self.sleeper.now(),
        };
        self.aim_at(due.checked_add(self.period));
        Poll::Ready(due)
    }

    /// Restarts the ticks if the clock was set back by more than a period.
    fn look_for_a_clock_set_back(&mut self) {
        let before = self.sleeper.now();
        let reading = Reading::of(&self.sleeper);
        let last_read = std::mem::replace(&mut self.last_read, reading);
        // `before` is taken before this reading, and `steady.at` after the one that it belongs to.
        // So the elapsed time is underestimated, if anything: if it were overestimated, a thread
        // that is preempted in between would be mistaken for a clock that was set back.
        let elapsed = before.saturating_duration_since(self.steady.at);
        let steady = self.steady.shown.checked_add(elapsed);
        // A clock at its end does not go on. An underestimate again.
        let steady = steady.unwrap_or(self.steady.shown);
        let back = steady.duration_since(reading.shown).unwrap_or_default();
        if back.is_zero() {
            self.steady = reading;
        } else if self.begun && back > self.period {
            // The clock has gone on for at most this long since it was set back.
            let since = reading.at.saturating_duration_since(last_read.at);
            let from = reading.shown.checked_sub(since).unwrap_or(reading.shown);
            self.steady = reading;
            self.aim_at(first_from(self.start, from, self.period));
        }
    }

    fn aim_at(&mut self, next: Option<SystemTime>) {
        self.next = next;
        self.armed = None;
    }
}

impls!(
    SystemInterval,
    SystemTime,
    "Waits for the next tick and returns when it was due, by the wall clock."
);

impl<S: Sleeper> fmt::Debug for SystemInterval<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemInterval")
            .field("next", &self.next)
            .field("period", &self.period)
            .finish_non_exhaustive()
    }
}

/// What the wall clock showed.
#[derive(Clone, Copy)]
struct Reading {
    shown: SystemTime,
    /// When it was read, or a little later.
    at: Instant,
}

impl Reading {
    fn of<S: Sleeper>(sleeper: &S) -> Self {
        let shown = sleeper.system_time();
        let at = sleeper.now();
        Self { shown, at }
    }
}

/// The first whole period, counted from `start` forwards or backwards, that is not before `time`;
/// `None` if the clock can't represent it.
fn first_from(start: SystemTime, time: SystemTime, period: Duration) -> Option<SystemTime> {
    match time.duration_since(start) {
        Ok(passed) => {
            let due = start + whole_periods(passed, period);
            if due == time {
                Some(due)
            } else {
                due.checked_add(period)
            }
        }
        Err(left) => Some(start - whole_periods(left.duration(), period)),
    }
}
