//! What a comparison found: everything, every single run included.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::environment::Environment;
use crate::failure::Failure;
use crate::machine::Usage;
use crate::recorder::Record;

/// What `compare --json` prints.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Report {
    /// The name of this format.
    pub(crate) schema: String,
    /// Rises with every change that a reader of the format would notice.
    pub(crate) schema_version: u32,
    pub(crate) n: usize,
    pub(crate) max_delay_s: f64,
    pub(crate) seed: u64,
    pub(crate) rounds_planned: usize,
    /// The seed of the delays of each round that was begun.
    pub(crate) round_seeds: Vec<u64>,
    pub(crate) environment: Environment,
    pub(crate) engines: Vec<Row>,
}

/// An engine with all its runs.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Row {
    #[serde(flatten)]
    pub(crate) engine: Engine,
    pub(crate) version: String,
    pub(crate) runs: Vec<RunReport>,
}

/// One run.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct RunReport {
    pub(crate) round: usize,
    /// Its place in the round, from 0.
    pub(crate) place: usize,
    #[serde(flatten)]
    pub(crate) result: RunResult,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RunResult {
    Figures(Box<Figures>),
    /// What went wrong.
    Failure(String),
}

/// The figures of one run; times in seconds.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Figures {
    /// From nothing until the runtime had run a first task and a first sleep; in no other figure.
    pub(crate) startup_s: f64,
    pub(crate) total_s: f64,
    /// The total by n.
    pub(crate) per_wait_s: f64,
    /// The total without the largest delay.
    pub(crate) overhead_s: f64,
    /// Until every sleep had been polled once.
    pub(crate) arm_s: Option<f64>,
    /// The sum of the delays by the total: 1 if they ran one after the other.
    pub(crate) concurrency: f64,
    /// Neighbours in the order in which the runtime ended the sleeps. The list itself has none.
    pub(crate) out_of_order: u64,
    pub(crate) lateness: Lateness,
    #[serde(flatten)]
    pub(crate) usage: Usage,
    pub(crate) cpu_per_wait_s: f64,
    pub(crate) base_rss_bytes: u64,
    pub(crate) peak_rss_bytes: u64,
    /// What writing down the lateness of a wait costs, in nanoseconds.
    pub(crate) recording_ns: f64,
}

/// How late the waits were, from the instant that was meant: the start and the delay.
#[derive(Debug, Deserialize, Serialize)]
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
    pub(crate) fn new(record: &Record) -> Result<Self, Failure> {
        let mut histogram = Histogram::<u64>::new(3).map_err(Failure::run)?;
        for (nanos, count) in &record.lateness {
            histogram.record_n(*nanos, *count).map_err(Failure::run)?;
        }
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1e9;
        Ok(Self {
            min_s: histogram.min() as f64 / 1e9,
            p50_s: at(0.5),
            p90_s: at(0.9),
            p99_s: at(0.99),
            p999_s: at(0.999),
            max_s: histogram.max() as f64 / 1e9,
            early: record.early,
            overflow: record.overflow,
            histogram_ns: record.lateness.clone(),
        })
    }
}

impl Report {
    pub(crate) const SCHEMA: &str = "dormouse-compare";
    pub(crate) const SCHEMA_VERSION: u32 = 1;

    /// Whether every run of every engine did what it should.
    pub(crate) fn is_whole(&self) -> bool {
        self.engines.iter().all(|row| row.failure().is_none())
    }
}

impl Row {
    /// What went wrong first, if anything did.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.runs.iter().find_map(|run| match &run.result {
            RunResult::Failure(failure) => Some(failure.as_str()),
            RunResult::Figures(_) => None,
        })
    }

    /// One figure of each run that has it, with its round.
    pub(crate) fn each(&self, figure: fn(&Figures) -> f64) -> Vec<(usize, f64)> {
        let figures = self.runs.iter().filter_map(|run| match &run.result {
            RunResult::Figures(figures) => Some((run.round, figure(figures))),
            RunResult::Failure(_) => None,
        });
        figures.collect()
    }

    /// The median of a figure, if any run has it.
    pub(crate) fn median(&self, figure: fn(&Figures) -> f64) -> Option<f64> {
        crate::verdict::median(
            self.each(figure)
                .into_iter()
                .map(|(_, figure)| figure)
                .collect(),
        )
    }
}
