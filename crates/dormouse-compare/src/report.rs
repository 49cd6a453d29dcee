//! The results of comparisons, with every run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::{Engine, Kind};
use crate::environment::Environment;
use crate::error::Error;
use crate::figures::{Figure, Figures};
use crate::mode::Mode;
use crate::plan::{self, Plan, PlannedRow, Settings};
use crate::seed::Seed;
use crate::units::counted;
use crate::verdict::Verdict;
use crate::workload::About;

mod read;

/// The report of one or more sessions, which is written and read as JSON.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// The name of this format.
    pub(crate) schema: String,
    /// The version of this format; it rises with every change that a reader would notice.
    pub(crate) schema_version: u32,
    /// A comparison is one session; `merge` puts those of many machines side by side.
    pub(crate) sessions: Vec<Session>,
    /// In a file that a comparison still writes: the runs that are not in `engines` yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unfinished: Vec<Loose>,
}

/// One comparison on one machine.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Session {
    /// The name of the machine.
    pub(crate) label: String,
    pub(crate) settings: Settings,
    pub(crate) environment: Environment,
    /// What distorts the figures or was left out, and what to do about it.
    pub(crate) warnings: Vec<String>,
    /// The number of finished rounds.
    pub(crate) rounds: usize,
    /// The seed of each round that was begun.
    pub(crate) round_seeds: Vec<Seed>,
    /// The share of one core that the coordinator used while workers ran: 0.01 is one percent.
    pub(crate) coordinator_share: f64,
    /// The workloads, with the descriptions of their figures.
    pub(crate) workloads: Vec<About>,
    /// The engines; those of one workload, n, longest delay and mode are next to one another.
    pub(crate) engines: Vec<Row>,
    /// With four or more values of n: memory by n.
    pub(crate) memory: Vec<MemoryByN>,
    /// The findings, as sentences.
    pub(crate) summary: Vec<String>,
}

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
    /// The ranked figures in which no engine of its group is proven better, and some are proven worse.
    #[serde(default)]
    pub(crate) best_by: Vec<String>,
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

impl Report {
    /// The name of the format.
    pub const SCHEMA: &str = "dormouse-compare";
    /// The version of the format that is written.
    pub const SCHEMA_VERSION: u32 = 2;

    /// A report of these sessions, side by side.
    #[must_use]
    pub fn new(sessions: Vec<Session>) -> Self {
        Self {
            schema: Self::SCHEMA.into(),
            schema_version: Self::SCHEMA_VERSION,
            sessions,
            unfinished: Vec::new(),
        }
    }

    /// Reads a report of this version or of version 1; `name` is the name of the report in an error.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] in one line, if it is not a report.
    pub fn read(bytes: &[u8], name: &str) -> Result<Self, Error> {
        read::read(bytes, name)
    }

    /// Puts the sessions of many reports side by side, and works out their verdicts anew.
    #[must_use]
    pub fn merge(reports: impl IntoIterator<Item = Self>) -> Self {
        let sessions = reports.into_iter().flat_map(|report| report.sessions);
        let mut sessions: Vec<Session> = sessions.collect();
        sessions.iter_mut().for_each(Session::summarise);
        Self::new(sessions)
    }

    /// The report as JSON.
    ///
    /// # Errors
    ///
    /// If it can't be written as JSON; no such case is known.
    pub fn json(&self) -> Result<String, Error> {
        let text = serde_json::to_string(self).map_err(Error::run)?;
        Ok(text + "\n")
    }

    /// The sessions.
    #[must_use]
    pub fn sessions(&self) -> &[Session] {
        &self.sessions
    }
}

impl Session {
    pub(crate) fn new(plan: &Plan, label: Option<&str>) -> Self {
        let environment = Environment::before();
        Self {
            label: label.map_or_else(|| environment.line(), str::to_owned),
            settings: plan.settings.clone(),
            environment,
            warnings: plan.missing.clone(),
            rounds: 0,
            round_seeds: Vec::new(),
            coordinator_share: 0.0,
            workloads: plan.workloads.clone(),
            engines: plan
                .rows
                .iter()
                .map(|row| Row::new(row, &plan.workloads[row.workload]))
                .collect(),
            memory: Vec::new(),
            summary: Vec::new(),
        }
    }

    /// Works out warnings, verdicts and findings, once the runs are over.
    pub(crate) fn conclude(&mut self) {
        self.environment.after();
        let warnings = self.warn();
        self.warnings.extend(warnings);
        self.summarise();
    }

    /// The session as a report.
    #[must_use]
    pub fn report(&self) -> Report {
        Report::new(vec![self.clone()])
    }

    /// Whether no run of any engine failed.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.engines.iter().all(|row| row.failure.is_none())
    }

    /// The number of finished rounds.
    #[must_use]
    pub fn rounds(&self) -> usize {
        self.rounds
    }

    /// What distorts the figures or was left out, and what to do about it.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The findings, as sentences.
    #[must_use]
    pub fn summary(&self) -> &[String] {
        &self.summary
    }

    /// The median over the rounds of the figure of this key, of the first engine of this name.
    #[must_use]
    pub fn median(&self, engine: &str, figure: &str) -> Option<f64> {
        let mut rows = self.engines.iter();
        let row = rows.find(|row| row.engine.name == engine)?;
        row.medians.get(figure).copied()
    }

    /// Adds a sentence to the findings.
    pub fn say(&mut self, sentence: impl Into<String>) {
        self.summary.push(sentence.into());
    }

    /// How long a run of each engine takes at least, in seconds.
    #[must_use]
    pub fn expected_s(&self) -> Vec<f64> {
        // A process starts and ends in some 20 ms.
        let rows = self.engines.iter();
        rows.map(|row| row.max_delay_s + 0.02).collect()
    }

    /// The number of rounds that was asked for; none if a time was.
    #[must_use]
    pub fn asked_rounds(&self) -> Option<usize> {
        match self.settings.stop {
            plan::StopRule::Rounds(rounds) => Some(rounds),
            plan::StopRule::TimeBudgetS(_) => None,
        }
    }

    /// The time in seconds that the rounds may take; none if a number of rounds was asked for.
    #[must_use]
    pub fn asked_seconds(&self) -> Option<f64> {
        match self.settings.stop {
            plan::StopRule::Rounds(_) => None,
            plan::StopRule::TimeBudgetS(budget) => Some(budget),
        }
    }

    /// The workloads, n, longest delays, rounds and seed in one line.
    pub(crate) fn title(&self) -> String {
        let list = |numbers: Vec<String>| numbers.join(", ");
        let settings = &self.settings;
        let what: Vec<String> = match self.workloads.as_slice() {
            [one] => vec![one.things.clone()],
            many => many.iter().map(|about| about.name.clone()).collect(),
        };
        let n = list(settings.n.iter().map(usize::to_string).collect());
        let max = list(settings.max_delay_s.iter().map(f64::to_string).collect());
        let rounds = counted(self.rounds, "round");
        let seed = settings.seed.0;
        match what.as_slice() {
            [things] if n == "1" => {
                let thing = things.strip_suffix('s').unwrap_or(things);
                format!("1 {thing} of up to {max} s, {rounds}, seed {seed}")
            }
            [things] => format!("{n} {things} of up to {max} s, {rounds}, seed {seed}"),
            names => format!(
                "{}: n = {n}, delays of up to {max} s, {rounds}, seed {seed}",
                names.join(", ")
            ),
        }
    }

    /// The groups of engines that are ranked with one another: one workload, n, longest delay and mode.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &[Row]> {
        self.engines
            .chunk_by(|left, right| left.key() == right.key())
    }

    pub(crate) fn about(&self, row: &Row) -> Option<&About> {
        self.workloads
            .iter()
            .find(|about| about.name == row.workload)
    }

    pub(crate) fn title_of(&self, row: &Row) -> String {
        plan::title(&row.engine.name, self.about(row), row.n, row.max_delay_s)
    }
}

impl Row {
    /// A row without its runs.
    pub(crate) fn new(row: &PlannedRow, about: &About) -> Self {
        Self {
            engine: row.engine.clone(),
            workload: about.name.clone(),
            n: row.setup.n,
            max_delay_s: row.setup.max_delay.as_secs_f64(),
            runs: Vec::new(),
            failure: None,
            medians: BTreeMap::new(),
            versus: None,
            best_by: Vec::new(),
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

    /// A figure in each run that has it, with the round.
    pub(crate) fn each(&self, key: &str) -> Vec<(usize, f64)> {
        let figures = self.figures();
        figures
            .filter_map(|(round, figures)| Some((round, figures.get(key)?)))
            .collect()
    }

    /// The figures of each run that did not fail, with the round.
    pub(crate) fn figures(&self) -> impl Iterator<Item = (usize, &Figures)> {
        self.runs.iter().filter_map(|run| match &run.result {
            RunResult::Figures(figures) => Some((run.round, figures.as_ref())),
            RunResult::Failure(_) => None,
        })
    }

    pub(crate) fn first_failure(&self) -> Option<String> {
        self.runs.iter().find_map(|run| match &run.result {
            RunResult::Failure(failure) => Some(failure.clone()),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The schema file in the repository matches these types. `DORMOUSE_WRITE_SCHEMA=1` rewrites it;
    /// a change that a reader of the format would notice needs a new version.
    #[test]
    fn the_schema_file_is_that_of_the_report() {
        let mut schema = schemars::schema_for!(Report);
        let properties = schema.pointer_mut("/properties").unwrap();
        properties["schema"] = serde_json::json!({ "const": Report::SCHEMA });
        properties["schema_version"] = serde_json::json!({ "const": Report::SCHEMA_VERSION });
        let schema = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let file = format!(
            "{}/schema/{}-{}.schema.json",
            env!("CARGO_MANIFEST_DIR"),
            Report::SCHEMA,
            Report::SCHEMA_VERSION
        );
        if std::env::var_os("DORMOUSE_WRITE_SCHEMA").is_some() {
            std::fs::write(&file, &schema).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap();
        assert_eq!(kept, schema, "DORMOUSE_WRITE_SCHEMA=1 writes {file} anew");
    }
}
