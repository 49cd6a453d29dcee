//! The results of one comparison.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::environment::Environment;
use crate::report::{MemoryByN, Report, Row, Seed, Sentence, Settings, StopRule};
use crate::units::{counted, singular};
use crate::wording::{self, Input, Wording};
use crate::workload::{About, Builtin};

/// One comparison on one machine.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
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
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(crate) summary: Vec<Sentence>,
    /// That of the program which works out the sentences: another may read what this one writes.
    #[serde(skip, default = "wording::of_library")]
    pub(crate) wording: Wording,
}

/// # Examples
///
/// ```
/// use dormouse::SmolExecutor;
/// use dormouse_compare::{Builtin, Comparison};
///
/// let comparison = Comparison::new(vec![Builtin::Sleep]).configuration("smol", || SmolExecutor::new(1));
/// let mut session = comparison.rounds(20).planned()?; // or `run`, which measures, too
/// assert_eq!((session.rounds(), session.asked_rounds()), (0, Some(20)));
/// assert_eq!(session.median("smol/join", "late_p99_s"), None); // nothing has run
/// assert!(session.is_whole() && session.warnings().is_empty());
///
/// session.say("Measured while the fan was loud.");
/// assert_eq!(session.summary(), ["Measured while the fan was loud."]);
/// # Ok::<(), dormouse_compare::Error>(())
/// ```
impl Session {
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

    /// Whether the engine with this index has failed so often that no further round runs it.
    #[must_use]
    pub fn is_left_out(&self, engine: usize) -> bool {
        self.engines.get(engine).is_some_and(Row::is_left_out)
    }

    /// How many rounds are finished, by the runs that there are: a round is once all engines have run
    /// that are not left out of it.
    pub(crate) fn finished_rounds(&self) -> usize {
        let runs = |row: &Row| row.runs.len();
        let rows = self.engines.iter().filter(|row| !row.is_left_out());
        let finished = rows.map(runs).min();
        finished.unwrap_or_else(|| self.engines.iter().map(runs).max().unwrap_or(0))
    }

    /// What distorts the figures or was left out, and what to do about it.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The findings, as sentences.
    #[must_use]
    pub fn summary(&self) -> Vec<String> {
        self.summary.iter().map(ToString::to_string).collect()
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
        self.summary.push(sentence.into().into());
    }

    /// How long a run of each engine takes at least, in seconds.
    #[must_use]
    pub fn expected_s(&self) -> Vec<f64> {
        let expected = |row: &Row| {
            let max_delay = Duration::try_from_secs_f64(row.max_delay_s).unwrap_or_default();
            let mut workloads = Builtin::ALL.into_iter();
            let workload = workloads.find(|workload| workload.name() == row.workload);
            let waits = workload.map_or(max_delay, |work| work.waits_for(row.n, max_delay));
            // A process starts and ends in some 20 ms.
            waits.as_secs_f64() + 0.02
        };
        self.engines.iter().map(expected).collect()
    }

    /// The number of rounds that was asked for; none if a time was.
    #[must_use]
    pub fn asked_rounds(&self) -> Option<usize> {
        match self.settings.stop {
            StopRule::Rounds(rounds) => Some(rounds),
            StopRule::TimeBudgetS(_) => None,
        }
    }

    /// The time in seconds that the rounds may take; none if a number of rounds was asked for.
    #[must_use]
    pub fn asked_seconds(&self) -> Option<f64> {
        match self.settings.stop {
            StopRule::Rounds(_) => None,
            StopRule::TimeBudgetS(budget) => Some(budget),
        }
    }

    /// The name of an input in a sentence.
    pub(crate) fn worded(&self, input: &Input) -> String {
        (self.wording)(input)
    }

    /// Adds a warning to a session whose table has no figures.
    pub(crate) fn tell_if_nothing_was_measured(&mut self) {
        let has_run = self.engines.iter().any(|row| !row.runs.is_empty());
        let has_figures = self
            .engines
            .iter()
            .any(|row| row.figures().next().is_some());
        if has_run && !has_figures {
            let warning = "every run has failed, so nothing was measured";
            self.warnings.push(warning.into());
        }
    }

    /// The workloads, n, longest delays, rounds and seed in one line.
    pub(crate) fn title(&self) -> String {
        let list = |numbers: Vec<String>| numbers.join(", ");
        let settings = &self.settings;
        let n = list(settings.n.iter().map(usize::to_string).collect());
        let max = list(settings.max_delay_s.iter().map(f64::to_string).collect());
        let rounds = counted(self.rounds, "round");
        let has_delays = self.workloads.iter().any(About::has_delays);
        let delays = |words: &str| {
            if has_delays || settings.max_delay_s.len() > 1 {
                format!("{words} of up to {max} s")
            } else {
                String::new()
            }
        };
        let what = match self.workloads.as_slice() {
            [one] if n == "1" => format!("1 {}{}", singular(&one.things), delays("")),
            [one] => format!("{n} {}{}", one.things, delays("")),
            many => {
                let names = list(many.iter().map(|about| about.name.clone()).collect());
                format!("{names}: n = {n}{}", delays(", delays"))
            }
        };
        format!("{what}, {rounds}, seed {}", settings.seed.0)
    }

    /// The groups of engines that are ranked with one another: one workload, n, longest delay and mode.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &[Row]> {
        self.engines
            .chunk_by(|left, right| left.key() == right.key())
    }

    /// The workload of a row; a report that lacks one is not read.
    pub(crate) fn about(&self, row: &Row) -> &About {
        let mut all = self.workloads.iter();
        let about = all.find(|about| about.name == row.workload);
        about.expect("a row has its workload")
    }

    /// The name of the engine, with its n and longest delay.
    pub(crate) fn title_of(&self, row: &Row) -> String {
        let about = self.about(row);
        let longest = if about.has_delays() {
            format!(" of up to {} s", row.max_delay_s)
        } else {
            String::new()
        };
        let (name, things) = (&row.engine.name, &about.things);
        format!("{name}, {} {things}{longest}", row.n)
    }
}
