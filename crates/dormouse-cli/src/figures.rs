//! The figures of a run, and how they are shown.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
pub(crate) use crate::figures::list::{FIGURES, Figure, NARROW, ranked};
use crate::machine::Usage;

mod list;

/// The figures of one run; times in seconds. On virtual time nothing of the machine is told.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Figures {
    /// From nothing until the runtime had run a first task and a first sleep; in no other figure.
    pub(crate) startup_s: Option<f64>,
    pub(crate) total_s: f64,
    /// The total by n.
    pub(crate) per_wait_s: f64,
    /// The total without the largest delay.
    pub(crate) overhead_s: f64,
    /// The overhead by n.
    pub(crate) overhead_per_wait_s: f64,
    /// Until every sleep had been polled once.
    pub(crate) arm_s: Option<f64>,
    /// From then to the end.
    pub(crate) drain_s: Option<f64>,
    /// The sum of the delays by the total: 1 if they ran one after the other.
    pub(crate) concurrency: f64,
    /// Neighbours in the order in which the runtime ended the sleeps. Our lists have none.
    pub(crate) out_of_order: u64,
    pub(crate) lateness: Lateness,
    #[serde(flatten)]
    pub(crate) usage: Option<Usage>,
    pub(crate) cpu_per_wait_s: Option<f64>,
    pub(crate) base_rss_bytes: Option<u64>,
    pub(crate) peak_rss_bytes: Option<u64>,
    /// What writing down the lateness of a wait costs, in nanoseconds.
    pub(crate) recording_ns: Option<f64>,
}

/// How late the waits were, from the instant that was meant: the start and the delay.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Lateness {
    pub(crate) min_s: f64,
    pub(crate) p50_s: f64,
    pub(crate) p90_s: f64,
    pub(crate) p99_s: f64,
    pub(crate) p999_s: f64,
    pub(crate) max_s: f64,
    /// Waits that ended before their deadline.
    pub(crate) early: u64,
    /// Waits too late for the histogram.
    pub(crate) overflow: u64,
    /// Nanoseconds, within a 64th, and how many waits were so late.
    pub(crate) histogram_ns: Vec<(u64, u64)>,
}

impl Lateness {
    pub(crate) fn new(
        histogram_ns: Vec<(u64, u64)>,
        early: u64,
        overflow: u64,
    ) -> Result<Self, Failure> {
        let histogram = histogram(&histogram_ns)?;
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1e9;
        Ok(Self {
            min_s: histogram_ns
                .first()
                .map_or(0.0, |(nanos, _)| *nanos as f64 / 1e9),
            p50_s: at(0.5),
            p90_s: at(0.9),
            p99_s: at(0.99),
            p999_s: at(0.999),
            max_s: histogram_ns
                .last()
                .map_or(0.0, |(nanos, _)| *nanos as f64 / 1e9),
            early,
            overflow,
            histogram_ns,
        })
    }
}

/// The histogram of one run, or of several as one: quantiles are never averaged.
pub(crate) fn histogram(counts: &[(u64, u64)]) -> Result<Histogram<u64>, Failure> {
    let mut histogram = Histogram::new(3).map_err(Failure::run)?;
    for (nanos, count) in counts {
        histogram.record_n(*nanos, *count).map_err(Failure::run)?;
    }
    Ok(histogram)
}

impl Figures {
    /// A figure of the lateness, unless nothing of it is known.
    pub(super) fn late(&self, of: fn(&Lateness) -> f64) -> Option<f64> {
        (!self.lateness.histogram_ns.is_empty()).then(|| of(&self.lateness))
    }

    pub(super) fn used(&self, of: fn(&Usage) -> Option<f64>) -> Option<f64> {
        self.usage.as_ref().and_then(of)
    }
}
