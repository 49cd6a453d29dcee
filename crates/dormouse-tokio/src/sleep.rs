//! tokio's timer as a sleep.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use dormouse_core::adapter::Alarm;
use pin_project_lite::pin_project;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::{self, coop::unconstrained};
use tokio::time::{self, Sleep};

use crate::ended::{has_half_ended, low_half};
use crate::task::poll_quietly;

pin_project! {
    /// A sleep on tokio's timer.
    ///
    /// Unlike tokio's own sleep, it is ready whenever it is polled after its deadline: tokio's
    /// budget does not count it, and it reads the clock in case the timer has not been driven. If
    /// its runtime is gone, or it is polled outside of tokio, it goes on by the system's clock and
    /// a thread of the standard library, even if a test has paused tokio's.
    ///
    /// Polled in another tokio runtime, it still waits for its own: if that is a current-thread
    /// runtime, it ends only while that is driven, or once it is gone. If the runtime's owner is
    /// not a type of this crate, or is dropped during the poll, only a panic of tokio's shows that
    /// the runtime is gone. The panic is caught; the panic hook sees it.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct TokioSleep {
        #[pin]
        sleep: Sleep,
        clock: Clock,
    }
}

/// What tells whether the deadline has passed: 8 bytes, as with more a task of tokio takes twice
/// the memory.
#[derive(Debug)]
pub(crate) enum Clock {
    /// The system's clock: tokio can't pause that of a multi-thread runtime.
    System,
    /// The clock of the current-thread runtime with this id, which its tests can pause.
    Runtime(u32),
    /// The system's clock and its alarm, once the runtime is gone, or after a poll outside of
    /// tokio.
    Alarm(Alarm),
}

impl Clock {
    /// The clock of a runtime.
    #[inline]
    pub(crate) fn of(handle: &Handle) -> Self {
        match handle.runtime_flavor() {
            RuntimeFlavor::MultiThread => Self::System,
            _ => Self::Runtime(low_half(handle.id())),
        }
    }

    /// Whether it shows this time; `false` too if it can't be read, in another runtime.
    #[inline]
    fn shows(&self, deadline: time::Instant) -> bool {
        match *self {
            Self::Runtime(id) => deadline <= time::Instant::now() && is_readable(id),
            _ => deadline.into_std() <= Instant::now(),
        }
    }

    /// Whether it is that of a runtime which may still be there, and may show another time than the
    /// system's: a sleep need not be polled, with a panic, to find that out.
    fn may_show(&self) -> bool {
        match *self {
            Self::Runtime(id) => !has_half_ended(id),
            _ => false,
        }
    }
}

impl TokioSleep {
    /// A sleep of the ambient runtime, which has this clock.
    #[inline]
    #[track_caller]
    pub(crate) fn until(deadline: Instant, clock: Clock) -> Self {
        let sleep = time::sleep_until(in_range(deadline).into());
        Self { sleep, clock }
    }

    /// A sleep of the ambient runtime, which has this clock. It needs no `in_range`: the end of the
    /// clock is beyond `FAR`.
    #[inline]
    #[track_caller]
    pub(crate) fn of(duration: Duration, clock: Clock) -> Self {
        let sleep = time::sleep_until(time::Instant::now() + duration.min(FAR));
        Self { sleep, clock }
    }

    /// Whether it goes on by the system's clock. Then its runtime may be gone, and to poll its timer
    /// would be a panic of tokio's: instead of a reset, a new sleep takes its place.
    pub(crate) fn has_lost_its_runtime(&self) -> bool {
        matches!(self.clock, Clock::Alarm(_))
    }

    /// Moves the deadline.
    pub(crate) fn reset_to(self: Pin<&mut Self>, deadline: Instant) {
        let this = self.project();
        if matches!(this.clock, Clock::Alarm(_)) {
            *this.clock = Clock::System;
        }
        this.sleep.reset(in_range(deadline).into());
    }
}

impl Future for TokioSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let deadline = this.sleep.deadline();
        if let Clock::Alarm(alarm) = this.clock {
            return alarm.poll_until(deadline.into_std(), cx);
        }
        if this.clock.shows(deadline) {
            return Poll::Ready(());
        }
        if !is_outside() {
            if !this.sleep.is_elapsed() {
                // Arms the timer, as a poll would, but does not panic if the runtime is gone.
                this.sleep.as_mut().reset(deadline);
            }
            let is_elapsed = this.sleep.is_elapsed();
            let mut poll_timer = || {
                let mut sleep = pin!(unconstrained(this.sleep.as_mut()));
                let quietly = || poll_quietly(cx, |cx| sleep.as_mut().poll(cx));
                catch_unwind(AssertUnwindSafe(quietly))
            };
            if !is_elapsed && matches!(poll_timer(), Ok(Poll::Pending)) {
                return Poll::Pending;
            }
            // The timer has fired, or its runtime has been shut down, or is gone.
            if this.clock.shows(deadline) {
                return Poll::Ready(());
            }
            // Its clock can't be read here, or shows an earlier time. It may be ahead of the
            // system's, so polls: that panics if the runtime is gone, and is ready if the deadline
            // has passed.
            let is_ahead = this.clock.may_show() && Instant::now() < deadline.into_std();
            if is_ahead && matches!(poll_timer(), Ok(Poll::Ready(()))) {
                return Poll::Ready(());
            }
        }
        let mut alarm = Alarm::default();
        let poll = alarm.poll_until(deadline.into_std(), cx);
        *this.clock = Clock::Alarm(alarm);
        poll
    }
}

/// Whether `time::Instant::now` is the clock of the runtime with this id. Outside of tokio nobody
/// may drive that runtime, so the system's clock has to do.
fn is_readable(id: u32) -> bool {
    Handle::try_current().map_or(true, |here| low_half(here.id()) == id)
}

/// `try_id` is the cheaper look; the future of a `block_on` has no id.
fn is_outside() -> bool {
    task::try_id().is_none() && Handle::try_current().is_err()
}

/// tokio rounds up to the tick when it arms the timer, and panics at the end of the clock.
#[inline]
fn in_range(deadline: Instant) -> Instant {
    match deadline.checked_add(TICK) {
        Some(_) => deadline,
        None => a_tick_before(deadline),
    }
}

#[cold]
fn a_tick_before(deadline: Instant) -> Instant {
    deadline - TICK
}

const TICK: Duration = Duration::from_millis(1);

/// A thousand years: every clock lasts longer.
const FAR: Duration = Duration::from_secs(1_000 * 365 * 24 * 60 * 60);

const _: () = assert!(size_of::<Clock>() == 8);
