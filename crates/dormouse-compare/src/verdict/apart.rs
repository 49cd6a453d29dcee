//! Two sessions, whose rounds have nothing to do with one another.

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;

use super::{ALPHA, RESAMPLES, Scale, Verdict, pseudomedian, studentised};

/// A figure of an engine in each round of this session, and in each round of the other.
#[derive(Clone, Debug)]
pub(crate) struct Apart {
    pub(crate) scale: Scale,
    pub(crate) ours: Vec<f64>,
    pub(crate) theirs: Vec<f64>,
}

/// Compares all figures of two sessions, so that anything false is said of at most 5 of 100.
///
/// Where nothing has changed, any of the rounds may be of either session: whole rounds change
/// sides, the same for all figures, and the largest difference of each change says what chance
/// alone brings about, step by step as in [`compare`](super::compare).
pub(crate) fn compare_apart(figures: &[Apart]) -> Vec<Option<Verdict>> {
    let measured: Vec<f64> = figures
        .iter()
        .map(|apart| statistic(&apart.placed(), apart.ours.len()).0)
        .collect();
    let mut order: Vec<usize> = (0..figures.len()).collect();
    order.sort_by(|left, right| measured[*left].total_cmp(&measured[*right]));
    let sides = figures
        .iter()
        .map(|apart| (apart.ours.len(), apart.theirs.len()));
    let (ours, theirs) = sides.max().unwrap_or_default();
    let placed: Vec<Vec<f64>> = figures.iter().map(Apart::placed).collect();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1993);
    let mut rounds: Vec<usize> = (0..ours + theirs).collect();
    let mut beyond = vec![1; figures.len()];
    let mut largests = Vec::with_capacity(RESAMPLES);
    for _ in 1..RESAMPLES {
        rounds.shuffle(&mut random);
        let mut largest: f64 = 0.0;
        for &number in &order {
            let all = &placed[number];
            // One that lacks a round has fewer to change.
            let changed: Vec<f64> = rounds
                .iter()
                .filter_map(|round| all.get(*round).copied())
                .collect();
            largest = largest.max(statistic(&changed, figures[number].ours.len()).0);
            beyond[number] += usize::from(largest >= measured[number]);
        }
        largests.push(largest);
    }
    largests.sort_unstable_by(f64::total_cmp);
    let critical = largests[(largests.len() as f64 * (1.0 - ALPHA)) as usize];
    let mut chances = vec![1.0; figures.len()];
    let mut least = 0.0_f64;
    for &number in order.iter().rev() {
        least = least.max(beyond[number] as f64 / RESAMPLES as f64);
        chances[number] = least;
    }
    figures
        .iter()
        .zip(&chances)
        .map(|(apart, chance)| apart.verdict(*chance <= ALPHA, critical))
        .collect()
}

impl Apart {
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
        if ours.len() < FEW || theirs.len() < FEW {
            let estimate = pseudomedian(&differences)?;
            return Some(self.scale.verdict(estimate, None, false));
        }
        let estimate = super::median(differences)?;
        let half = critical * statistic(&all, self.ours.len()).1;
        Some(self.scale.verdict(estimate, Some(half), differs))
    }
}

/// Four rounds and four have 70 ways to change sides.
const FEW: usize = 4;

/// The difference of the two means in units of its own uncertainty, and that uncertainty.
fn statistic(all: &[f64], ours: usize) -> (f64, f64) {
    let (ours, theirs) = all.split_at(ours.min(all.len()));
    let moments = |side: &[f64]| {
        let n = side.len() as f64;
        let mean = side.iter().sum::<f64>() / n;
        let squares: f64 = side.iter().map(|value| (value - mean).powi(2)).sum();
        (mean, squares / (n - 1.0) / n)
    };
    if ours.len() < FEW || theirs.len() < FEW {
        return (0.0, 0.0);
    }
    let (ours, theirs) = (moments(ours), moments(theirs));
    let (mean, uncertainty) = (ours.0 - theirs.0, ours.1 + theirs.1);
    let scale = ours.0.abs().max(theirs.0.abs()).powi(2);
    // Means of equal numbers differ by what is rounded away.
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
