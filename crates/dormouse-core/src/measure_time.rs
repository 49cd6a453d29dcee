//! The time that a wait takes.

use std::error::Error;
use std::fmt;

use crate::{BlockOn, MaxDelay, Sleeper, TooManyWaits, WaitN};

/// Blocks on [`wait_n`](crate::wait_n) and returns the total time divided by `n`, in seconds: an
/// ordinary function, not async.
///
/// The time is read from the runtime's clock, so it is exact on virtual time.
///
/// # Errors
///
/// [`MeasureError`] if `n` is 0, or if there is not enough memory for `n` waits.
///
/// # Panics
///
/// Same as [`BlockOn::block_on`].
///
/// # Examples
///
/// ```
/// use dormouse_core::measure_time;
/// use std::time::Duration;
///
/// let each = measure_time(&dormouse_smol::Smol, 100, Duration::from_millis(20))?;
/// assert!(each < 0.02); // all at once, not one after the other
/// # Ok::<(), dormouse_core::MeasureError>(())
/// ```
#[track_caller]
pub fn measure_time<R>(
    runtime: &R,
    n: usize,
    max_delay: impl Into<MaxDelay>,
) -> Result<f64, MeasureError>
where
    R: Sleeper + BlockOn,
{
    runtime.block_on(measure(runtime, n, max_delay.into(), None))
}

/// [`measure_time`] with a seed: the waits of one seed are the same on every runtime.
///
/// # Errors
///
/// Same as [`measure_time`].
///
/// # Panics
///
/// Same as [`measure_time`].
///
/// # Examples
///
/// ```
/// use dormouse_core::{measure_time_with, MeasureError};
///
/// let error = measure_time_with(&dormouse_smol::Smol, 0, 10, 7).unwrap_err();
/// assert_eq!(error, MeasureError::NoWaits);
/// ```
#[track_caller]
pub fn measure_time_with<R>(
    runtime: &R,
    n: usize,
    max_delay: impl Into<MaxDelay>,
    seed: u64,
) -> Result<f64, MeasureError>
where
    R: Sleeper + BlockOn,
{
    runtime.block_on(measure(runtime, n, max_delay.into(), Some(seed)))
}

/// [`measure_time`] as a future, for code that is async already or must not block, as in a browser:
/// awaits [`wait_n`](crate::wait_n) in the calling task and returns the total time divided by `n`,
/// in seconds.
///
/// # Errors
///
/// Same as [`measure_time`].
///
/// # Panics
///
/// Same as [`Sleeper::sleep`], when it is awaited, so the message names a line in here.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, measure_time_async};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// let each = runtime.block_on(measure_time_async(&runtime, 100, Duration::from_millis(20)))?;
/// assert!(each < 0.02); // all at once, not one after the other
/// # Ok::<(), dormouse_core::MeasureError>(())
/// ```
pub async fn measure_time_async<S: Sleeper>(
    sleeper: &S,
    n: usize,
    max_delay: impl Into<MaxDelay>,
) -> Result<f64, MeasureError> {
    measure(sleeper, n, max_delay.into(), None).await
}

/// [`measure_time_async`] with a seed: the waits of one seed are the same on every runtime.
///
/// # Errors
///
/// Same as [`measure_time`].
///
/// # Panics
///
/// Same as [`measure_time_async`].
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, MeasureError, measure_time_async_with};
///
/// let runtime = dormouse_smol::Smol;
/// let measured = runtime.block_on(measure_time_async_with(&runtime, 0, 10, 7));
/// assert_eq!(measured, Err(MeasureError::NoWaits));
/// ```
pub async fn measure_time_async_with<S: Sleeper>(
    sleeper: &S,
    n: usize,
    max_delay: impl Into<MaxDelay>,
    seed: u64,
) -> Result<f64, MeasureError> {
    measure(sleeper, n, max_delay.into(), Some(seed)).await
}

/// Why a time can't be measured.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum MeasureError {
    /// n was 0: there is no time per wait without a wait.
    NoWaits,
    /// There was not enough memory for n waits.
    TooManyWaits(TooManyWaits),
}

impl fmt::Display for MeasureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWaits => f.write_str("0 waits have no time per wait: ask for at least 1"),
            Self::TooManyWaits(error) => error.fmt(f),
        }
    }
}

impl Error for MeasureError {}

impl From<TooManyWaits> for MeasureError {
    fn from(error: TooManyWaits) -> Self {
        Self::TooManyWaits(error)
    }
}

async fn measure<S: Sleeper>(
    sleeper: &S,
    n: usize,
    max_delay: MaxDelay,
    seed: Option<u64>,
) -> Result<f64, MeasureError> {
    if n == 0 {
        return Err(MeasureError::NoWaits);
    }
    let start = sleeper.now();
    WaitN::try_new(sleeper, n, max_delay, seed)?.await;
    Ok((sleeper.now() - start).as_secs_f64() / n as f64)
}
