//! Ticks by the wall clock.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;

use crate::allowance::Allowance;
use crate::instant::{Instant, SystemTime};
use crate::interval::whole_periods;
use crate::wall_clock::{next_look, poll_until};
use crate::{Sleeper, ToHandle};

/// Ticks at `start` and then every `period` by the wall clock; if `start` has passed, from the next
/// whole period after it.
///
/// With [`SystemTime::UNIX_EPOCH`] as the start, a period of an hour ticks at every full hour, UTC.
/// The ticks follow the clock when it is set and when the machine sleeps, as
/// [`sleep_until_system_time`](crate::sleep_until_system_time) does, and with the same bound: they
/// come at most 10 s late.
///
/// * If the clock jumps past several ticks, only the latest of them is given.
/// * If the clock is set back by less than a period, no tick is given twice: the next tick is the
///   one that was due next, and comes that much later.
/// * If it is set back by more, the ticks restart from there, at the next whole period.
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
    assert!(
        !period.is_zero(),
        "the period of an interval is zero: give 1 ns or more"
    );
    let sleeper = sleeper.to_handle();
    let next = next_from(start, sleeper.system_time(), period);
    let until = next_look(&sleeper, next, Duration::ZERO);
    SystemInterval {
        sleep: Box::pin(sleeper.sleep_until(until)),
        sleeper,
        armed: Some(until),
        start,
        next,
        last: None,
        period,
        allowance: Allowance::new(),
    }
}

/// Ticks at a fixed period of the wall clock, made by [`system_interval`]; also a [`Stream`] of them,
/// which does not end.
pub struct SystemInterval<S: Sleeper> {
    sleeper: S,
    sleep: Pin<Box<S::Sleep>>,
    armed: Option<Instant>,
    start: SystemTime,
    next: SystemTime,
    last: Option<SystemTime>,
    period: Duration,
    allowance: Allowance,
}

impl<S: Sleeper> SystemInterval<S> {
    /// Waits for the next tick and returns when it was due, by the wall clock.
    ///
    /// It is cancel safe: a tick that was not received is given by the next call.
    pub async fn tick(&mut self) -> SystemTime {
        poll_fn(|cx| self.poll_tick(cx)).await
    }

    /// Polls for the next tick.
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<SystemTime> {
        self.look_for_a_clock_set_back();
        let (sleeper, next, sleep) = (&self.sleeper, self.next, self.sleep.as_mut());
        let armed = &mut self.armed;
        let poll = |cx: &mut Context<'_>| poll_until(sleeper, next, sleep, armed, cx);
        let now = ready!(self.allowance.poll(cx, poll));
        let late = now.duration_since(next).unwrap_or_default();
        let due = later(next, whole_periods(late, self.period));
        self.last = Some(due);
        self.aim_at(later(due, self.period));
        Poll::Ready(due)
    }

    /// The time from tick to tick.
    #[must_use]
    pub fn period(&self) -> Duration {
        self.period
    }

    /// Restarts from the current time, if that is more than a period before the last tick.
    fn look_for_a_clock_set_back(&mut self) {
        let now = self.sleeper.system_time();
        let back = self.last.and_then(|last| last.duration_since(now).ok());
        if back.is_some_and(|back| back > self.period) {
            self.last = None;
            self.aim_at(next_from(self.start, now, self.period));
        }
    }

    fn aim_at(&mut self, next: SystemTime) {
        self.next = next;
        self.armed = None;
    }
}

// The sleep is pinned by its box.
impl<S: Sleeper> Unpin for SystemInterval<S> {}

impl<S: Sleeper> Stream for SystemInterval<S> {
    type Item = SystemTime;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<SystemTime>> {
        let tick = ready!(self.poll_tick(cx));
        Poll::Ready(Some(tick))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::MAX, None)
    }
}

impl<S: Sleeper> fmt::Debug for SystemInterval<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemInterval")
            .field("next", &self.next)
            .field("period", &self.period)
            .finish_non_exhaustive()
    }
}

/// `start` if it has not passed, or else the first whole period after it that has not.
fn next_from(start: SystemTime, now: SystemTime, period: Duration) -> SystemTime {
    match now.duration_since(start) {
        Ok(passed) if passed.is_zero() => start,
        Ok(passed) => {
            let due = later(start, whole_periods(passed, period));
            if due == now { due } else { later(due, period) }
        }
        Err(_) => start,
    }
}

/// `at + duration`, or a time in the far future if the clock can't represent it.
fn later(at: SystemTime, mut duration: Duration) -> SystemTime {
    loop {
        match at.checked_add(duration) {
            Some(later) => return later,
            None => duration /= 2,
        }
    }
}
