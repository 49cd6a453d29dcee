//! Whether engines differ, as far as the rounds of a session can tell.
//!
//! An engine is whatever is measured; a session measures all of them once a round. What is said of a
//! session is wrong, anywhere in it, in at most 5 of 100 sessions, however many engines and figures
//! there are. [`compare`] is for the engines of one session, [`compare_unpaired`] for two sessions.
//!
//! ```
//! use dormouse_verdict::{Outcome, Pair, Scale, compare};
//!
//! let ours = [1.31, 1.28, 1.35, 1.30, 1.33, 1.27, 1.34, 1.29];
//! let theirs = [1.02, 0.99, 1.01, 1.00, 1.03, 0.98, 1.02, 1.00];
//! let scale = Scale::of(ours.into_iter(), &theirs);
//! let difference = |(ours, theirs): (f64, f64)| Some(scale.place(ours) - scale.place(theirs));
//! let pair = Pair {
//!     group: 0,
//!     figure: 0,
//!     engines: [0, 1],
//!     scale,
//!     rounds: ours.into_iter().zip(theirs).map(difference).collect(),
//!     with_reference: true,
//! };
//! let verdict = compare(&[pair])[0].expect("there are rounds");
//! assert_eq!(verdict.outcome, Outcome::More);
//! assert!((1.28..1.33).contains(&verdict.ratio.expect("all figures are above 0")));
//! ```

use serde::{Deserialize, Serialize};

pub use crate::paired::{Pair, compare};
pub use crate::unpaired::{Unpaired, compare_unpaired};

mod paired;
mod step_down;
#[cfg(test)]
mod tests;
mod unpaired;

/// The comparison of one engine's figure with another's.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Verdict {
    /// The typical ratio of the two figures: its pseudomedian over the rounds. None if a figure is 0
    /// or less in some round.
    pub ratio: Option<f64>,
    /// The typical difference, if there is no ratio.
    pub difference: Option<f64>,
    /// The confidence interval of that, if there are enough rounds. The intervals of a session hold
    /// simultaneously, with a confidence of 95 %.
    pub interval: Option<(f64, f64)>,
    /// The outcome.
    pub outcome: Outcome,
}

impl Verdict {
    /// The verdict with the two engines exchanged.
    #[must_use]
    pub fn reversed(self) -> Self {
        let is_ratio = self.ratio.is_some();
        let turn = |value: f64| if is_ratio { 1.0 / value } else { -value };
        Self {
            ratio: self.ratio.map(turn),
            difference: self.difference.map(turn),
            interval: self.interval.map(|(low, high)| (turn(high), turn(low))),
            outcome: match self.outcome {
                Outcome::Less => Outcome::More,
                Outcome::More => Outcome::Less,
                same => same,
            },
        }
    }
}

/// Whether a figure is less or more than another one.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The figure is less.
    Less,
    /// The figure is more.
    More,
    /// These rounds show no difference.
    NoDetectableDifference,
}

/// The level of the tests: the chance that a session reports anything false.
///
/// It is half of the promised 5 %, because the flips are exact only where noise is symmetric. With it,
/// simulated sessions of many kinds, and real ones whose engines were shuffled, stay below 5 %.
const ALPHA: f64 = 0.025;

/// The least ratio that is reported: differences of less than 2 % are too small to matter.
const THRESHOLD: f64 = 1.02;

/// The least number of rounds for a verdict: with six, flips have 32 outcomes, too few for the
/// level of the tests.
pub const FEW_ROUNDS: usize = 7;

/// The number of rounds to ask for: it finds one figure that differs by 10 % (METHOD).
pub const ENOUGH_ROUNDS: usize = 12;

/// How many resamples stand for all possible ones, the observed data included.
const RESAMPLES: usize = 4000;

/// The scale of a comparison: the logarithms of the figures, or the figures themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Logarithms, for figures that are all above 0.
    Ratio,
    /// The figures themselves.
    Difference {
        /// The median size of the figures they are compared with.
        size: f64,
    },
}

impl Scale {
    /// The scale that fits all of these figures.
    #[must_use]
    pub fn of(ours: impl Iterator<Item = f64>, theirs: &[f64]) -> Self {
        let mut all = ours.chain(theirs.iter().copied());
        if all.all(|figure| figure > 0.0) {
            return Self::Ratio;
        }
        let size = median(theirs.iter().map(|figure| figure.abs()).collect());
        Self::Difference {
            size: size.unwrap_or(0.0),
        }
    }

    /// A figure's place on the scale.
    #[must_use]
    pub fn place(self, figure: f64) -> f64 {
        match self {
            Self::Ratio => figure.ln(),
            Self::Difference { .. } => figure,
        }
    }

    /// A verdict from an estimate, half of its interval, and whether the difference is proven.
    fn verdict(self, estimate: f64, half: Option<f64>, differs: bool) -> Verdict {
        let is_large = match self {
            Self::Ratio => estimate.abs() > THRESHOLD.ln(),
            Self::Difference { size } => estimate.abs() > (THRESHOLD - 1.0) * size,
        };
        let differs = differs && estimate != 0.0 && is_large;
        let interval = half.map(|half| {
            let (low, high) = (estimate - half, estimate + half);
            // The step-down test may prove more or less than the simultaneous intervals, and what is
            // too small to matter is no difference: the interval is cut off or extended at 0 to agree.
            if !differs {
                (low.min(0.0), high.max(0.0))
            } else if estimate > 0.0 {
                (low.max(0.0), high)
            } else {
                (low, high.min(0.0))
            }
        });
        let outcome = if !differs {
            Outcome::NoDetectableDifference
        } else if estimate < 0.0 {
            Outcome::Less
        } else {
            Outcome::More
        };
        let back = |place: f64| match self {
            Self::Ratio => place.exp(),
            Self::Difference { .. } => place,
        };
        let is_ratio = self == Self::Ratio;
        Verdict {
            ratio: is_ratio.then(|| back(estimate)),
            difference: (!is_ratio).then_some(estimate),
            interval: interval.map(|(low, high)| (back(low), back(high))),
            outcome,
        }
    }
}

/// A mean divided by its standard error; [`CERTAIN`] if the values do not vary.
fn studentised(mean: f64, uncertainty_squared: f64, scale_squared: f64) -> f64 {
    if mean == 0.0 {
        0.0
    } else if uncertainty_squared <= 1e-12 * scale_squared {
        CERTAIN
    } else {
        mean.abs() / uncertainty_squared.sqrt()
    }
}

const CERTAIN: f64 = 1e9;

/// The median of the means of all pairs of values.
///
/// It needs two thirds of the rounds that a median needs for the same certainty, and is about as
/// robust against outliers.
///
/// Source: J. L. Hodges, E. L. Lehmann, Estimates of Location Based on Rank Tests, Annals of
/// Mathematical Statistics 34(2), 1963.
fn pseudomedian(values: &[f64]) -> Option<f64> {
    let mut means = Vec::with_capacity(values.len() * (values.len() + 1) / 2);
    for (place, left) in values.iter().enumerate() {
        means.extend(
            values[place..]
                .iter()
                .map(|right| f64::midpoint(*left, *right)),
        );
    }
    median(means)
}

/// The median, which of an even number of figures is the mean of the two in the middle; `None` of
/// none.
#[must_use]
pub fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_unstable_by(f64::total_cmp);
    let upper = *figures.get(figures.len() / 2)?;
    Some(f64::midpoint(figures[(figures.len() - 1) / 2], upper))
}
