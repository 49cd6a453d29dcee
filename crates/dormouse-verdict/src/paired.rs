//! Verdicts on all pairs of a session, as one family.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use crate::paired::sample::{Sample, set_usual_variances};
use crate::step_down::step_down;
use crate::{ALPHA, FEW_ROUNDS, Scale, Verdict, pseudomedian};

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
    resampled(pairs, samples).0
}

/// How many standard errors make intervals that hold for all pairs simultaneously.
fn critical(pairs: &[Pair], samples: &[Sample]) -> f64 {
    let centred: Vec<Sample> = samples.iter().map(Sample::centred).collect();
    let (_, largests) = resampled(pairs, &centred);
    let place = (largests.len() as f64 * (1.0 - ALPHA)).ceil() as usize;
    largests[place]
}

/// The step-down test over random flips of the rounds of each group.
///
/// The flips are of a fixed seed, so that a report that is read again gives the same verdicts.
fn resampled(pairs: &[Pair], samples: &[Sample]) -> (Vec<f64>, Vec<f64>) {
    let weighted = |pair: usize, statistic: f64| weight(&pairs[pair]) * statistic;
    let measured = samples.iter().enumerate();
    let measured = measured.map(|(pair, sample)| weighted(pair, sample.statistic(sample.sum)));
    let groups = pairs.iter().map(|pair| pair.group + 1).max();
    let rounds = pairs.iter().map(|pair| pair.rounds.len()).max();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1993);
    let mut sign = || if random.random() { 1.0 } else { -1.0 };
    // The signs of the rounds of each group.
    let flips = || -> Vec<Vec<f64>> {
        let mut signs = || (0..rounds.unwrap_or(0)).map(|_| sign()).collect();
        (0..groups.unwrap_or(0)).map(|_| signs()).collect()
    };
    step_down(&measured.collect::<Vec<_>>(), flips, |flips, pair| {
        weighted(pair, samples[pair].flipped(&flips[pairs[pair].group]))
    })
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
