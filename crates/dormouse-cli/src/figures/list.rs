//! Every figure with its names, for whatever shows it: tables, exports, plots.

use crate::figures::Figures;
use crate::units;

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
