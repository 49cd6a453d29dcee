//! Verdicts between two sessions, whose rounds are not paired.

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;

use crate::step_down::step_down;
use crate::{ALPHA, FEW_ROUNDS, Scale, Verdict, median, pseudomedian, studentised};

/// A figure of an engine, in each round of this session and in each round of the other.
#[derive(Clone, Debug)]
pub struct Unpaired {
    /// The scale that fits them.
    pub scale: Scale,
    /// Of this session.
    pub ours: Vec<f64>,
    /// Of the other.
    pub theirs: Vec<f64>,
}

/// Compares all figures of two sessions, with a family-wise error rate of at most 5 %.
///
/// It is a permutation test: if nothing has changed, each round could belong to either session. So
/// whole rounds move between the sessions at random, in the same way for all figures. The largest
/// statistic of each permutation shows what chance alone produces; the test is step-down, as in
/// [`compare`](crate::compare).
#[must_use]
pub fn compare_unpaired(figures: &[Unpaired]) -> Vec<Option<Verdict>> {
    let placed: Vec<Vec<f64>> = figures.iter().map(Unpaired::placed).collect();
    let statistic_of = |all: &[f64], number: usize| statistic(all, figures[number].ours.len()).0;
    let measured = placed.iter().enumerate();
    let measured = measured.map(|(number, all)| statistic_of(all, number));
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1993);
    let most = placed.iter().map(Vec::len).max().unwrap_or(0);
    let mut rounds: Vec<usize> = (0..most).collect();
    let moved = || {
        rounds.shuffle(&mut random);
        rounds.clone()
    };
    let (chances, largests) = step_down(&measured.collect::<Vec<_>>(), moved, |rounds, number| {
        // A figure that is missing in some rounds has fewer rounds to move.
        let places = rounds.iter().filter_map(|round| placed[number].get(*round));
        statistic_of(&places.copied().collect::<Vec<_>>(), number)
    });
    let critical = largests[(largests.len() as f64 * (1.0 - ALPHA)) as usize];
    let judged = figures.iter().zip(chances);
    judged
        .map(|(figure, chance)| figure.verdict(chance <= ALPHA, critical))
        .collect()
}

impl Unpaired {
    fn placed(&self) -> Vec<f64> {
        let all = self.ours.iter().chain(&self.theirs);
        all.map(|figure| self.scale.place(*figure)).collect()
    }

    fn verdict(&self, differs: bool, critical: f64) -> Option<Verdict> {
        let all = self.placed();
        let (ours, theirs) = all.split_at(self.ours.len());
        let differences: Vec<f64> = ours
            .iter()
            .flat_map(|ours| theirs.iter().map(move |theirs| ours - theirs))
            .collect();
        if ours.len() < FEW_ROUNDS || theirs.len() < FEW_ROUNDS {
            let estimate = pseudomedian(&differences)?;
            return Some(self.scale.verdict(estimate, None, false));
        }
        let estimate = median(differences)?;
        let half = critical * statistic(&all, self.ours.len()).1;
        Some(self.scale.verdict(estimate, Some(half), differs))
    }
}

/// The difference of the two means divided by its standard error, and that standard error.
fn statistic(all: &[f64], ours: usize) -> (f64, f64) {
    let (ours, theirs) = all.split_at(ours.min(all.len()));
    let moments = |side: &[f64]| {
        let n = side.len() as f64;
        let mean = side.iter().sum::<f64>() / n;
        let squares: f64 = side.iter().map(|value| (value - mean).powi(2)).sum();
        (mean, squares / (n - 1.0) / n)
    };
    if ours.len() < FEW_ROUNDS || theirs.len() < FEW_ROUNDS {
        return (0.0, 0.0);
    }
    let (ours, theirs) = (moments(ours), moments(theirs));
    let (mean, uncertainty) = (ours.0 - theirs.0, ours.1 + theirs.1);
    let scale = ours.0.abs().max(theirs.0.abs()).powi(2);
    // The means of equal numbers may differ by a rounding error.
    let mean = if mean * mean <= 1e-24 * scale {
        0.0
    } else {
        mean
    };
    (
        studentised(mean, uncertainty, mean * mean),
        uncertainty.sqrt(),
    )
}
