//! Verdicts on all pairs of a session, as one family.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::{ALPHA, FEW_ROUNDS, RESAMPLES, Scale, Verdict, median, pseudomedian, studentised};

/// Two engines that are compared by a figure.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// The group of the engines. The runs of different groups are independent.
    pub(crate) group: usize,
    /// The index of the figure.
    pub(crate) figure: usize,
    /// The indices of the two engines.
    pub(crate) engines: [usize; 2],
    pub(crate) scale: Scale,
    /// The difference in each round, on the scale; none if an engine lacks the figure.
    pub(crate) rounds: Vec<Option<f64>>,
    /// Whether one of them is the reference.
    pub(crate) with_reference: bool,
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
pub(crate) fn compare(pairs: &[Pair]) -> Vec<Option<Verdict>> {
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

/// The differences of a pair, with the rounds that have one.
struct Sample {
    places: Vec<usize>,
    values: Vec<f64>,
    sum: f64,
    squares: f64,
    /// The prior of the variance, from other pairs, and how many rounds it counts for.
    usual: f64,
    weight: f64,
}

impl Sample {
    fn new(pair: &Pair) -> Self {
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
    fn statistic(&self, sum: f64) -> f64 {
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

    /// The variance of its own rounds, if there are enough of them.
    fn own_variance(&self) -> Option<f64> {
        let n = self.values.len() as f64;
        let squares = (self.squares - self.sum * self.sum / n).max(0.0);
        (self.values.len() >= FEW_ROUNDS).then(|| squares / (n - 1.0))
    }

    fn flipped(&self, signs: &[f64]) -> f64 {
        let values = self.places.iter().zip(&self.values);
        self.statistic(values.map(|(place, value)| signs[*place] * value).sum())
    }

    /// The standard error of the mean.
    fn uncertainty(&self) -> f64 {
        (self.variance(self.sum) / self.values.len() as f64).sqrt()
    }

    /// The same values, shifted so that their mean is 0.
    fn centred(&self) -> Self {
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
/// less the priors count. The flips are valid with any prior: a poor one only costs power.
///
/// Source: G. K. Smyth, Linear Models and Empirical Bayes Methods, Statistical Applications in
/// Genetics and Molecular Biology 3(1), 2004.
fn set_usual_variances(pairs: &[Pair], samples: &mut [Sample]) {
    let own: Vec<Option<f64>> = samples.iter().map(Sample::own_variance).collect();
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
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_by(|left, right| measured[*left].total_cmp(&measured[*right]));
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
    let mut chances = vec![1.0; pairs.len()];
    let mut least = 0.0_f64;
    for &number in order.iter().rev() {
        // A pair is not proven if one with a larger statistic is not.
        least = least.max(beyond[number] as f64 / RESAMPLES as f64);
        chances[number] = least;
    }
    chances
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
    largest
        .get(place.min(largest.len().saturating_sub(1)))
        .copied()
        .unwrap_or(0.0)
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
