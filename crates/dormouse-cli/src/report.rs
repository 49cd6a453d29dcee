//! What comparisons found: everything, every single run included.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::environment::Environment;
use crate::figures::{Figure, Figures};
use crate::plan::{self, Cell, Settings};
use crate::units::counted;
use crate::verdict::Verdict;

/// What `compare --json` and `merge --json` write.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Report {
    /// The name of this format.
    pub(crate) schema: String,
    /// Rises with every change that a reader of the format would notice.
    pub(crate) schema_version: u32,
    /// What `compare` found is one; `merge` puts those of many machines side by side.
    pub(crate) sessions: Vec<Session>,
}

/// One comparison on one machine.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Session {
    /// What the machine is called.
    pub(crate) label: String,
    pub(crate) settings: Settings,
    pub(crate) environment: Environment,
    /// What should be known before this is believed, and what to do about it.
    pub(crate) warnings: Vec<String>,
    /// How many rounds were finished.
    pub(crate) rounds: usize,
    /// The seed of the delays of each round that was begun.
    pub(crate) round_seeds: Vec<u64>,
    /// What the coordinator took of one core while workers ran: 0.01 is a hundredth.
    pub(crate) coordinator_share: f64,
    /// The engines, those of one n, one longest delay and one mode side by side.
    pub(crate) engines: Vec<Row>,
    /// Where there are four or more n: memory by n.
    pub(crate) memory: Vec<MemoryByN>,
    /// The findings in words.
    pub(crate) summary: Vec<String>,
}

/// An engine with so many waits, and all its runs.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Row {
    #[serde(flatten)]
    pub(crate) engine: Engine,
    pub(crate) n: usize,
    pub(crate) max_delay_s: f64,
    pub(crate) runs: Vec<RunReport>,
    /// What went wrong first, if anything did.
    pub(crate) failure: Option<String>,
    /// The median over the rounds of each figure.
    pub(crate) medians: BTreeMap<String, f64>,
    /// How it stands to the reference of its mode, figure by figure.
    pub(crate) versus: Option<Versus>,
}

/// One run.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RunReport {
    /// From 0.
    pub(crate) round: usize,
    /// Its place in the round, from 0.
    pub(crate) place: usize,
    #[serde(flatten)]
    pub(crate) result: RunResult,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum RunResult {
    Figures(Box<Figures>),
    /// What went wrong.
    Failure(String),
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Versus {
    /// The name of the engine.
    pub(crate) reference: String,
    pub(crate) verdicts: BTreeMap<String, Verdict>,
}

/// The line through the peak memory of runs of many n.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct MemoryByN {
    pub(crate) engine: String,
    pub(crate) max_delay_s: f64,
    /// Its slope.
    pub(crate) bytes_per_wait: f64,
    /// Where it begins: the process without waits.
    pub(crate) base_bytes: f64,
}

impl Report {
    pub(crate) const SCHEMA: &str = "dormouse-compare";
    pub(crate) const SCHEMA_VERSION: u32 = 1;

    pub(crate) fn new(sessions: Vec<Session>) -> Self {
        Self {
            schema: Self::SCHEMA.into(),
            schema_version: Self::SCHEMA_VERSION,
            sessions,
        }
    }
}

impl Session {
    /// Whether every run of every engine did what it should.
    pub(crate) fn is_whole(&self) -> bool {
        self.engines.iter().all(|row| row.failure.is_none())
    }

    /// What was run, in a line.
    pub(crate) fn title(&self) -> String {
        let list = |numbers: Vec<String>| numbers.join(", ");
        let settings = &self.settings;
        format!(
            "{} waits of up to {} s, {}, seed {}",
            list(settings.n.iter().map(usize::to_string).collect()),
            list(settings.max_delay_s.iter().map(f64::to_string).collect()),
            counted(self.rounds, "round"),
            settings.seed
        )
    }

    /// The engines that can be ranked with one another: one n, one longest delay, one mode.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &[Row]> {
        self.engines.chunk_by(|left, right| {
            (left.n, left.max_delay_s, left.engine.mode)
                == (right.n, right.max_delay_s, right.engine.mode)
        })
    }
}

impl Row {
    /// A cell without its runs.
    pub(crate) fn new(cell: &Cell) -> Self {
        Self {
            engine: cell.engine.clone(),
            n: cell.n,
            max_delay_s: cell.max_delay.as_secs_f64(),
            runs: Vec::new(),
            failure: None,
            medians: BTreeMap::new(),
            versus: None,
        }
    }

    pub(crate) fn title(&self) -> String {
        plan::title(&self.engine.name, self.n, self.max_delay_s)
    }

    /// One figure of each run that has it, with its round.
    pub(crate) fn each(&self, figure: &Figure) -> Vec<(usize, f64)> {
        let figures = self.figures();
        figures
            .filter_map(|(round, figures)| Some((round, (figure.of)(figures)?)))
            .collect()
    }

    /// The figures of each run that has some, with its round.
    pub(crate) fn figures(&self) -> impl Iterator<Item = (usize, &Figures)> {
        self.runs.iter().filter_map(|run| match &run.result {
            RunResult::Figures(figures) => Some((run.round, figures.as_ref())),
            RunResult::Failure(_) => None,
        })
    }

    /// How a figure stands to that of the reference.
    pub(crate) fn verdict(&self, figure: &Figure) -> Option<&Verdict> {
        self.versus.as_ref()?.verdicts.get(figure.key)
    }

    /// The median of a figure, if any run has it.
    pub(crate) fn median(&self, figure: &Figure) -> Option<f64> {
        self.medians.get(figure.key).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The schema file in the repository is that of these types. `DORMOUSE_WRITE_SCHEMA=1` writes
    /// it anew; what a reader of the format would notice is a new version.
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
