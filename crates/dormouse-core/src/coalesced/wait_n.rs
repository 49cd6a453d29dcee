//! n random waits that are nothing but a queue.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::coalesced::pace::Pace;
use crate::coalesced::source::Source;
use crate::draws::Draws;
use crate::line_up::LineUp;
use crate::max_delay::seconds;
use crate::sleeper::deadline;
use crate::{Coalesced, Instant, MaxDelay, Sleeper, ToHandle, TooManyWaits};

/// Future for the [`Coalesced::wait_n`] function.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct CoalescedWaitN<S: Sleeper> {
    // For the sleeper in it.
    source: Arc<Source<S>>,
    start: Instant,
    line: LineUp<u64>,
    pace: Pace,
    /// How many have been let go since the timer ended.
    gone: u64,
    timer: Pin<Box<Option<S::Sleep>>>,
    /// When the timer ends; 0 if it has to be armed.
    armed: u64,
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
        let source = sleeper.ports.source();
        let pace = Pace::new(source.queue.slack());
        Ok(Self {
            source: Arc::clone(source),
            start,
            line,
            pace,
            gone: 0,
            timer: Box::pin(None),
            armed: 0,
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

    /// The time since the start.
    fn time(&self) -> u64 {
        let since = self
            .source
            .sleeper
            .now()
            .saturating_duration_since(self.start);
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }

    /// Waits until it is time to wake for the first deadline.
    fn poll_timer(&mut self, first: u64, cx: &mut Context<'_>) -> Poll<()> {
        let wake_at = self.pace.wake_at(first);
        let at = deadline(self.start, Duration::from_nanos(wake_at));
        match self.timer.as_mut().as_pin_mut() {
            Some(_) if self.armed == wake_at => {}
            Some(timer) => self.source.sleeper.reset(timer, at),
            None => self.timer.set(Some(self.source.sleeper.sleep_until(at))),
        }
        self.armed = wake_at;
        if let Some(timer) = self.timer.as_mut().as_pin_mut() {
            ready!(timer.poll(cx));
        }
        self.armed = 0;
        Poll::Ready(())
    }
}

impl<S: Sleeper> Future for CoalescedWaitN<S> {
    type Output = Vec<f64>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Vec<f64>> {
        let this = self.get_mut();
        while let Some(first) = this.line.peek() {
            let now = this.time();
            if first <= now {
                let gone = this.let_go(now);
                this.gone += gone;
                if gone == GONE_AT_ONCE {
                    // Still the same wake-up: those who are due as well do not wait for another one.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                this.pace.woken(now, std::mem::take(&mut this.gone));
                continue;
            }
            ready!(this.poll_timer(first, cx));
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
