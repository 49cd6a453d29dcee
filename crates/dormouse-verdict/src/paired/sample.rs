//! The differences of a pair of engines, and how much they vary.

use crate::paired::Pair;
use crate::{FEW_ROUNDS, Scale, median, studentised};

/// The differences of a pair, with the rounds that have one.
pub(super) struct Sample {
    places: Vec<usize>,
    pub(super) values: Vec<f64>,
    pub(super) sum: f64,
    squares: f64,
    /// The prior of the variance, from other pairs, and how many rounds it counts for.
    usual: f64,
    weight: f64,
}

impl Sample {
    pub(super) fn new(pair: &Pair) -> Self {
        let rounds = pair.rounds.iter().enumerate();
        let (places, values): (Vec<usize>, Vec<f64>) = rounds
            .filter_map(|(place, value)| Some((place, (*value)?)))
            .unzip();
        Self {
            places,
            sum: values.iter().sum(),
            squares: values.iter().map(|value| value * value).sum(),
            values,
            usual: 0.0,
            weight: 0.0,
        }
    }

    /// The studentised mean for this sum.
    pub(super) fn statistic(&self, sum: f64) -> f64 {
        let n = self.values.len() as f64;
        if n < FEW_ROUNDS as f64 {
            return 0.0;
        }
        studentised(sum / n, self.variance(sum) / n, self.squares / n)
    }

    /// The variance for this sum: the pair's own, shrunk towards the prior.
    fn variance(&self, sum: f64) -> f64 {
        let n = self.values.len() as f64;
        let own = (self.squares - sum * sum / n).max(0.0);
        (own + self.weight * self.usual) / (n - 1.0 + self.weight)
    }

    pub(super) fn flipped(&self, signs: &[f64]) -> f64 {
        let values = self.places.iter().zip(&self.values);
        self.statistic(values.map(|(place, value)| signs[*place] * value).sum())
    }

    /// The standard error of the mean.
    pub(super) fn uncertainty(&self) -> f64 {
        (self.variance(self.sum) / self.values.len() as f64).sqrt()
    }

    /// The same values, shifted so that their mean is 0.
    pub(super) fn centred(&self) -> Self {
        let mean = self.sum / self.values.len() as f64;
        let values: Vec<f64> = self.values.iter().map(|value| value - mean).collect();
        Self {
            places: self.places.clone(),
            sum: 0.0,
            squares: values.iter().map(|value| value * value).sum(),
            values,
            usual: self.usual,
            weight: self.weight,
        }
    }
}

/// Sets the prior of each pair's variance, and how much it counts (an empirical Bayes estimate).
///
/// The variance of eight rounds is poorly known, and many pairs that are studentised by it look far
/// apart by chance. Where the noise of many engines is similar, they estimate it better together. The
/// prior of a pair is the median variance of the pairs that contain neither of its engines, so it is
/// independent of what is tested. The more the variances of a session differ from their priors, the
/// less the priors count. A difference that is no ratio varies with the size of its figures, so such a
/// pair neither has a prior nor is part of one. The flips are valid with any prior: a poor one only costs power.
///
/// Source: G. K. Smyth, Linear Models and Empirical Bayes Methods, Statistical Applications in
/// Genetics and Molecular Biology 3(1), 2004.
pub(super) fn set_usual_variances(pairs: &[Pair], samples: &mut [Sample]) {
    // Without a prior yet, a variance is that of the pair's own rounds.
    let own_variance = |(pair, sample): (&Pair, &Sample)| {
        let has_one = pair.scale == Scale::Ratio && sample.values.len() >= FEW_ROUNDS;
        has_one.then(|| sample.variance(sample.sum))
    };
    let own: Vec<Option<f64>> = pairs.iter().zip(samples.iter()).map(own_variance).collect();
    let mut strays = Vec::new();
    for (pair, (sample, variance)) in pairs.iter().zip(samples.iter_mut().zip(&own)) {
        let others = pairs.iter().zip(&own).filter(|(other, _)| {
            (other.group, other.figure) == (pair.group, pair.figure)
                && !other
                    .engines
                    .iter()
                    .any(|engine| pair.engines.contains(engine))
        });
        let others: Vec<f64> = others.filter_map(|(_, variance)| *variance).collect();
        let Some(variance) = variance.filter(|_| others.len() >= FEW_OTHERS) else {
            continue;
        };
        let usual = median(others).unwrap_or(0.0);
        if usual > 0.0 && variance > 0.0 {
            let freedom = sample.values.len() as f64 - 1.0;
            // The variance of the logarithm of a sample variance of normal noise: trigamma(half).
            let half = freedom / 2.0;
            let chance = 1.0 / half + 0.5 / half.powi(2) + 1.0 / (6.0 * half.powi(3));
            strays.push((variance / usual).ln().powi(2) - chance);
            sample.usual = usual;
        }
    }
    let beyond_chance = strays.iter().sum::<f64>() / strays.len().max(1) as f64;
    let weight = (2.0 / beyond_chance.max(1e-9)).min(MOST_WEIGHT);
    for sample in samples.iter_mut().filter(|sample| sample.usual > 0.0) {
        sample.weight = weight;
    }
}

/// For how many rounds a prior counts at most. With 30, simulated sessions find little more, and lose
/// more where the noise of engines differs.
const MOST_WEIGHT: f64 = 10.0;

/// How many other pairs a prior needs.
const FEW_OTHERS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    /// An engine with a figure of 0 or less is compared in seconds, whose variance is that of nothing
    /// else: the priors of the others are as without it.
    #[test]
    fn a_difference_in_seconds_changes_no_prior() {
        let noise = |seed: usize| (seed * 7919 % 101) as f64 / 1010.0;
        let engines = 6;
        let pairs = |with: usize| -> Vec<Pair> {
            let sides = (0..with).flat_map(|right| (0..right).map(move |left| [left, right]));
            let pair = |engines: [usize; 2]| {
                let is_last = engines[1] == 5;
                let size = if is_last { 1e-6 } else { 1.0 };
                let round = |round: usize| size * noise(round * 31 + engines[0] * 5 + engines[1]);
                Pair {
                    group: 0,
                    figure: 0,
                    engines,
                    scale: if is_last {
                        Scale::Difference { size }
                    } else {
                        Scale::Ratio
                    },
                    rounds: (1..=12_usize).map(|number| Some(round(number))).collect(),
                    with_reference: engines[0] == 0,
                }
            };
            sides.map(pair).collect()
        };
        let priors = |pairs: &[Pair]| -> Vec<(f64, f64)> {
            let mut samples: Vec<Sample> = pairs.iter().map(Sample::new).collect();
            set_usual_variances(pairs, &mut samples);
            let priors = samples.iter().map(|sample| (sample.usual, sample.weight));
            priors.collect()
        };
        let (without, with) = (priors(&pairs(engines - 1)), priors(&pairs(engines)));
        assert!(without.iter().any(|(_, weight)| *weight > 0.0));
        assert_eq!(with[..without.len()], without);
        assert!(
            with[without.len()..]
                .iter()
                .all(|prior| *prior == (0.0, 0.0))
        );
        // Their own intervals are of their own size.
        let verdicts = crate::compare(&pairs(engines));
        for verdict in verdicts[without.len()..].iter().flatten() {
            let (low, high) = verdict.interval.unwrap();
            assert!(high - low < 1e-6, "{verdict:?}");
        }
    }
}
