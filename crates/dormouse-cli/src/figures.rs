//! The figures of a run, and how they are shown.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::machine::Usage;
use crate::units;

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

/// A figure, wherever it is shown.
pub(crate) struct Figure {
    /// Its name in what programs read.
    pub(crate) key: &'static str,
    /// Its name in what people read.
    pub(crate) title: &'static str,
    pub(crate) of: fn(&Figures) -> Option<f64>,
    pub(crate) text: fn(f64) -> String,
    /// What having the least of it is called, where engines are ranked by it.
    pub(crate) least: Option<&'static str>,
}

/// Every figure; the first ones are those of a narrow table.
pub(crate) const FIGURES: [Figure; 22] = [
    Figure {
        least: Some("the least overhead"),
        ..Figure::new(
            "overhead_s",
            "overhead",
            |figures| Some(figures.overhead_s),
            units::seconds,
        )
    },
    Figure::new(
        "per_wait_s",
        "total/n",
        |figures| Some(figures.per_wait_s),
        units::seconds,
    ),
    Figure::new(
        "late_p50_s",
        "late p50",
        |figures| figures.late(|late| late.p50_s),
        units::seconds,
    ),
    Figure {
        least: Some("the least lateness (p99)"),
        ..Figure::new(
            "late_p99_s",
            "late p99",
            |figures| figures.late(|late| late.p99_s),
            units::seconds,
        )
    },
    Figure {
        least: Some("the least CPU"),
        ..Figure::new(
            "cpu_per_wait_s",
            "CPU/wait",
            |figures| figures.cpu_per_wait_s,
            units::seconds,
        )
    },
    Figure {
        least: Some("the least memory"),
        ..Figure::new(
            "peak_rss_bytes",
            "memory",
            |figures| figures.peak_rss_bytes.map(|bytes| bytes as f64),
            units::bytes,
        )
    },
    Figure::new(
        "late_max_s",
        "late max",
        |figures| figures.late(|late| late.max_s),
        units::seconds,
    ),
    Figure::new(
        "out_of_order",
        "unordered",
        |figures| Some(figures.out_of_order as f64),
        units::count,
    ),
    Figure::new(
        "cpu_user_s",
        "user",
        |figures| figures.used(|used| Some(used.cpu_user_s)),
        units::seconds,
    ),
    Figure::new(
        "cpu_system_s",
        "system",
        |figures| figures.used(|used| Some(used.cpu_system_s)),
        units::seconds,
    ),
    Figure::new(
        "startup_s",
        "start-up",
        |figures| figures.startup_s,
        units::seconds,
    ),
    Figure::new("arm_s", "arm", |figures| figures.arm_s, units::seconds),
    Figure::new(
        "drain_s",
        "drain",
        |figures| figures.drain_s,
        units::seconds,
    ),
    Figure::new(
        "voluntary_switches",
        "switches",
        |figures| figures.used(|used| Some(used.voluntary_switches? as f64)),
        units::count,
    ),
    Figure::new(
        "involuntary_switches",
        "preempted",
        |figures| figures.used(|used| Some(used.involuntary_switches? as f64)),
        units::count,
    ),
    Figure::new(
        "late_p90_s",
        "late p90",
        |figures| figures.late(|late| late.p90_s),
        units::seconds,
    ),
    Figure::new(
        "late_p999_s",
        "late p99.9",
        |figures| figures.late(|late| late.p999_s),
        units::seconds,
    ),
    Figure::new(
        "late_min_s",
        "late min",
        |figures| figures.late(|late| late.min_s),
        units::seconds,
    ),
    Figure::new(
        "concurrency",
        "concurrency",
        |figures| Some(figures.concurrency),
        units::ratio,
    ),
    Figure::new(
        "overhead_per_wait_s",
        "overhead/n",
        |figures| Some(figures.overhead_per_wait_s),
        units::seconds,
    ),
    Figure::new(
        "recording_ns",
        "recording",
        |figures| figures.recording_ns,
        |nanos| units::seconds(nanos / 1e9),
    ),
    Figure::new(
        "early",
        "early",
        |figures| Some(figures.lateness.early as f64),
        units::count,
    ),
];

/// How many of them a table of 80 columns shows.
pub(crate) const NARROW: usize = 6;

/// The figures by which engines are ranked.
pub(crate) fn ranked() -> impl Iterator<Item = &'static Figure> {
    FIGURES.iter().filter(|figure| figure.least.is_some())
}

impl Figure {
    const fn new(
        key: &'static str,
        title: &'static str,
        of: fn(&Figures) -> Option<f64>,
        text: fn(f64) -> String,
    ) -> Self {
        Self {
            key,
            title,
            of,
            text,
            least: None,
        }
    }
}

impl Figures {
    /// A figure of the lateness, unless nothing of it is known.
    fn late(&self, of: fn(&Lateness) -> f64) -> Option<f64> {
        (!self.lateness.histogram_ns.is_empty()).then(|| of(&self.lateness))
    }

    fn used(&self, of: fn(&Usage) -> Option<f64>) -> Option<f64> {
        self.usage.as_ref().and_then(of)
    }
}
