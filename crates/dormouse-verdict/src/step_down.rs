//! The order of a step-down test, and the p-values that it gives.

use crate::RESAMPLES;

/// The places of these statistics, from the smallest to the largest.
pub(crate) fn ascending(measured: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..measured.len()).collect();
    order.sort_by(|left, right| measured[*left].total_cmp(&measured[*right]));
    order
}

/// The adjusted p-values: in how many of the resamples the largest of this statistic and all smaller
/// ones was as large as what was measured.
pub(crate) fn adjusted(order: &[usize], beyond: &[usize]) -> Vec<f64> {
    let mut chances = vec![1.0; order.len()];
    let mut least = 0.0_f64;
    for &number in order.iter().rev() {
        // None is proven if one with a larger statistic is not.
        least = least.max(beyond[number] as f64 / RESAMPLES as f64);
        chances[number] = least;
    }
    chances
}
