//! The upper end of a random delay.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// The upper end of a random delay, itself a possible delay; 10 s by default.
///
/// Every function takes `impl Into<MaxDelay>`: whole seconds, or a [`Duration`]. Fractions of
/// seconds are converted by [`TryFrom<f64>`](#impl-TryFrom<f64>-for-MaxDelay), which refuses what
/// is not a duration. The delay is kept in whole nanoseconds.
///
/// # Examples
///
/// ```
/// use dormouse_core::MaxDelay;
/// use std::time::Duration;
///
/// assert_eq!(MaxDelay::default(), MaxDelay::from(10));
/// assert_eq!(MaxDelay::try_from(0.25)?, MaxDelay::from(Duration::from_millis(250)));
/// assert_eq!(
///     MaxDelay::try_from(-1.0).unwrap_err().to_string(),
///     "a delay of -1 s is not possible: give seconds from 0 to 18446744073",
/// );
/// # Ok::<(), dormouse_core::MaxDelayError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct MaxDelay {
    nanos: u64,
}

impl MaxDelay {
    /// The longest possible delay: 2^64 - 1 nanoseconds, or 584 years.
    pub const MAX: Self = Self { nanos: u64::MAX };

    /// The delay in whole nanoseconds.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::MaxDelay;
    ///
    /// assert_eq!(MaxDelay::from(5).as_nanos(), 5_000_000_000);
    /// assert_eq!(MaxDelay::from(5).as_secs_f64(), 5.0);
    /// ```
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.nanos
    }

    /// The delay in seconds, as the functions return it.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        seconds(self.nanos)
    }
}

impl Default for MaxDelay {
    fn default() -> Self {
        Self::from(10)
    }
}

/// Whole seconds, capped at [`MaxDelay::MAX`].
impl From<u64> for MaxDelay {
    fn from(seconds: u64) -> Self {
        Self {
            nanos: seconds.saturating_mul(NANOS_PER_SEC),
        }
    }
}

/// Capped at [`MaxDelay::MAX`].
impl From<Duration> for MaxDelay {
    fn from(duration: Duration) -> Self {
        Self {
            nanos: u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX),
        }
    }
}

impl From<MaxDelay> for Duration {
    fn from(max_delay: MaxDelay) -> Self {
        Duration::from_nanos(max_delay.nanos)
    }
}

/// Seconds, rounded to the nearest nanosecond that is not longer than `seconds`.
impl TryFrom<f64> for MaxDelay {
    type Error = MaxDelayError;

    fn try_from(seconds: f64) -> Result<Self, MaxDelayError> {
        let nanos = (seconds * 1e9).round();
        // The bound is 2^64, one more than the largest number. A NaN is in no range.
        if !(0.0..18_446_744_073_709_551_616.0).contains(&nanos)
            || seconds.is_sign_negative() && seconds != 0.0
        {
            return Err(MaxDelayError { seconds });
        }
        let longer = self::seconds(nanos as u64) > seconds;
        // The next smaller float: from 2^53 on, one nanosecond less is the same float.
        let nanos = f64::from_bits(nanos.to_bits() - u64::from(longer));
        Ok(Self {
            nanos: nanos as u64,
        })
    }
}

/// The error of a number that is not a delay: NaN, negative, infinite or too large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaxDelayError {
    seconds: f64,
}

impl fmt::Display for MaxDelayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A huge or tiny number is shown in scientific notation, not as 300 digits.
        let seconds = self.seconds;
        let absurd = seconds.abs() >= 1e21 || (seconds != 0.0 && seconds.abs() < 1e-9);
        f.write_str("a delay of ")?;
        if absurd {
            write!(f, "{seconds:e}")?;
        } else {
            write!(f, "{seconds}")?;
        }
        let longest = MaxDelay::MAX.nanos / NANOS_PER_SEC;
        write!(f, " s is not possible: give seconds from 0 to {longest}")
    }
}

impl Error for MaxDelayError {}

/// A delay as the functions return it. The order of the nanoseconds is kept, as both the conversion
/// and the division round monotonically.
pub(crate) fn seconds(nanos: u64) -> f64 {
    nanos as f64 / 1e9
}

const NANOS_PER_SEC: u64 = 1_000_000_000;
