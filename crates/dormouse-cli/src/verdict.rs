//! Whether two engines differ, as far as their rounds can tell.

use serde::{Deserialize, Serialize};

use crate::verdict::ranks::{rank_sum, signed_rank};

mod ranks;
#[cfg(test)]
mod tests;

/// How the figures of one engine stand to those of another.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Verdict {
    /// The typical ratio of the two figures of a round: the pseudomedian over the rounds.
    pub(crate) ratio: f64,
    /// Where that ratio lies with a confidence of 97 %, if there are enough rounds to say.
    pub(crate) interval: Option<(f64, f64)>,
    pub(crate) word: Word,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    Less,
    More,
    /// None that these rounds can show.
    NoDetectableDifference,
}

/// Compares figures of two engines, each with its round; only rounds that both have count.
///
/// The rounds are the unit, as the waits of one run are not independent. The ratio is the
/// pseudomedian of the logarithms, the median of the means of all pairs of rounds, which takes
/// two thirds of the rounds that a median takes for the same certainty and minds an outlier no
/// more. Its interval inverts the signed-rank test. Two equal engines may change places in every
/// round, so that their logarithms lie evenly around 0, which is all that the test supposes: they
/// are called different in at most 3 of 100 sessions, however few the rounds and whatever the noise.
///
/// Two figures differ if the interval leaves out 1 and the ratio is beyond the threshold, both:
/// what is certain and small is of no use, and what is large and uncertain is not known.
///
/// Source: J. L. Hodges, E. L. Lehmann, Estimates of Location Based on Rank Tests, Annals of
/// Mathematical Statistics 34(2), 1963.
pub(crate) fn compare(ours: &[(usize, f64)], theirs: &[(usize, f64)]) -> Option<Verdict> {
    let logs: Vec<f64> = ours
        .iter()
        .filter_map(|(round, ours)| {
            let (_, theirs) = theirs.iter().find(|(other, _)| other == round)?;
            Some(log(*ours) - log(*theirs))
        })
        .collect();
    let mut means = Vec::with_capacity(logs.len() * (logs.len() + 1) / 2);
    for (place, left) in logs.iter().enumerate() {
        means.extend(
            logs[place..]
                .iter()
                .map(|right| f64::midpoint(*left, *right)),
        );
    }
    Verdict::new(means, signed_rank(logs.len()))
}

/// Compares figures of two sessions, whose rounds have nothing to do with one another: the ratio
/// is the median of the ratios of all pairs, and its interval inverts the rank-sum test.
///
/// Source: as for [`compare`].
pub(crate) fn compare_apart(ours: &[f64], theirs: &[f64]) -> Option<Verdict> {
    let pairs = ours
        .iter()
        .flat_map(|ours| theirs.iter().map(|theirs| log(*ours) - log(*theirs)));
    Verdict::new(pairs.collect(), rank_sum(ours.len(), theirs.len()))
}

impl Verdict {
    /// Of the logarithms of ratios; the interval leaves out as many at either end, or can't be
    /// told.
    fn new(mut logs: Vec<f64>, left_out: Option<usize>) -> Option<Self> {
        logs.sort_unstable_by(f64::total_cmp);
        let last = logs.len().checked_sub(1)?;
        let ratio = f64::midpoint(logs[last / 2], logs[logs.len() / 2]).exp();
        let interval = left_out.map(|tail| (logs[tail].exp(), logs[last - tail].exp()));
        let word = match interval {
            Some((_, high)) if high < 1.0 && ratio < 1.0 / THRESHOLD => Word::Less,
            Some((low, _)) if low > 1.0 && ratio > THRESHOLD => Word::More,
            _ => Word::NoDetectableDifference,
        };
        Some(Self {
            ratio,
            interval,
            word,
        })
    }
}

pub(crate) fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_unstable_by(f64::total_cmp);
    let upper = *figures.get(figures.len() / 2)?;
    Some(f64::midpoint(figures[(figures.len() - 1) / 2], upper))
}

/// The logarithm of a figure; one of nothing at all has none, and is next to nothing.
fn log(figure: f64) -> f64 {
    figure.max(1e-12).ln()
}

/// Differences of less than 2 % are not worth a word.
pub(crate) const THRESHOLD: f64 = 1.02;

/// Fewer rounds than these tell nothing: six may all fall to one side by chance, in 3 of 100 cases.
pub(crate) const FEW_ROUNDS: usize = 7;
