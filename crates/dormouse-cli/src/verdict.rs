//! Whether two engines differ, as far as their rounds can tell.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// How the figures of one engine stand to those of another.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Verdict {
    /// The median over the rounds of the ratio of the two figures of a round.
    pub(crate) ratio: f64,
    /// Where 95 of 100 medians lie, of rounds drawn anew from these rounds.
    pub(crate) interval: (f64, f64),
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
/// The rounds are the unit, as the waits of one run are not independent. Two figures differ if the
/// interval leaves out 1 and the ratio is beyond the threshold, both: what is certain and small is
/// of no use, and what is large and uncertain is not known.
///
/// Source: B. Efron, Bootstrap Methods, Annals of Statistics 7(1), 1979; percentile interval.
pub(crate) fn compare(ours: &[(usize, f64)], theirs: &[(usize, f64)]) -> Option<Verdict> {
    let ratios: Vec<f64> = ours
        .iter()
        .filter_map(|(round, ours)| {
            let (_, theirs) = theirs.iter().find(|(other, _)| other == round)?;
            Some(ours.max(LEAST) / theirs.max(LEAST))
        })
        .collect();
    let ratio = median(ratios.clone())?;
    let interval = interval(|random| anew(&ratios, random));
    Some(Verdict::new(ratio, interval, ratios.len()))
}

/// Compares figures of two sessions, whose rounds have nothing to do with one another: the ratio
/// of their medians.
pub(crate) fn compare_apart(ours: &[f64], theirs: &[f64]) -> Option<Verdict> {
    let ratio = median(ours.to_vec())?.max(LEAST) / median(theirs.to_vec())?.max(LEAST);
    let interval =
        interval(|random| anew(ours, random).max(LEAST) / anew(theirs, random).max(LEAST));
    Some(Verdict::new(ratio, interval, ours.len().min(theirs.len())))
}

impl Verdict {
    fn new(ratio: f64, interval: (f64, f64), rounds: usize) -> Self {
        let word = match () {
            () if rounds < FEW_ROUNDS => Word::NoDetectableDifference,
            () if interval.1 < 1.0 && ratio < 1.0 / THRESHOLD => Word::Less,
            () if interval.0 > 1.0 && ratio > THRESHOLD => Word::More,
            () => Word::NoDetectableDifference,
        };
        Self {
            ratio,
            interval,
            word,
        }
    }
}

pub(crate) fn median(mut figures: Vec<f64>) -> Option<f64> {
    (!figures.is_empty()).then(|| middle(&mut figures))
}

fn middle(figures: &mut [f64]) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    let (lower, upper) = (figures[(figures.len() - 1) / 2], figures[figures.len() / 2]);
    f64::midpoint(lower, upper)
}

/// The median of as many figures, drawn anew from these.
fn anew(figures: &[f64], random: &mut Xoshiro256PlusPlus) -> f64 {
    let mut drawn: Vec<f64> = (0..figures.len())
        .map(|_| figures[random.random_range(0..figures.len())])
        .collect();
    middle(&mut drawn)
}

/// Where 95 of 100 of what is drawn anew lie.
fn interval(mut draw: impl FnMut(&mut Xoshiro256PlusPlus) -> f64) -> (f64, f64) {
    // A fixed seed: the same rounds have the same verdict.
    let mut random = Xoshiro256PlusPlus::seed_from_u64(0);
    let mut drawn: Vec<f64> = (0..RESAMPLES).map(|_| draw(&mut random)).collect();
    drawn.sort_unstable_by(f64::total_cmp);
    let tail = RESAMPLES / 40;
    (drawn[tail], drawn[RESAMPLES - 1 - tail])
}

const RESAMPLES: usize = 4_000;

/// Differences of less than 2 % are not worth a word.
pub(crate) const THRESHOLD: f64 = 1.02;

/// Fewer rounds than these tell nothing.
pub(crate) const FEW_ROUNDS: usize = 5;

/// A figure of nothing at all has no ratio.
const LEAST: f64 = 1e-12;
