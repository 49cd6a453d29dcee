//! The parameters of a run.

use std::time::Duration;

use dormouse::Instant;
use rand::SeedableRng;
use rand::distr::{Distribution, Uniform};
use rand::rngs::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use crate::engine::Mode;
use crate::recorder;

/// The parameters of a run.
///
/// # Examples
///
/// ```
/// use dormouse::{BlockOn, Sleeper, Smol};
/// use dormouse_compare::Setup;
/// use std::time::Duration;
///
/// let setup = Setup::new(3); // a worker gets that of its run
/// Smol.block_on(async {
///     for _ in 0..setup.n {
///         let meant = Smol.now() + Duration::from_millis(1);
///         Smol.sleep_until(meant).await;
///         setup.record(meant, Smol.now()); // how late the sleep was
///     }
/// });
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Setup {
    /// How many waits, tasks, pairs or tickers at once.
    pub n: usize,
    /// The longest delay; periods and timeouts are of this order too.
    pub max_delay: Duration,
    /// The mode, if the workload has modes.
    pub mode: Option<Mode>,
    /// The number of the runtime's threads. Where it is unknown, the largest that was asked for, or
    /// one per core.
    pub threads: usize,
    /// The seed from which everything random is drawn; the same for all runs of a round.
    pub seed: u64,
    /// Busy tasks per thread, in workloads that have some.
    pub busy: usize,
    /// How long a busy task computes before it yields.
    pub chunk: Duration,
    /// Whether the clock moves only while all tasks wait.
    pub is_virtual: bool,
    /// The fault to inject.
    #[doc(hidden)]
    pub fault: Option<Fault>,
}

/// A fault that is injected into a run, to test the comparison.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[doc(hidden)]
pub enum Fault {
    Crash,
    Hang,
    Disorder,
    Short,
    Serial,
}

impl Setup {
    /// The longest delay, unless another one is given.
    pub const DEFAULT_MAX_DELAY: Duration = Duration::from_millis(50);
    /// The busy tasks per thread, unless another number is given.
    pub const DEFAULT_BUSY: usize = 1;
    /// How long a busy task computes before it yields, unless another time is given.
    pub const DEFAULT_CHUNK: Duration = Duration::from_millis(1);

    /// A setup to test a workload with: `n` at once, and the rest as by default.
    #[must_use]
    pub fn new(n: usize) -> Self {
        Self {
            n,
            max_delay: Self::DEFAULT_MAX_DELAY,
            mode: None,
            threads: 1,
            seed: 0,
            busy: Self::DEFAULT_BUSY,
            chunk: Self::DEFAULT_CHUNK,
            is_virtual: false,
            fault: None,
        }
    }

    /// Records how late something happened: at `was`, when it was meant to happen at `meant`.
    ///
    /// All records of a run give the figures `late_min_s` to `late_max_s`. A run in which something
    /// was early has failed.
    pub fn record(&self, meant: Instant, was: Instant) {
        recorder::record_late(was.checked_duration_since(meant));
    }

    /// The delays that `wait_n` draws from the seed, in the order in which it draws them.
    pub(crate) fn delays(&self) -> impl Iterator<Item = Duration> + Send + 'static {
        let most = u64::try_from(self.max_delay.as_nanos()).unwrap_or(u64::MAX);
        let uniform = Uniform::new_inclusive(0, most).expect("0 is the least");
        uniform
            .sample_iter(Xoshiro256PlusPlus::seed_from_u64(self.seed))
            .map(Duration::from_nanos)
            .take(self.n)
    }
}
