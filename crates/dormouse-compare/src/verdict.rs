//! Whether engines differ, as far as the rounds of a session can tell.

use serde::{Deserialize, Serialize};

pub(crate) use crate::verdict::apart::{Apart, compare_apart};
pub(crate) use crate::verdict::family::{Pair, compare};

mod apart;
mod family;
#[cfg(test)]
mod tests;

/// How the figures of one engine stand to those of another.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Verdict {
    /// The typical ratio of the two figures of a round: the pseudomedian over the rounds. None where
    /// a figure is 0 or less in some round.
    pub ratio: Option<f64>,
    /// The typical difference, in place of a ratio.
    pub difference: Option<f64>,
    /// Where that lies, if there are enough rounds to say: all intervals of a session at once, with
    /// a confidence of 95 %.
    pub interval: Option<(f64, f64)>,
    /// What may be said.
    pub outcome: Outcome,
}

impl Verdict {
    /// The same, seen from the other one.
    pub(crate) fn reversed(self) -> Self {
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

/// What may be said of a figure, held against another one.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is less.
    Less,
    /// It is more.
    More,
    /// These rounds show no difference.
    NoDetectableDifference,
}

/// The chance of each session to say anything false, as the tests are set: half of the 5 % that we
/// promise, as the flips are exact only where noise is symmetric. Simulated sessions of many
/// shapes, and real ones whose engines were shuffled, stay below 5 % with this.
const ALPHA: f64 = 0.025;

/// Differences of less than 2 % are not worth a word.
const THRESHOLD: f64 = 1.02;

/// With fewer rounds nothing can be told: flips of six have 32 outcomes, too few for [`ALPHA`].
pub(crate) const FEW_ROUNDS: usize = 7;

/// How many resamples stand for all; the first one is what was measured.
const RESAMPLES: usize = 4000;

/// What is compared: the logarithms of two figures, or the figures themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scale {
    /// Of figures that are above 0.
    Ratio,
    /// Of others; what they are held against is of this size.
    Difference { size: f64 },
}

impl Scale {
    /// The scale that fits all of these figures.
    pub(crate) fn of(ours: impl Iterator<Item = f64>, theirs: &[f64]) -> Self {
        let mut all = ours.chain(theirs.iter().copied());
        if all.all(|figure| figure > 0.0) {
            return Self::Ratio;
        }
        let size = median(theirs.iter().map(|figure| figure.abs()).collect());
        Self::Difference {
            size: size.unwrap_or(0.0),
        }
    }

    pub(crate) fn place(self, figure: f64) -> f64 {
        match self {
            Self::Ratio => figure.ln(),
            Self::Difference { .. } => figure,
        }
    }

    /// A verdict of an estimate, half of its interval, and of whether the difference is proven.
    fn verdict(self, estimate: f64, half: Option<f64>, differs: bool) -> Verdict {
        let differs = differs && estimate != 0.0;
        let interval = half.map(|half| {
            let (low, high) = (estimate - half, estimate + half);
            // Steps of the test may prove more than the intervals of all at once show, or less: the
            // interval goes as far as what is said, and no further.
            match differs {
                true if estimate > 0.0 => (low.max(0.0), high),
                true => (low, high.min(0.0)),
                false => (low.min(0.0), high.max(0.0)),
            }
        });
        let is_large = match self {
            Self::Ratio => estimate.abs() > THRESHOLD.ln(),
            Self::Difference { size } => estimate.abs() > (THRESHOLD - 1.0) * size,
        };
        let outcome = match differs && is_large {
            true if estimate < 0.0 => Outcome::Less,
            true => Outcome::More,
            false => Outcome::NoDetectableDifference,
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

/// A mean in units of its own uncertainty. What never varies is certain.
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

/// The median of the means of all pairs, which takes two thirds of the rounds that a median takes
/// for the same certainty and minds an outlier no more.
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

pub(crate) fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_unstable_by(f64::total_cmp);
    let upper = *figures.get(figures.len() / 2)?;
    Some(f64::midpoint(figures[(figures.len() - 1) / 2], upper))
}
