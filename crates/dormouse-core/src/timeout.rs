//! A future with a time limit.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::{Instant, Sleeper};

/// Returns a future that gives the output of `future`, or [`Elapsed`] once `duration` has passed since
/// this call.
///
/// The future is polled first: if it is ready when the time is over, its output is still returned.
/// The timeout ends it whatever it does, even if it spends the whole budget of its runtime; only a
/// future that never returns from a poll can't be ended.
///
/// Dropping the timeout drops the future. To keep the future after the limit, pass `&mut future`,
/// or await `&mut timeout` and then call [`into_inner`](Timeout::into_inner).
///
/// # Panics
///
/// Same as [`Sleeper::sleep`].
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper, timeout};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// runtime.block_on(async {
///     let limit = Duration::from_millis(2);
///     assert_eq!(timeout(&runtime, limit, async { 42 }).await, Ok(42));
///     assert!(timeout(&runtime, limit, runtime.sleep(Duration::MAX)).await.is_err());
/// });
/// ```
#[track_caller]
pub fn timeout<S: Sleeper, F: IntoFuture>(
    sleeper: &S,
    duration: Duration,
    future: F,
) -> Timeout<F::IntoFuture, S::Sleep> {
    Timeout {
        future: future.into_future(),
        sleep: sleeper.sleep(duration),
    }
}

/// Returns the output of `future`, or [`Elapsed`] once `deadline` has passed, as [`timeout`] does.
///
/// Several steps that share one limit share its deadline.
///
/// # Panics
///
/// Same as [`Sleeper::sleep_until`].
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper, timeout_at};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// let deadline = runtime.now() + Duration::from_millis(2);
/// let both = runtime.block_on(async {
///     timeout_at(&runtime, deadline, async { "connected" }).await?;
///     timeout_at(&runtime, deadline, runtime.sleep(Duration::from_secs(60))).await
/// });
/// assert!(both.is_err());
/// ```
#[track_caller]
pub fn timeout_at<S: Sleeper, F: IntoFuture>(
    sleeper: &S,
    deadline: Instant,
    future: F,
) -> Timeout<F::IntoFuture, S::Sleep> {
    Timeout {
        future: future.into_future(),
        sleep: sleeper.sleep_until(deadline),
    }
}

pin_project! {
    /// Future for the [`timeout`] and [`timeout_at`] functions.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Timeout<F, D> {
        #[pin]
        future: F,
        #[pin]
        sleep: D,
    }
}

impl<F, D> Timeout<F, D> {
    /// The future inside.
    pub fn get_ref(&self) -> &F {
        &self.future
    }

    /// The future inside.
    pub fn get_mut(&mut self) -> &mut F {
        &mut self.future
    }

    /// The future inside, without its limit.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, timeout};
    /// use std::time::Duration;
    ///
    /// let runtime = dormouse_smol::Smol;
    /// let limited = timeout(&runtime, Duration::ZERO, async { 42 });
    /// assert_eq!(runtime.block_on(limited.into_inner()), 42);
    /// ```
    pub fn into_inner(self) -> F {
        self.future
    }
}

impl<F: Future, D: Future<Output = ()>> Future for Timeout<F, D> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        this.sleep.poll(cx).map(|()| Err(Elapsed(())))
    }
}

/// The error of a future that did not end in time.
///
/// It turns into an [`io::Error`] of the kind [`TimedOut`](io::ErrorKind::TimedOut).
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper, timeout};
/// use std::{io, time::Duration};
///
/// async fn read<S: Sleeper>(sleeper: &S) -> io::Result<u8> {
///     let answer = async { sleeper.sleep(Duration::MAX).await; Ok(1) };
///     timeout(sleeper, Duration::from_millis(1), answer).await?
/// }
///
/// let runtime = dormouse_smol::Smol;
/// let error = runtime.block_on(read(&runtime)).unwrap_err();
/// assert_eq!(error.kind(), io::ErrorKind::TimedOut);
/// assert_eq!(error.to_string(), "timed out");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Elapsed(());

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("timed out")
    }
}

impl Error for Elapsed {}

impl From<Elapsed> for io::Error {
    fn from(elapsed: Elapsed) -> Self {
        Self::new(io::ErrorKind::TimedOut, elapsed)
    }
}
