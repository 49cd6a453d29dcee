//! What becomes of ticks that were missed.

use std::time::Duration;

/// What becomes of ticks that were due while the interval was not polled; the names are tokio's.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, MissedTick, Sleeper, interval};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// runtime.block_on(async {
///     let period = Duration::from_millis(5);
///     let mut ticks = interval(&runtime, period).missed_tick(MissedTick::Skip);
///     let first = ticks.tick().await;
///     runtime.sleep(3 * period).await; // too long: two ticks or more are missed
///     ticks.tick().await; // the late one
///     assert!(ticks.tick().await >= first + 4 * period); // the others are left out
/// });
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum MissedTick {
    /// Missed ticks come one after the other without a pause, until all have come.
    #[default]
    Burst,
    /// A late tick moves all ticks after it: the next is due a period after the late one was taken.
    ///
    /// A tick is late if it comes more than 5 ms after it was due, as in tokio, or more than the
    /// [`timer_step`](crate::Sleeper::timer_step) where that is longer, as that of a `Coalesced`
    /// with a slack. A tick that is not late moves nothing: lateness of the timer itself does not
    /// make the ticks drift.
    Delay,
    /// Missed ticks are left out: the next tick comes at the next whole period from the start.
    ///
    /// Every tick that is late by a period or more has missed some. tokio takes one that is at most 5 ms
    /// late for on time, so the two differ for periods below that.
    Skip,
}

impl MissedTick {
    /// How long after a tick that was `late` the next one is due.
    pub(super) fn ahead(self, late: Duration, period: Duration, timer_step: Duration) -> Duration {
        match self {
            Self::Delay if late > timer_step.max(NO_LATENESS) => late.saturating_add(period),
            Self::Burst | Self::Delay => period,
            Self::Skip => whole_periods(late, period).saturating_add(period),
        }
    }
}

/// `late`, rounded down to whole periods.
pub(crate) fn whole_periods(late: Duration, period: Duration) -> Duration {
    let rest = late.as_nanos().checked_rem(period.as_nanos()).unwrap_or(0);
    // The rest is less than `late`, so its nanoseconds fit where those of `late` do.
    late - Duration::new((rest / NANOS_PER_SEC) as u64, (rest % NANOS_PER_SEC) as u32)
}

/// How late a tick of tokio's interval may be without counting as late (`tokio::time::Interval`).
const NO_LATENESS: Duration = Duration::from_millis(5);

const NANOS_PER_SEC: u128 = 1_000_000_000;
