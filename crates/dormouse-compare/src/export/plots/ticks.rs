//! The ranges and the ticks of logarithmic axes.

/// The range of the figures with some margin, for a logarithmic axis.
pub(super) fn range(figures: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = figures.fold((f64::MAX, f64::MIN_POSITIVE), |(low, high), figure| {
        (low.min(figure), high.max(figure))
    });
    (
        low.clamp(1e-12, 1e90) / 1.15,
        high.clamp(1e-12, 1e90) * 1.15,
    )
}

/// The powers of ten of a logarithmic axis.
pub(super) fn decades(low: f64, high: f64) -> Vec<f64> {
    let powers = low.log10().ceil() as i32..=high.log10().floor() as i32;
    powers.map(|power| 10_f64.powi(power)).collect()
}

/// Round numbers for the ticks of a logarithmic axis: from two to `most`.
pub(super) fn ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let power = low.log10().floor() as i32 - 1;
    let powers = move || (power..=high.log10().ceil() as i32).map(|power| 10_f64.powi(power));
    let of = |steps: &[f64]| -> Vec<f64> {
        let all = powers().flat_map(|power| steps.iter().map(move |step| step * power));
        all.filter(|tick| (low..=high).contains(tick)).collect()
    };
    // A short range has equal steps.
    let step = 10_f64.powf(((high - low) / most as f64).log10().ceil());
    let ruler = |step: f64| {
        let first = (low / step).ceil() as i64;
        let last = (high / step).floor() as i64;
        (first..=last.min(first + 50))
            .map(|tick| tick as f64 * step)
            .collect::<Vec<f64>>()
    };
    let mut candidates = vec![of(&[1.0, 2.0, 5.0]), of(&[1.0, 3.0]), of(&[1.0])];
    if high / low < 8.0 {
        candidates = vec![ruler(step / 5.0), ruler(step / 2.0), ruler(step)];
    }
    let fitting = candidates
        .iter()
        .find(|ticks| (2..=most).contains(&ticks.len()));
    match fitting {
        Some(ticks) => ticks.clone(),
        // Decades with equal gaps, or both ends of the range.
        None => {
            let decades = of(&[1.0]);
            let every = decades.len().div_ceil(most).max(1);
            let few: Vec<f64> = decades.into_iter().step_by(every).collect();
            if few.len() < 2 {
                vec![low * 1.15, high / 1.15]
            } else {
                few
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_without_an_end_has_one() {
        let (low, high) = range([0.0, f64::INFINITY].into_iter());
        assert!(low > 0.0 && (high / low).is_finite());
        assert!(decades(low, high).len() < 200);
    }

    #[test]
    fn every_axis_has_two_ticks_and_not_too_many() {
        for low in [1e-9, 3.3e-6, 0.7, 42.0] {
            for span in [1.02, 1.4, 3.0, 9.0, 30.0, 1e3, 1e7] {
                let ticks = ticks(low, low * span, 5);
                assert!((2..=5).contains(&ticks.len()), "{low} {span}: {ticks:?}");
                assert!(ticks.iter().all(|tick| (low..=low * span).contains(tick)));
            }
        }
    }
}
