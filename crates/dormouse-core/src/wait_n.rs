//! n random waits at once in one task.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::stream::FusedStream;

use crate::allowance::{Allowance, IN_A_ROW};
use crate::wait_n::waits::{Wait, Waits};
use crate::{MaxDelay, Sleeper, TooManyWaits};

mod waits;

/// Runs `n` random waits at once in the calling task and returns their delays in seconds,
/// ascending.
///
/// No list of delays is sorted: a queue of the pending deadlines decides the order of release.
/// Every wait is a sleep of its own, and all of them count from this call. All deadlines are queued
/// before the first wait. A delay is released when its own sleep has ended and no smaller deadline
/// is pending. The future ends when all n sleeps have ended.
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
    TooManyWaits::or_panic(WaitN::try_new(sleeper, n, max_delay, None))
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
    TooManyWaits::or_panic(WaitN::try_new(sleeper, n, max_delay, Some(seed)))
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
        let delays = TooManyWaits::reserve(n, bytes)?;
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
        (self.waits.len(), Some(self.waits.len()))
    }
}

impl<S: Sleeper> FusedStream for WaitNStream<S> {
    fn is_terminated(&self) -> bool {
        self.waits.len() == 0
    }
}

impl<S: Sleeper> fmt::Debug for WaitNStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitNStream")
            .field("waiting", &self.waits.len())
            .finish_non_exhaustive()
    }
}
