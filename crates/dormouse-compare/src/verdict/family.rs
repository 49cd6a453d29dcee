//! All pairs of a session at once.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::{ALPHA, FEW_ROUNDS, RESAMPLES, Scale, Verdict, median, pseudomedian, studentised};

/// Two engines that are held against one another by a figure.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// Engines of one group are ranked with one another. The runs of two groups are independent.
    pub(crate) group: usize,
    /// The number of the figure.
    pub(crate) figure: usize,
    /// The numbers of the two engines.
    pub(crate) engines: [usize; 2],
    pub(crate) scale: Scale,
    /// The difference in each round, by the scale; none where one of them has no figure.
    pub(crate) rounds: Vec<Option<f64>>,
    /// Whether one of them is the reference.
    pub(crate) with_reference: bool,
}

/// Compares all pairs of a session, so that it says anything false in at most 5 of 100 sessions,
/// however many pairs there are and whichever of them do not differ.
///
/// The unit is the round: the waits of one run depend on one another. Where two engines are equal
/// their difference has either sign in a round with the same chance, so the signs of whole rounds
/// are flipped: one flip for all pairs and figures of a group, which keeps how they depend on one
/// another. What is measured is the mean in units of its own uncertainty. The largest over all
/// pairs of each flip says what chance alone brings about; pairs that are beyond it are proven, and
/// the largest over the others says so of the next (step-down max-T).
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
            // The estimate and the mean that was tested must agree which is the lesser.
            let differs = chances[number] <= ALPHA && estimate * sample.sum > 0.0;
            Some(pair.scale.verdict(estimate, Some(half), differs))
        })
        .collect()
}

/// The rounds of a pair that have a difference.
struct Sample {
    places: Vec<usize>,
    values: Vec<f64>,
    sum: f64,
    squares: f64,
    /// The variance that is usual among pairs like it, and for how many rounds that stands.
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

    /// The studentised mean, if the sum were this.
    fn statistic(&self, sum: f64) -> f64 {
        let n = self.values.len() as f64;
        if n < FEW_ROUNDS as f64 {
            return 0.0;
        }
        studentised(sum / n, self.variance(sum) / n, self.squares / n)
    }

    /// The variance if the sum were this: its own, drawn towards the usual one.
    fn variance(&self, sum: f64) -> f64 {
        let n = self.values.len() as f64;
        let own = (self.squares - sum * sum / n).max(0.0);
        (own + self.weight * self.usual) / (n - 1.0 + self.weight)
    }

    /// The variance of its rounds, if there are enough to tell.
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

    /// As if the mean were 0.
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

/// Tells each pair which variance is usual, and how much that says of its own.
///
/// A variance of eight rounds is a poor one, and studentised by it many pairs look far apart by
/// chance. Noise that is alike for many engines is better known from them all (an empirical Bayes
/// estimate). What is usual for a pair comes from pairs that have neither of its engines, so that it
/// is independent of what is tested; and it counts the less, the more the variances of a session
/// stray from what is usual. The flips hold whatever it is: a poor guess costs power alone.
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
            // The logarithm of a variance of normal noise strays by so much (the trigamma function).
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
/// What is usual counts for so many rounds at most. Simulated sessions find little more with 30, and
/// lose more where noise differs.
const MOST_WEIGHT: f64 = 10.0;

/// So many other pairs tell what is usual.
const FEW_OTHERS: usize = 3;

/// Pairs without the reference are for the set of the best, and need a clearer difference: so the
/// reference's, which stand in the table, find smaller ones. Chosen on simulated sessions: with 0.8
/// the reference's lose little, and the best are found as promised.
fn weight(pair: &Pair) -> f64 {
    if pair.with_reference { 1.0 } else { 0.8 }
}

/// The chance of each pair to be so far apart or further, if it does not differ, in a family of all
/// that are not proven before it.
fn chances(pairs: &[Pair], samples: &[Sample]) -> Vec<f64> {
    let measured: Vec<f64> = pairs
        .iter()
        .zip(samples)
        .map(|(pair, sample)| weight(pair) * sample.statistic(sample.sum))
        .collect();
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_by(|left, right| measured[*left].total_cmp(&measured[*right]));
    // What was measured is a resample itself.
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
        // None is proven that is nearer than one that is not.
        least = least.max(beyond[number] as f64 / RESAMPLES as f64);
        chances[number] = least;
    }
    chances
}

/// How many standard errors hold the truth of all pairs at once.
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

/// The signs of the rounds of each group. They are always the same ones, so that a report that is
/// read again says the same.
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

    /// With one pair, the chance is the share of all flips that are as far out, counted one by one.
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
