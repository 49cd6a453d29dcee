//! n random waits that are nothing but a queue.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::coalesced::alarm::Alarm;
use crate::coalesced::pace::Pace;
use crate::draws::Draws;
use crate::line_up::LineUp;
use crate::max_delay::seconds;
use crate::sleeper::deadline;
use crate::{Coalesced, Instant, MaxDelay, Sleeper, ToHandle, TooManyWaits};

/// Future for the [`Coalesced::wait_n`] function.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct CoalescedWaitN<S: Sleeper> {
    // For the sleeper in it.
    alarm: Arc<Alarm<S>>,
    start: Instant,
    line: LineUp<u64>,
    pace: Pace,
    /// How many have been let go since the timer ended.
    gone: u64,
    timer: Pin<Box<Option<S::Sleep>>>,
}

impl<S: Sleeper> CoalescedWaitN<S> {
    /// [`Coalesced::wait_n`], seeded or not, for an `n` that may be more than the memory holds.
    ///
    /// # Errors
    ///
    /// [`TooManyWaits`] if the memory for `n` delays is not to be had.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{Coalesced, CoalescedWaitN};
    ///
    /// let runtime = Coalesced::new(dormouse_smol::Smol);
    /// assert!(CoalescedWaitN::try_new(&runtime, usize::MAX, 10, None).is_err());
    /// ```
    pub fn try_new<O: ToHandle<Handle = S>>(
        sleeper: &Coalesced<O>,
        n: usize,
        max_delay: impl Into<MaxDelay>,
        seed: Option<u64>,
    ) -> Result<Self, TooManyWaits> {
        let max_delay = max_delay.into();
        let start = sleeper.now();
        TooManyWaits::reserve::<u64>(n, 0)?;
        let line = LineUp::try_new(n, 0..=max_delay.as_nanos(), Draws::new(max_delay, seed));
        let line = line.map_err(|_| TooManyWaits::for_memory(n))?;
        let pace = Pace::new(sleeper.slack);
        Ok(Self {
            alarm: Arc::clone(&sleeper.alarm),
            start,
            line,
            pace,
            gone: 0,
            timer: Box::pin(None),
        })
    }

    /// The delays that have been released after the first `given`, in seconds, ascending.
    ///
    /// Between two polls this is what the last one released, for who watches the waits go by.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::Coalesced;
    ///
    /// let waits = Coalesced::new(dormouse_smol::Smol).wait_n(10, 1);
    /// assert_eq!(waits.released(0).count(), 0); // it has not been polled
    /// ```
    pub fn released(&self, given: usize) -> impl Iterator<Item = f64> {
        let gone = self.line.gone();
        gone[given.min(gone.len())..].iter().copied().map(seconds)
    }

    /// Lets go some of those whose deadlines have passed; how many.
    fn let_go(&mut self, now: u64) -> u64 {
        let mut gone = 0;
        while gone < GONE_AT_ONCE && self.line.peek().is_some_and(|deadline| deadline <= now) {
            self.line.pop();
            gone += 1;
        }
        gone
    }
}

impl<S: Sleeper> Future for CoalescedWaitN<S> {
    type Output = Vec<f64>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Vec<f64>> {
        let this = self.get_mut();
        let alarm = Arc::clone(&this.alarm);
        let sleeper = &alarm.sleeper;
        while let Some(first) = this.line.peek() {
            if this.timer.is_none() {
                let wake_at = Duration::from_nanos(this.pace.wake_at(first));
                this.timer
                    .set(Some(sleeper.sleep_until(deadline(this.start, wake_at))));
            }
            if let Some(timer) = this.timer.as_mut().as_pin_mut() {
                ready!(timer.poll(cx));
            }
            let now = sleeper
                .now()
                .saturating_duration_since(this.start)
                .as_nanos();
            let now = u64::try_from(now).unwrap_or(u64::MAX);
            this.timer.set(None);
            let gone = this.let_go(now);
            this.gone += gone;
            if gone == GONE_AT_ONCE {
                // Still the same wake-up: those who are due as well do not wait for another one.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            this.pace.woken(now, std::mem::take(&mut this.gone));
        }
        let line = std::mem::replace(&mut this.line, LineUp::empty());
        // In the memory of the line itself: a number of 8 bytes becomes one of 8 bytes.
        Poll::Ready(line.into_gone().into_iter().map(seconds).collect())
    }
}

impl<S: Sleeper> fmt::Debug for CoalescedWaitN<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoalescedWaitN")
            .field("waiting", &self.line.len())
            .finish_non_exhaustive()
    }
}

/// How many a poll lets go: some hundreds of microseconds.
const GONE_AT_ONCE: u64 = 16 * 1024;
