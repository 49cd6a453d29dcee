//! The result of the work of a run.

use std::time::Duration;

use crate::error::Error;
use crate::workload::{Fault, Setup};

/// The result of the work of a run.
///
/// # Examples
///
/// ```
/// use dormouse_compare::Done;
/// use std::time::Duration;
///
/// let hits = 990;
/// let done = Done::new(1_000) // operations
///     .at_least(Duration::from_millis(50)) // what an ideal runtime takes
///     .figure("hits", f64::from(hits)); // described in `About::figure`
/// ```
#[derive(Clone, Debug)]
pub struct Done {
    pub(crate) operations: u64,
    pub(crate) ideal: Option<Duration>,
    pub(crate) figures: Vec<(&'static str, f64)>,
    /// The beginning of the keys of the recorded figures.
    pub(crate) timing: &'static str,
    /// Whether waits may end early, as those of a peer may.
    pub(crate) may_be_early: bool,
}

impl Done {
    /// A run that has done this number of operations.
    #[must_use]
    pub fn new(operations: u64) -> Self {
        Self {
            operations,
            ideal: None,
            figures: Vec::new(),
            timing: "late",
            may_be_early: false,
        }
    }

    /// Sets the time that the run would have taken on an ideal runtime.
    ///
    /// The time beyond it is the figure `overhead_s`. A run that was shorter has failed.
    #[must_use]
    pub fn at_least(mut self, ideal: Duration) -> Self {
        self.ideal = Some(ideal);
        self
    }

    /// Names what was recorded with [`Setup::record`], if it is not a lateness.
    ///
    /// With "jitter", for example, the figures are `jitter_p50_s` and so on.
    #[must_use]
    pub fn timing(self, timing: &'static str) -> Self {
        Self { timing, ..self }
    }

    /// Adds a figure.
    #[must_use]
    pub fn figure(mut self, key: &'static str, value: f64) -> Self {
        self.figures.push((key, value));
        self
    }

    /// A run that has waited these delays, which must be within their range, and ascending if the
    /// list is ours.
    pub(crate) fn of_delays(delays: Vec<f64>, setup: &Setup, is_ours: bool) -> Result<Self, Error> {
        let mut delays = delays;
        if setup.fault == Some(Fault::Disorder) {
            delays.reverse();
        }
        let disorder = || delays.windows(2).filter(|pair| pair[0] > pair[1]);
        if is_ours && let Some(pair) = disorder().next() {
            let (one, next) = (pair[0], pair[1]);
            return Err(Error::run(format_args!(
                "returned a list out of order: {one} s stands before {next} s"
            )));
        }
        let max = setup.max_delay.as_secs_f64();
        if let Some(stray) = delays.iter().find(|delay| !(0.0..=max).contains(*delay)) {
            return Err(Error::run(format_args!(
                "returned a delay of {stray} s, of at most {max} s"
            )));
        }
        let longest = delays.iter().copied().fold(0.0, f64::max);
        // An f64 of seconds is exact to the nanosecond for about three months.
        let longest = Duration::from_nanos((longest * 1e9).round() as u64);
        let mut done = Self::new(delays.len() as u64).at_least(longest);
        done.may_be_early = !is_ours;
        Ok(done
            .figure("delays_sum_s", delays.iter().sum())
            .figure("out_of_order", disorder().count() as f64))
    }
}
