//! Sleeps by the wall clock.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::instant::{Instant, SystemTime};
use crate::sleeper::deadline;
use crate::{Sleeper, ToHandle};

pub use crate::wall_clock::interval::{SystemInterval, system_interval};

mod interval;

/// Waits until the wall clock shows `at`, even if the clock is set or the machine sleeps meanwhile.
///
/// A sleep until an [`Instant`](crate::Instant) does not follow the wall clock: on Linux and macOS
/// its clock stands still while the machine sleeps, so a sleep of eight hours that begins before a
/// night in suspend ends eight hours after it. This one sleeps in steps of at most 10 s and reads
/// [`system_time`](Sleeper::system_time) anew after each, and whenever it is polled. So
///
/// * it never ends before the wall clock, as read, shows `at`, except on a runtime for tests that
///   is gone: its clocks no longer move, so it ends early;
/// * if the clock is set forward, or the machine wakes up, it ends at most 10 s late;
/// * if the clock is set back, it goes on until the clock shows `at` again;
/// * otherwise it is as exact as the runtime's sleeps are.
///
/// A longer step would make it later after such an event; a step of 10 s costs six wake-ups a
/// minute, which a battery does not notice. (cron looks once a minute. systemd is told by the
/// kernel, which only Linux does.)
///
/// If a test pauses tokio's clock, the wall clock still runs: tokio moves its own clock ten seconds
/// at a time until the wall clock shows `at`. Test with a `Virtual`, which has a wall clock of its
/// own: each step takes a microsecond of real time, so a month takes a quarter of a second.
///
/// # Panics
///
/// The call panics as [`Sleeper::sleep_until`] does; a poll panics outside the context of a runtime
/// that needs one.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper, sleep_until_system_time};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// let at = runtime.system_time() + Duration::from_millis(2);
/// runtime.block_on(sleep_until_system_time(&runtime, at));
/// assert!(runtime.system_time() >= at);
/// ```
#[track_caller]
pub fn sleep_until_system_time<S: ToHandle>(
    sleeper: &S,
    at: SystemTime,
) -> SleepUntilSystemTime<S::Handle> {
    let sleeper = sleeper.to_handle();
    let until = next_look(&sleeper, Some(at), Duration::ZERO);
    SleepUntilSystemTime {
        at,
        sleep: sleeper.sleep_until(until),
        armed: Some(until),
        sleeper,
    }
}

pin_project! {
    /// Future for the [`sleep_until_system_time`] function.
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct SleepUntilSystemTime<S: Sleeper> {
        sleeper: S,
        at: SystemTime,
        #[pin]
        sleep: S::Sleep,
        armed: Option<Instant>,
    }
}

impl<S: Sleeper> Future for SleepUntilSystemTime<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        poll_until(this.sleeper, Some(*this.at), this.sleep, this.armed, cx).map(drop)
    }
}

impl<S: Sleeper> fmt::Debug for SleepUntilSystemTime<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SleepUntilSystemTime")
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// The longest time between two readings of the wall clock.
const STEP: Duration = Duration::from_secs(10);

/// The shortest time between two readings in one poll, after the first two.
const FLOOR: Duration = Duration::from_micros(100);

/// When to read the wall clock next: when it shows `at` if it is not set, but after at most a step,
/// and at least `floor`. `None` is a time that the clock can't represent.
fn next_look<S: Sleeper>(sleeper: &S, at: Option<SystemTime>, floor: Duration) -> Instant {
    let left = at.map_or(STEP, |at| {
        at.duration_since(sleeper.system_time()).unwrap_or_default()
    });
    let step = left.min(STEP).max(floor);
    deadline(sleeper.now(), step)
}

/// Polls until the wall clock shows `at`, and returns what it shows. `armed` is the deadline of
/// `sleep`; `None` if that has ended.
///
/// An `at` that the clock can't represent never comes, but the clock is still read at each step: it
/// may have been set back.
fn poll_until<S: Sleeper>(
    sleeper: &S,
    at: Option<SystemTime>,
    mut sleep: Pin<&mut S::Sleep>,
    armed: &mut Option<Instant>,
    cx: &mut Context<'_>,
) -> Poll<SystemTime> {
    // A wall clock that stands just before `at` would keep the loop going.
    let mut floor = Duration::ZERO;
    loop {
        let now = sleeper.system_time();
        if at.is_some_and(|at| now >= at) {
            // A sleep that is due may still let others run, if its runtime is gone.
            if armed.is_some_and(|until| sleeper.now() >= until) {
                ready!(sleep.as_mut().poll(cx));
                *armed = None;
            }
            return Poll::Ready(now);
        }
        if let Some(until) = *armed {
            if sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            *armed = None;
            if sleeper.now() < until {
                // The sleep has ended early: its runtime is gone, so no clock of it moves again.
                return Poll::Ready(now);
            }
        } else {
            let until = next_look(sleeper, at, floor);
            sleeper.reset(sleep.as_mut(), until);
            (*armed, floor) = (Some(until), FLOOR);
        }
    }
}
