//! A row of a session, and its runs.

use std::collections::BTreeMap;

use dormouse_verdict::Verdict;
use serde::{Deserialize, Serialize};

use crate::engine::{Engine, Kind, Mode};
use crate::figures::{Figure, Figures};
use crate::report::Seed;

/// An engine with its workload, n and longest delay, and all its runs.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Row {
    #[serde(flatten)]
    pub(crate) engine: Engine,
    pub(crate) workload: String,
    pub(crate) n: usize,
    pub(crate) max_delay_s: f64,
    pub(crate) runs: Vec<RunReport>,
    /// The failure of its first failed run, if there is one.
    pub(crate) failure: Option<String>,
    /// The median of each figure over the rounds.
    pub(crate) medians: BTreeMap<String, f64>,
    /// The verdict on each ranked figure, against the reference of its group.
    pub(crate) versus: Option<Versus>,
    /// The ranked figures in which it is one of the best of its group, each of which is proven better than each of the others.
    #[serde(default)]
    pub(crate) best_by: Vec<String>,
    /// The rows that it is proven better than, by each ranked figure.
    #[serde(skip)]
    pub(crate) beats: BTreeMap<String, Vec<Beaten>>,
}

/// A row that another is proven better than.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beaten {
    /// Its index in the session.
    pub(crate) place: usize,
    /// The verdict on it, against the better one.
    pub(crate) verdict: Verdict,
}

/// The result of one run.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RunReport {
    /// The number of its round, from 0.
    pub(crate) round: usize,
    /// Its place in the order of the round, from 0.
    pub(crate) place: usize,
    #[serde(flatten)]
    pub(crate) result: RunResult,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum RunResult {
    Figures(Box<Figures>),
    /// Why the run failed.
    Failure(String),
}

/// A run, with the index of its engine in the session.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Loose {
    pub(crate) number: usize,
    /// The seed of its round.
    pub(crate) seed: Seed,
    pub(crate) run: RunReport,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Versus {
    /// The name of the reference engine.
    pub(crate) reference: String,
    pub(crate) verdicts: BTreeMap<String, Verdict>,
}

/// The least-squares line through the peak memory at each n.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct MemoryByN {
    pub(crate) engine: String,
    pub(crate) workload: String,
    pub(crate) max_delay_s: f64,
    /// The slope of the line.
    pub(crate) bytes_per_wait: f64,
    /// The intercept of the line: the process without waits.
    pub(crate) base_bytes: f64,
}

impl Row {
    /// A row without its runs.
    pub(crate) fn new(engine: Engine, workload: String, n: usize, max_delay_s: f64) -> Self {
        Self {
            engine,
            workload,
            n,
            max_delay_s,
            runs: Vec::new(),
            failure: None,
            medians: BTreeMap::new(),
            versus: None,
            best_by: Vec::new(),
            beats: BTreeMap::new(),
        }
    }

    pub(crate) fn key(&self) -> (&str, usize, u64, Option<Mode>, bool) {
        (
            &self.workload,
            self.n,
            self.max_delay_s.to_bits(),
            self.engine.mode,
            self.engine.kind == Kind::Floor,
        )
    }

    /// A figure in each run that has it.
    pub(crate) fn values(&self, key: &str) -> Vec<f64> {
        let figures = self.figures();
        figures
            .filter_map(|(_, figures)| figures.get(key))
            .collect()
    }

    /// The figures of each run that did not fail, with the round.
    pub(crate) fn figures(&self) -> impl Iterator<Item = (usize, &Figures)> {
        self.runs.iter().filter_map(|run| match &run.result {
            RunResult::Figures(figures) => Some((run.round, figures.as_ref())),
            RunResult::Failure(_) => None,
        })
    }

    /// The failure of its first failed run, and whether the row ran on after that.
    pub(crate) fn first_failure(&self) -> Option<String> {
        let first = self.failures().next()?;
        // A run that follows the second failure is of a version that left nothing out.
        let is_last = matches!(
            self.runs.last().map(|run| &run.result),
            Some(RunResult::Failure(_))
        );
        Some(if is_last && self.failures().count() == MOST_FAILURES {
            format!("{first}; after its second failed run it was left out of further rounds")
        } else {
            first.to_owned()
        })
    }

    /// Whether it has failed so often that no further round runs it: it is not ranked anyway, and each
    /// run that hangs takes as long as the limit.
    pub(crate) fn is_left_out(&self) -> bool {
        self.failures().count() >= MOST_FAILURES
    }

    fn failures(&self) -> impl Iterator<Item = &str> {
        self.runs.iter().filter_map(|run| match &run.result {
            RunResult::Failure(failure) => Some(failure.as_str()),
            RunResult::Figures(_) => None,
        })
    }

    /// The verdict on a figure, against that of the reference.
    pub(crate) fn verdict(&self, key: &str) -> Option<&Verdict> {
        self.versus.as_ref()?.verdicts.get(key)
    }

    /// The median of a figure, if any run has it.
    pub(crate) fn median(&self, figure: &Figure) -> Option<f64> {
        self.medians.get(&figure.key).copied()
    }
}

/// A row has as many failed runs at most: a single one may be an accident.
const MOST_FAILURES: usize = 2;
