//! n random waits in a queue, without a sleep for each.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::coalesced::overdue::Overdue;
use crate::coalesced::pace::Pace;
use crate::coalesced::shared::Shared;
use crate::deadline_queue::DeadlineQueue;
use crate::max_delay::seconds;
use crate::sleeper::{deadline, draws};
use crate::timers::nanos;
use crate::{Coalesced, Instant, MaxDelay, Sleeper, ToHandle, TooManyWaits};

impl<S: ToHandle> Coalesced<S> {
    /// Waits `n` random delays at once and returns them in seconds, ascending: the waits of
    /// [`wait_n`](crate::wait_n) without a future for each.
    ///
    /// Each wait is 8 bytes in a queue. The call has a queue and a timer of its own, and the queue
    /// becomes the list. If that timer does not end in time, as one of a runtime that is not driven,
    /// the alarm thread wakes the call.
    ///
    /// # Panics
    ///
    /// If the memory for `n` delays can't be allocated: [`CoalescedWaitN::try_new`] returns an
    /// error instead.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Coalesced};
    /// use std::time::Duration;
    ///
    /// let runtime = Coalesced::new(dormouse_smol::Smol);
    /// let delays = runtime.block_on(runtime.wait_n(10_000, Duration::from_millis(20)));
    /// assert!(delays.is_sorted());
    /// ```
    #[track_caller]
    pub fn wait_n(&self, n: usize, max_delay: impl Into<MaxDelay>) -> CoalescedWaitN<S::Handle> {
        TooManyWaits::or_panic(CoalescedWaitN::try_new(self, n, max_delay, None))
    }

    /// [`wait_n`](Self::wait_n) with a seed: the list of [`wait_n_with`](crate::wait_n_with).
    ///
    /// # Panics
    ///
    /// Same as [`wait_n`](Self::wait_n).
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, Coalesced, wait_n_with};
    /// use std::time::Duration;
    ///
    /// let runtime = Coalesced::new(dormouse_smol::Smol);
    /// let max_delay = Duration::from_millis(5);
    /// let delays = runtime.block_on(runtime.wait_n_with(10, max_delay, 7));
    /// assert_eq!(delays, runtime.block_on(wait_n_with(&runtime, 10, max_delay, 7)));
    /// ```
    #[track_caller]
    pub fn wait_n_with(
        &self,
        n: usize,
        max_delay: impl Into<MaxDelay>,
        seed: u64,
    ) -> CoalescedWaitN<S::Handle> {
        TooManyWaits::or_panic(CoalescedWaitN::try_new(self, n, max_delay, Some(seed)))
    }
}

/// Future for the [`Coalesced::wait_n`] function.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct CoalescedWaitN<S: Sleeper> {
    // Kept for its sleeper.
    shared: Arc<Shared<S>>,
    start: Instant,
    deadlines: DeadlineQueue<u64>,
    pace: Pace,
    /// How many have been released since the timer ended.
    released: u64,
    timer: Pin<Box<Option<S::Sleep>>>,
    overdue: Overdue,
    /// When the timer ends; 0 if it has to be armed.
    armed: u64,
    /// When the timer last ended: that time has come, even if the clock stands still at its end.
    ended: Option<u64>,
}

impl<S: Sleeper> CoalescedWaitN<S> {
    /// [`Coalesced::wait_n`], seeded or not, for an `n` that may be too large for the memory.
    ///
    /// # Errors
    ///
    /// [`TooManyWaits`] if the memory for `n` delays can't be allocated.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{Coalesced, CoalescedWaitN};
    ///
    /// let runtime = Coalesced::new(dormouse_smol::Smol);
    /// assert!(CoalescedWaitN::try_new(&runtime, usize::MAX, 10, None).is_err());
    /// ```
    #[track_caller]
    pub fn try_new<O: ToHandle<Handle = S>>(
        sleeper: &Coalesced<O>,
        n: usize,
        max_delay: impl Into<MaxDelay>,
        seed: Option<u64>,
    ) -> Result<Self, TooManyWaits> {
        let max_delay = max_delay.into();
        let start = sleeper.now();
        let delays = draws(sleeper, max_delay, seed);
        let deadlines = DeadlineQueue::try_new(n, max_delay.as_nanos(), delays)?;
        let shared = sleeper.shards.shared();
        let pace = Pace::new(shared.queue.slack);
        let mut waits = Self {
            shared: Arc::clone(shared),
            start,
            deadlines,
            pace,
            released: 0,
            timer: Box::pin(None),
            overdue: Overdue::default(),
            armed: 0,
            ended: None,
        };
        // It may first be polled where no timer can be made.
        if let Some(first) = waits.deadlines.peek().filter(|_| shared.has_context()) {
            waits.arm(first);
        }
        Ok(waits)
    }

    /// The delays that have been released after the first `given`, in seconds, ascending.
    ///
    /// Call it between two polls to see what the last one released.
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
        let released = self.deadlines.released();
        released[given.min(released.len())..]
            .iter()
            .copied()
            .map(seconds)
    }

    /// Releases delays whose deadlines have passed, up to a limit; returns how many.
    fn release(&mut self, now: u64) -> u64 {
        let mut released = 0;
        while released < RELEASED_AT_ONCE && self.deadlines.peek().is_some_and(|first| first <= now)
        {
            self.deadlines.pop();
            released += 1;
        }
        released
    }

    /// The time since the start.
    fn time(&self) -> u64 {
        let now = self.shared.sleeper.now();
        nanos(now.saturating_duration_since(self.start))
    }

    /// Waits until it is time to wake for the first deadline.
    fn poll_timer(&mut self, first: u64, cx: &mut Context<'_>) -> Poll<()> {
        let wake_at = self.arm(first);
        if let Some(timer) = self.timer.as_mut().as_pin_mut() {
            let at = deadline(self.start, Duration::from_nanos(wake_at));
            let sleeper = &self.shared.sleeper;
            if timer.poll(cx).is_pending() && !self.overdue.is_overdue(sleeper, at, cx.waker()) {
                return Poll::Pending;
            }
        }
        self.armed = 0;
        self.ended = Some(wake_at);
        Poll::Ready(())
    }

    /// Arms the timer for the first deadline; returns when it ends.
    #[track_caller]
    fn arm(&mut self, first: u64) -> u64 {
        let wake_at = self.pace.wake_at(first);
        let at = deadline(self.start, Duration::from_nanos(wake_at));
        match self.timer.as_mut().as_pin_mut() {
            Some(_) if self.armed == wake_at => {}
            Some(timer) => self.shared.sleeper.reset(timer, at),
            None => self.timer.set(Some(self.shared.sleeper.sleep_until(at))),
        }
        self.armed = wake_at;
        wake_at
    }
}

impl<S: Sleeper> Future for CoalescedWaitN<S> {
    type Output = Vec<f64>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Vec<f64>> {
        let this = self.get_mut();
        while let Some(first) = this.deadlines.peek() {
            let now = this.time().max(this.ended.unwrap_or(0));
            // The first goes by the timer, even if it is due: that of a runtime which is gone may
            // let others run.
            if first <= now && this.ended.is_some() {
                let released = this.release(now);
                this.released += released;
                if released == RELEASED_AT_ONCE {
                    // Part of the same wake-up: others that are due do not wait for another one.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                this.pace.woken(now, std::mem::take(&mut this.released));
                continue;
            }
            ready!(this.poll_timer(first, cx));
        }
        let deadlines = std::mem::take(&mut this.deadlines);
        // Reuses the memory of the queue: each number of 8 bytes becomes one of 8 bytes in its
        // place.
        Poll::Ready(deadlines.into_released().into_iter().map(seconds).collect())
    }
}

impl<S: Sleeper> fmt::Debug for CoalescedWaitN<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoalescedWaitN")
            .field("waiting", &self.deadlines.len())
            .finish_non_exhaustive()
    }
}

/// How many delays a poll releases; it takes some hundreds of microseconds.
///
/// Measured with two million within 50 ms: with 256 to 16 Ki, another task waits 1.0 ms at most, with
/// 64 Ki 1.7 ms; the time of all is the same.
const RELEASED_AT_ONCE: u64 = 16 * 1024;
