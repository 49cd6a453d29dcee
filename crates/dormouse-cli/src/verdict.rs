//! Whether two engines differ, as far as their rounds can tell.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// How the figures of one engine stand to those of another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Verdict {
    /// The median over the rounds of the ratio of the two figures of a round.
    pub(crate) ratio: f64,
    /// Where 95 of 100 medians lie, of rounds drawn anew from these rounds.
    pub(crate) interval: (f64, f64),
    pub(crate) word: Word,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Word {
    Less,
    More,
    /// No difference that these rounds can show.
    Alike,
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
    let interval = interval(&ratios);
    let word = match () {
        () if ratios.len() < FEW_ROUNDS => Word::Alike,
        () if interval.1 < 1.0 && ratio < 1.0 / THRESHOLD => Word::Less,
        () if interval.0 > 1.0 && ratio > THRESHOLD => Word::More,
        () => Word::Alike,
    };
    Some(Verdict {
        ratio,
        interval,
        word,
    })
}

pub(crate) fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let upper = *figures.get(figures.len() / 2)?;
    let lower = figures[(figures.len() - 1) / 2];
    Some(f64::midpoint(lower, upper))
}

fn interval(ratios: &[f64]) -> (f64, f64) {
    // A fixed seed: the same rounds have the same verdict.
    let mut random = StdRng::seed_from_u64(0);
    let mut medians: Vec<f64> = (0..RESAMPLES)
        .filter_map(|_| {
            let drawn = (0..ratios.len()).map(|_| ratios[random.random_range(0..ratios.len())]);
            median(drawn.collect())
        })
        .collect();
    medians.sort_by(f64::total_cmp);
    (
        medians[RESAMPLES / 40],
        medians[RESAMPLES - 1 - RESAMPLES / 40],
    )
}

const RESAMPLES: usize = 4_000;

/// Differences of less than 2 % are not worth a word.
const THRESHOLD: f64 = 1.02;

/// Fewer rounds than these tell nothing.
pub(crate) const FEW_ROUNDS: usize = 5;

/// A figure of nothing at all has no ratio.
const LEAST: f64 = 1e-12;

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(figures: impl Iterator<Item = f64>) -> Vec<(usize, f64)> {
        figures.enumerate().collect()
    }

    #[test]
    fn a_clear_difference_is_found_and_its_way_round() {
        let one = rounds((0..10).map(|round| 1.0 + f64::from(round) / 100.0));
        let half = rounds((0..10).map(|round| 0.5 + f64::from(round) / 300.0));
        assert_eq!(compare(&half, &one).unwrap().word, Word::Less);
        assert_eq!(compare(&one, &half).unwrap().word, Word::More);
        assert_eq!(compare(&one, &one).unwrap().word, Word::Alike);
    }

    #[test]
    fn a_difference_in_half_of_the_rounds_is_none() {
        let one = rounds((0..10).map(|_| 1.0));
        let now_and_then = rounds((0..10).map(|round| if round % 2 == 0 { 0.7 } else { 1.4 }));
        assert_eq!(compare(&now_and_then, &one).unwrap().word, Word::Alike);
    }

    #[test]
    fn few_rounds_tell_nothing() {
        let one = rounds([1.0; 4].into_iter());
        let ten = rounds([10.0; 4].into_iter());
        assert_eq!(compare(&ten, &one).unwrap().word, Word::Alike);
        assert_eq!(compare(&[], &one), None);
    }

    #[test]
    fn rounds_are_paired_by_their_number() {
        let ours = [
            (0, 1.0),
            (1, 10.0),
            (2, 100.0),
            (3, 1.0),
            (4, 10.0),
            (5, 7.0),
        ];
        let theirs = [(4, 10.0), (3, 1.0), (2, 100.0), (1, 10.0), (0, 1.0)];
        let verdict = compare(&ours, &theirs).unwrap();
        assert_eq!((verdict.ratio, verdict.word), (1.0, Word::Alike));
    }
}
