//! Verdicts on all pairs of a session, as one family.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use crate::paired::sample::{Sample, set_usual_variances};
use crate::step_down::{adjusted, ascending};
use crate::{ALPHA, FEW_ROUNDS, RESAMPLES, Scale, Verdict, pseudomedian};

mod sample;

/// Two engines that are compared by a figure.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The group of the engines. The runs of different groups are independent.
    pub group: usize,
    /// The index of the figure.
    pub figure: usize,
    /// The indices of the two engines.
    pub engines: [usize; 2],
    /// The scale that fits their figures.
    pub scale: Scale,
    /// The difference in each round, on the scale; none if an engine lacks the figure.
    pub rounds: Vec<Option<f64>>,
    /// Whether one of them is the reference.
    pub with_reference: bool,
}

/// Compares all pairs of a session, with a family-wise error rate of at most 5 %, however many pairs
/// there are and whichever of them are equal.
///
/// The unit is the round, because the waits of one run depend on one another. If two engines are
/// equal, their difference in a round has either sign with the same chance. So the signs of whole
/// rounds are flipped at random, with one flip for all pairs and figures of a group, which preserves
/// the dependence among them. The statistic is the mean divided by its standard error. For each flip,
/// its maximum over all pairs shows what chance alone produces. Pairs beyond that are proven to differ,
/// and the maximum over the remaining pairs decides on the next one (step-down max-T).
///
/// Source: P. H. Westfall, S. S. Young, Resampling-Based Multiple Testing, Wiley, 1993.
#[must_use]
pub fn compare(pairs: &[Pair]) -> Vec<Option<Verdict>> {
    let mut samples: Vec<Sample> = pairs.iter().map(Sample::new).collect();
    set_usual_variances(pairs, &mut samples);
    let chances = chances(pairs, &samples);
    let critical = critical(pairs, &samples);
    pairs
        .iter()
        .zip(&samples)
        .enumerate()
        .map(|(number, (pair, sample))| {
            let estimate = pseudomedian(&sample.values)?;
            if sample.values.len() < FEW_ROUNDS {
                return Some(pair.scale.verdict(estimate, None, false));
            }
            let half = critical / weight(pair) * sample.uncertainty();
            // The estimate and the mean that was tested must have the same sign.
            let differs = chances[number] <= ALPHA && estimate * sample.sum > 0.0;
            Some(pair.scale.verdict(estimate, Some(half), differs))
        })
        .collect()
}

/// The weight of a pair's statistic: pairs without the reference, which only decide which engines are
/// the best, need a clearer difference.
///
/// So the pairs with the reference, which the tables show, find smaller ones. The weight was chosen on
/// simulated sessions: with 0.8 the pairs with the reference lose little, and the best are still found.
fn weight(pair: &Pair) -> f64 {
    if pair.with_reference { 1.0 } else { 0.8 }
}

/// The adjusted p-value of each pair: its chance of being this far apart or further if it does not
/// differ, in the family of all pairs that are not proven before it.
fn chances(pairs: &[Pair], samples: &[Sample]) -> Vec<f64> {
    let measured: Vec<f64> = pairs
        .iter()
        .zip(samples)
        .map(|(pair, sample)| weight(pair) * sample.statistic(sample.sum))
        .collect();
    let order = ascending(&measured);
    // What was measured counts as one of the resamples.
    let mut beyond = vec![1; pairs.len()];
    let mut flips = Flips::new(pairs);
    for _ in 1..RESAMPLES {
        flips.next();
        let mut largest: f64 = 0.0;
        for &number in &order {
            let pair = &pairs[number];
            let statistic = samples[number].flipped(&flips.signs[pair.group]);
            largest = largest.max(weight(pair) * statistic);
            beyond[number] += usize::from(largest >= measured[number]);
        }
    }
    adjusted(&order, &beyond)
}

/// How many standard errors make intervals that hold for all pairs simultaneously.
fn critical(pairs: &[Pair], samples: &[Sample]) -> f64 {
    let centred: Vec<Sample> = samples.iter().map(Sample::centred).collect();
    let mut flips = Flips::new(pairs);
    let mut largest: Vec<f64> = (1..RESAMPLES)
        .map(|_| {
            flips.next();
            let statistics = pairs
                .iter()
                .zip(&centred)
                .map(|(pair, sample)| weight(pair) * sample.flipped(&flips.signs[pair.group]));
            statistics.fold(0.0, f64::max)
        })
        .collect();
    largest.sort_unstable_by(f64::total_cmp);
    let place = (largest.len() as f64 * (1.0 - ALPHA)).ceil() as usize;
    largest[place]
}

/// The random signs of the rounds of each group, from a fixed seed, so that a report that is read
/// again gives the same verdicts.
struct Flips {
    random: Xoshiro256PlusPlus,
    signs: Vec<Vec<f64>>,
}

impl Flips {
    fn new(pairs: &[Pair]) -> Self {
        let groups = pairs.iter().map(|pair| pair.group + 1).max().unwrap_or(0);
        let rounds = pairs
            .iter()
            .map(|pair| pair.rounds.len())
            .max()
            .unwrap_or(0);
        Self {
            random: Xoshiro256PlusPlus::seed_from_u64(1993),
            signs: vec![vec![1.0; rounds]; groups],
        }
    }

    fn next(&mut self) {
        for sign in self.signs.iter_mut().flatten() {
            *sign = if self.random.random() { 1.0 } else { -1.0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With one pair, the p-value is the share of all 256 flips whose statistic is as large.
    #[test]
    fn chances_are_those_of_all_flips_counted_one_by_one() {
        let values = [0.3, -0.1, 0.4, 0.2, 0.1, 0.25, -0.05, 0.15];
        let pair = Pair {
            group: 0,
            figure: 0,
            engines: [0, 1],
            scale: Scale::Ratio,
            rounds: values.iter().copied().map(Some).collect(),
            with_reference: true,
        };
        let sample = Sample::new(&pair);
        let measured = sample.statistic(sample.sum);
        let beyond = (0..1_u32 << values.len()).filter(|flip| {
            let sign = |place: usize| if flip >> place & 1 == 1 { -1.0 } else { 1.0 };
            let signs: Vec<f64> = (0..values.len()).map(sign).collect();
            sample.flipped(&signs) >= measured
        });
        let exact = beyond.count() as f64 / 256.0;
        let chance = chances(std::slice::from_ref(&pair), &[sample])[0];
        assert!((chance - exact).abs() < 0.01, "{chance} and {exact}");
    }
}
