//! n random waits at once in one task.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;

use crate::allowance::{Allowance, IN_A_ROW};
use crate::deadline_queue::{DeadlineQueue, HasDeadline};
use crate::draws::Draws;
use crate::max_delay::seconds;
use crate::sleeper::deadline;
use crate::slots::Slots;
use crate::{MaxDelay, Sleeper, TooManyWaits};

/// Runs `n` random waits at once in the calling task and returns their delays in seconds,
/// ascending.
///
/// No list is sorted: concurrency makes the order. Every wait is a sleep of its own, all of them
/// count from this call, and their deadlines are in a queue. A delay enters the list when its own
/// sleep has ended and no smaller deadline is in the queue. The future ends when all n sleeps have
/// ended.
///
/// The delays are drawn as by [`wait_random`](crate::wait_random). The sleeps are armed by the
/// first polls, a few hundred at a time, so that other tasks run in between.
/// [`into_stream`](WaitN::into_stream) gives each delay when it is released.
///
/// # Panics
///
/// Same as [`Sleeper::sleep`], and if the memory for `n` sleeps can't be allocated:
/// [`WaitN::try_new`] returns an error instead.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, wait_n};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// let delays = runtime.block_on(wait_n(&runtime, 100, Duration::from_millis(20)));
/// assert_eq!(delays.len(), 100);
/// assert!(delays.is_sorted());
/// ```
#[track_caller]
pub fn wait_n<S: Sleeper>(sleeper: &S, n: usize, max_delay: impl Into<MaxDelay>) -> WaitN<S> {
    WaitN::try_new(sleeper, n, max_delay, None).unwrap_or_else(|error| error.raise())
}

/// [`wait_n`] with a seed: one seed gives one list, on every runtime.
///
/// # Panics
///
/// Same as [`wait_n`].
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, wait_n_with};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// let wait = || runtime.block_on(wait_n_with(&runtime, 10, Duration::from_millis(5), 7));
/// assert_eq!(wait(), wait());
/// ```
#[track_caller]
pub fn wait_n_with<S: Sleeper>(
    sleeper: &S,
    n: usize,
    max_delay: impl Into<MaxDelay>,
    seed: u64,
) -> WaitN<S> {
    WaitN::try_new(sleeper, n, max_delay, Some(seed)).unwrap_or_else(|error| error.raise())
}

/// Future for the [`wait_n`] function.
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct WaitN<S: Sleeper> {
    waits: Waits<S>,
    delays: Vec<f64>,
}

impl<S: Sleeper> WaitN<S> {
    /// [`wait_n`], seeded or not, for an `n` that may be too large for the memory.
    ///
    /// # Errors
    ///
    /// [`TooManyWaits`] if the memory for `n` sleeps can't be allocated.
    ///
    /// # Panics
    ///
    /// Same as [`Sleeper::sleep`].
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::WaitN;
    ///
    /// let error = WaitN::try_new(&dormouse_smol::Smol, usize::MAX, 10, None).unwrap_err();
    /// assert!(error.to_string().contains("18446744073709551615 waits"));
    /// ```
    #[track_caller]
    pub fn try_new(
        sleeper: &S,
        n: usize,
        max_delay: impl Into<MaxDelay>,
        seed: Option<u64>,
    ) -> Result<Self, TooManyWaits> {
        let bytes = size_of::<Option<S::Sleep>>() + size_of::<Wait>();
        let delays = TooManyWaits::reserve_numbered(n, bytes)?;
        let waits = Waits::try_new(sleeper, n, max_delay.into(), seed)?;
        Ok(Self { waits, delays })
    }

    /// The same waits as a stream of delays: ascending, each as soon as it is released.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, wait_n};
    /// use futures::StreamExt;
    /// use std::time::Duration;
    ///
    /// let runtime = dormouse_smol::Smol;
    /// let first = runtime.block_on(async {
    ///     wait_n(&runtime, 100, Duration::from_millis(20)).into_stream().next().await
    /// });
    /// assert!(first.unwrap() < 0.02); // the other 99 sleeps are cancelled
    /// ```
    pub fn into_stream(self) -> WaitNStream<S> {
        WaitNStream {
            waits: self.waits,
            allowance: Allowance::new(),
        }
    }
}

impl<S: Sleeper> Future for WaitN<S> {
    type Output = Vec<f64>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Vec<f64>> {
        let Self { waits, delays } = self.get_mut();
        let mut allowance = usize::from(IN_A_ROW);
        waits.arm(cx, &mut allowance);
        while let Some(delay) = ready!(waits.poll_release(cx, &mut allowance)) {
            delays.push(delay);
        }
        Poll::Ready(std::mem::take(delays))
    }
}

/// Stream of the delays of [`wait_n`] in seconds, made by [`WaitN::into_stream`].
#[must_use = "streams do nothing unless polled"]
pub struct WaitNStream<S: Sleeper> {
    waits: Waits<S>,
    allowance: Allowance,
}

impl<S: Sleeper> Stream for WaitNStream<S> {
    type Item = f64;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<f64>> {
        let Self { waits, allowance } = self.get_mut();
        allowance.poll(cx, |cx| {
            let mut armed = usize::from(IN_A_ROW);
            waits.arm(cx, &mut armed);
            waits.poll_release(cx, &mut 1)
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.waits.deadlines.len(), Some(self.waits.deadlines.len()))
    }
}

impl<S: Sleeper> fmt::Debug for WaitNStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitNStream")
            .field("waiting", &self.waits.deadlines.len())
            .finish_non_exhaustive()
    }
}

/// The pending sleeps, and their deadlines.
struct Waits<S: Sleeper> {
    sleeps: Slots<S::Sleep>,
    armed: usize,
    n: usize,
    deadlines: DeadlineQueue<Wait>,
}

impl<S: Sleeper> Waits<S> {
    #[track_caller]
    fn try_new(
        sleeper: &S,
        n: usize,
        max_delay: MaxDelay,
        seed: Option<u64>,
    ) -> Result<Self, TooManyWaits> {
        let start = sleeper.now();
        let waits = Draws::new(max_delay, seed).map(|deadline| Wait {
            deadline,
            number: 0,
        });
        let deadlines = DeadlineQueue::try_new(n, 0..=max_delay.as_nanos(), waits);
        let mut deadlines = deadlines.map_err(|_| TooManyWaits::for_memory(n))?;
        let mut sleeps = Slots::new();
        sleeps.reserve(n);
        // Sleeps that end one after the other are neighbours in memory: each wake-up finds its
        // sleep in the cache, and so does the runtime's timer.
        for (wait, number) in deadlines.pending_mut().iter_mut().zip(0..) {
            wait.number = number;
            sleeps.push(sleeper.sleep_until(deadline(start, Duration::from_nanos(wait.deadline))));
        }
        Ok(Self {
            sleeps,
            armed: 0,
            n,
            deadlines,
        })
    }

    /// Polls sleeps for the first time, so that they all run at once.
    ///
    /// A runtime may refuse to arm a sleep in a poll that has done enough already (tokio's budget).
    /// That loses nothing: the head of the queue is polled again before it is waited for.
    fn arm(&mut self, cx: &mut Context<'_>, allowance: &mut usize) {
        let last = self.n.min(self.armed + ARMED_AT_ONCE);
        while self.armed < last && *allowance > 0 {
            *allowance -= usize::from(self.sleeps.poll(self.armed, cx).is_ready());
            self.armed += 1;
        }
        if self.armed < self.n {
            cx.waker().wake_by_ref();
        }
    }

    /// Releases the head of the queue once its own sleep has ended.
    ///
    /// Only the head needs the latest waker: each sleep is polled anew when it becomes the head,
    /// and none is released before that.
    fn poll_release(&mut self, cx: &mut Context<'_>, allowance: &mut usize) -> Poll<Option<f64>> {
        let Some(head) = self.deadlines.peek() else {
            return Poll::Ready(None);
        };
        if *allowance == 0 {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        ready!(self.sleeps.poll(head.number as usize, cx));
        *allowance -= 1;
        self.deadlines.pop();
        Poll::Ready(Some(seconds(head.deadline)))
    }
}

impl<S: Sleeper> fmt::Debug for Waits<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waits")
            .field("waiting", &self.deadlines.len())
            .finish_non_exhaustive()
    }
}

/// A pending wait: its deadline, then its number.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
struct Wait {
    deadline: u64,
    number: u32,
}

impl HasDeadline for Wait {
    fn deadline(&self) -> u64 {
        self.deadline
    }
}

/// How many sleeps are armed in one poll; it takes some tens of microseconds.
const ARMED_AT_ONCE: usize = 512;
