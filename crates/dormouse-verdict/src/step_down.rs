//! The step-down test: what chance alone produces in a family of statistics.

use crate::RESAMPLES;

/// The adjusted p-values of what was measured, and the largest statistic of each resample, ascending.
///
/// An adjusted p-value is the share of the resamples in which the largest of this statistic and all
/// that were measured smaller is as large as what was measured.
pub(crate) fn step_down<R>(
    measured: &[f64],
    mut resample: impl FnMut() -> R,
    statistic: impl Fn(&R, usize) -> f64,
) -> (Vec<f64>, Vec<f64>) {
    let mut order: Vec<usize> = (0..measured.len()).collect();
    order.sort_by(|left, right| measured[*left].total_cmp(&measured[*right]));
    // What was measured counts as one of the resamples.
    let mut beyond = vec![1_u32; measured.len()];
    let mut largests = Vec::with_capacity(RESAMPLES);
    for _ in 1..RESAMPLES {
        let resample = resample();
        let mut largest: f64 = 0.0;
        for &number in &order {
            largest = largest.max(statistic(&resample, number));
            beyond[number] += u32::from(largest >= measured[number]);
        }
        largests.push(largest);
    }
    largests.sort_unstable_by(f64::total_cmp);
    let mut chances = vec![1.0; measured.len()];
    let mut least = 0.0_f64;
    for &number in order.iter().rev() {
        // None is proven if one with a larger statistic is not.
        least = least.max(f64::from(beyond[number]) / RESAMPLES as f64);
        chances[number] = least;
    }
    (chances, largests)
}
