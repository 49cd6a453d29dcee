//! The figures of a run, and their descriptions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::units;

/// The description of a figure.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Figure {
    /// Its key in JSON and CSV, which no other figure of the workload has.
    pub key: String,
    /// Its name in tables, sentences and plots.
    pub title: String,
    /// Its unit.
    pub unit: Unit,
    /// Whether less or more of it is better.
    pub better: Better,
    /// The concern that it ranks engines for, which begins its line in the summary, if it ranks any.
    pub concern: Option<String>,
}

/// The unit of a figure.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// A number of things.
    Count,
    /// Things per second.
    Rate,
    /// A quotient.
    Ratio,
}

/// Whether less or more of a figure is better.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// Less is better.
    Less,
    /// More is better.
    More,
}

impl Figure {
    /// A figure of which less is better, and which ranks no engines.
    #[must_use]
    pub fn new(key: impl Into<String>, title: impl Into<String>, unit: Unit) -> Self {
        Self {
            key: key.into(),
            title: title.into(),
            unit,
            better: Better::Less,
            concern: None,
        }
    }

    /// Makes more of this figure better.
    #[must_use]
    pub fn more_is_better(mut self) -> Self {
        self.better = Better::More;
        self
    }

    /// Ranks engines by this figure, for a concern such as "wakes on time" or "costs the least CPU".
    ///
    /// Its line in the summary begins with the concern.
    #[must_use]
    pub fn ranked(mut self, concern: impl Into<String>) -> Self {
        self.concern = Some(concern.into());
        self
    }

    /// A value of this figure as text, with its unit.
    #[must_use]
    pub fn text(&self, value: f64) -> String {
        match self.unit {
            Unit::Seconds => units::seconds(value),
            Unit::Bytes => units::bytes(value),
            Unit::Count => units::count(value),
            Unit::Rate => units::rate(value),
            Unit::Ratio => units::ratio(value),
        }
    }
}

/// The figures of one run, by their keys; a figure that could not be measured is absent.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Figures {
    /// The lateness of all that was timed.
    #[serde(default)]
    pub lateness: Lateness,
    /// All other figures, by key.
    #[serde(flatten)]
    pub values: BTreeMap<String, f64>,
}

/// How late waits ended, counted from the intended instant, which is the start plus the delay.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Lateness {
    /// How many ended before their deadline.
    pub early: u64,
    /// How many were too late for the histogram: more than 18 minutes.
    pub overflow: u64,
    /// Pairs of a lateness in nanoseconds, within 1/64, and how many were that late; ascending.
    pub histogram_ns: Vec<(u64, u64)>,
}

impl Figures {
    /// The figure of this key, if it was measured.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<f64> {
        self.values.get(key).copied()
    }

    /// Sets a figure, unless its value is not a finite number.
    pub(crate) fn set(&mut self, key: &str, value: impl Into<Option<f64>>) {
        if let Some(value) = value.into().filter(|value| value.is_finite()) {
            self.values.insert(key.into(), value);
        }
    }

    /// Sets what was recorded and its quantiles: `late_p50_s` and so on.
    pub(crate) fn set_lateness(&mut self, timing: &str, lateness: Lateness) {
        for (name, share) in [
            ("min", 0.0),
            ("p50", 0.5),
            ("p90", 0.9),
            ("p99", 0.99),
            ("p999", 0.999),
            ("max", 1.0),
        ] {
            self.set(&format!("{timing}_{name}_s"), lateness.quantile(share));
        }
        if lateness.count() + lateness.early > 0 {
            self.set("early", lateness.early as f64);
        }
        self.lateness = lateness;
    }
}

impl Lateness {
    /// How many waits are in the histogram.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.histogram_ns.iter().map(|(_, count)| count).sum()
    }

    /// The lateness in seconds that this share of the waits did not exceed; none if there are no waits.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let rank = ((share * self.count() as f64).ceil() as u64).max(1);
        let mut seen = 0;
        let (nanos, _) = self.histogram_ns.iter().find(|(_, count)| {
            seen += count;
            seen >= rank
        })?;
        Some(*nanos as f64 / 1e9)
    }

    /// Several histograms as one, so that no quantiles are averaged.
    pub(crate) fn merged<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        let mut merged = BTreeMap::new();
        for (nanos, count) in all.flat_map(|lateness| &lateness.histogram_ns) {
            *merged.entry(*nanos).or_default() += count;
        }
        Self {
            histogram_ns: merged.into_iter().collect(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_the_least_that_enough_did_not_exceed() {
        let hundred = Lateness {
            histogram_ns: (1..=100).map(|nanos| (nanos * 1_000_000_000, 1)).collect(),
            ..Lateness::default()
        };
        assert_eq!(hundred.quantile(0.0), Some(1.0));
        assert_eq!(hundred.quantile(0.5), Some(50.0));
        assert_eq!(hundred.quantile(0.99), Some(99.0));
        assert_eq!(hundred.quantile(1.0), Some(100.0));
        assert_eq!(Lateness::default().quantile(0.5), None);
    }

    #[test]
    fn what_is_no_number_is_not_there() {
        let mut figures = Figures::default();
        figures.set("a", f64::NAN);
        figures.set("b", f64::INFINITY);
        figures.set("c", 1.0);
        assert_eq!(figures.values.len(), 1);
    }
}
