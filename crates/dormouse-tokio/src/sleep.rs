//! tokio's timer as a sleep.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use dormouse_core::adapter::AlarmSleep;
use pin_project_lite::pin_project;
use tokio::runtime::Handle;
use tokio::task::{self, coop::unconstrained};
use tokio::time::{self, Sleep};

use crate::task::poll_quietly;

pin_project! {
    /// A sleep on tokio's timer.
    ///
    /// Unlike tokio's own it is ready whenever it is polled after its deadline: tokio's budget does
    /// not count it, and the clock is asked where the timer has not been driven. When its runtime is
    /// gone, or it is polled outside of tokio, it goes on by the system's clock and a thread of the
    /// standard library.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct TokioSleep {
        #[pin]
        sleep: Sleep,
        // In its place, once its runtime is gone or it has been polled outside of tokio.
        orphan: Option<Box<AlarmSleep>>,
    }
}

impl TokioSleep {
    /// A sleep of the runtime that is there.
    #[inline]
    #[track_caller]
    pub(crate) fn until(deadline: Instant) -> Self {
        Self::new(time::sleep_until(in_range(deadline).into()))
    }

    /// A sleep of the runtime that is there: no look at where the clock ends, as it is not near.
    #[inline]
    #[track_caller]
    pub(crate) fn of(duration: Duration) -> Self {
        Self::new(time::sleep_until(time::Instant::now() + duration.min(FAR)))
    }

    #[inline]
    fn new(sleep: Sleep) -> Self {
        Self {
            sleep,
            orphan: None,
        }
    }

    pub(crate) fn reset(self: Pin<&mut Self>, deadline: Instant) {
        let this = self.project();
        *this.orphan = None;
        this.sleep.reset(in_range(deadline).into());
    }
}

impl Future for TokioSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if let Some(orphan) = this.orphan {
            return Pin::new(&mut **orphan).poll(cx);
        }
        let deadline = this.sleep.deadline();
        if deadline <= time::Instant::now() {
            return Poll::Ready(());
        }
        if is_outside() {
            // Nobody may drive its runtime.
            return poll_orphan(this.orphan, deadline, cx);
        }
        if !this.sleep.is_elapsed() {
            // Arms it, as its poll would, but does not panic where the runtime is gone.
            this.sleep.as_mut().reset(deadline);
        }
        if this.sleep.is_elapsed() {
            // It has fired: at its deadline, or when its runtime went.
            if deadline <= time::Instant::now() {
                return Poll::Ready(());
            }
        } else {
            let mut sleep = pin!(unconstrained(this.sleep));
            let poll = || poll_quietly(cx, |cx| sleep.as_mut().poll(cx));
            match catch_unwind(AssertUnwindSafe(poll)) {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(())) if deadline <= time::Instant::now() => return Poll::Ready(()),
                // Fired too soon, as the runtime went a moment ago; or it panics, as that is over.
                Ok(Poll::Ready(())) | Err(_) => {}
            }
        }
        poll_orphan(this.orphan, deadline, cx)
    }
}

/// Goes on without tokio's timer.
#[cold]
fn poll_orphan(
    orphan: &mut Option<Box<AlarmSleep>>,
    deadline: time::Instant,
    cx: &mut Context<'_>,
) -> Poll<()> {
    let alarm = Box::new(AlarmSleep::until(deadline.into_std()));
    Pin::new(&mut **orphan.insert(alarm)).poll(cx)
}

/// The first look is the cheaper one; a future of `block_on` has no id.
fn is_outside() -> bool {
    task::try_id().is_none() && Handle::try_current().is_err()
}

/// tokio rounds up to the tick when it arms the timer, and panics where the clock ends.
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

/// A thousand years: no clock ends before.
const FAR: Duration = Duration::from_secs(1_000 * 365 * 24 * 60 * 60);
