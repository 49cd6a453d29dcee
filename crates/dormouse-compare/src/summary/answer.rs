//! The sentences of the summary.

use dormouse_verdict::Outcome;

use crate::engine::{Kind, Mode};
use crate::report::Sentence;
use crate::report::{Row, Session};
use crate::runtime::RuntimeName;
use crate::summary::findings::Concern;
use crate::summary::is_ranked;
use crate::summary::words::{capital, interval, listed};
use crate::units;
use crate::wording::Input;
use crate::workload::Builtin;

impl Session {
    /// The summary: a doubt about the session, the answer in short, a sentence for each concern,
    /// remarks, the control, and what to run to be surer.
    pub(super) fn answer(&self) -> Vec<Sentence> {
        let caution = self.caution();
        let concerns = self.concerns();
        let seems = if caution.is_some() { ", it seems" } else { "" };
        let mut sentences: Vec<Sentence> =
            caution.clone().map(Sentence::from).into_iter().collect();
        let in_short = self.asked(&concerns);
        if !in_short.is_empty() {
            sentences.push(Sentence::in_short(seems, in_short));
        }
        let (told, equal): (Vec<&Concern>, Vec<&Concern>) = concerns
            .iter()
            .partition(|concern| concern.has_difference());
        sentences.extend(told.iter().map(|concern| {
            let clauses = concern.findings.iter().map(|finding| self.clause(finding));
            Sentence::about(
                format!("{}{seems}", capital(&concern.name)),
                clauses.collect(),
            )
        }));
        if !equal.is_empty() {
            let names = equal.iter().map(|concern| concern.name.clone());
            sentences.push(Sentence::about("No difference found", names.collect()));
        }
        let remarks = [
            self.failed(),
            self.step(),
            self.unlike_load(),
            self.control(),
            (!told.is_empty()).then(|| BRACKETS.into()),
            self.next(&concerns, caution.is_some()),
            self.other_work().filter(|_| !concerns.is_empty()),
        ];
        sentences.extend(remarks.into_iter().flatten().map(Sentence::from));
        sentences
    }

    /// What most readers ask for, in a line each; nothing if the session has only one of them.
    fn asked(&self, concerns: &[Concern]) -> Vec<String> {
        let lines = ASKED.iter().filter_map(|(asked, name)| {
            let concern = concerns.iter().find(|concern| concern.name == *name)?;
            Some(format!("{asked}: {}", self.in_short(concern)))
        });
        let lines: Vec<String> = lines.collect();
        if lines.len() > 1 { lines } else { Vec::new() }
    }

    /// The first doubt about the session, if there is one.
    fn caution(&self) -> Option<String> {
        let doubts = self.doubts();
        let first = doubts.first()?;
        Some(format!(
            "Take what follows as hints, not as results: {first}."
        ))
    }

    /// The engines that are not ranked because a run failed.
    fn failed(&self) -> Option<String> {
        let failed = self.engines.iter().filter(|row| row.failure.is_some());
        let failed: Vec<String> = failed
            .map(|row| format!("{} ({})", row.engine.name, row.workload))
            .collect();
        (!failed.is_empty())
            .then(|| format!("Not ranked, because a run failed: {}.", listed(&failed)))
    }

    /// That lateness is within the step of tokio's timer, where others are proven to be less late.
    fn step(&self) -> Option<String> {
        let is_stepped = |row: &Row| {
            let late = row.medians.get("late_p50_s").copied().unwrap_or_default();
            let name = row.engine.runtime.split(' ').next().unwrap_or_default();
            let mut all = RuntimeName::ALL.iter();
            all.any(|tokio| tokio.feature() == "tokio" && tokio.name() == name)
                && row.workload == "sleep"
                && row.engine.mode != Some(Mode::Coalesced)
                && (0.3e-3..1.8e-3).contains(&late)
        };
        let is_less_late = |row: &Row| {
            let verdict = row.verdict("late_p99_s");
            verdict.is_some_and(|verdict| verdict.outcome == Outcome::Less)
        };
        let row = self.groups().find_map(|rows| {
            let reference = self.reference(rows)?;
            (is_stepped(reference) && rows.iter().any(is_less_late)).then_some(reference)
        })?;
        let late = units::seconds(row.medians["late_p50_s"]);
        Some(format!(
            "tokio's timer counts whole milliseconds, rounded up, and wakes all waits of one of them together. The \
             {late} by which its waits are typically late lies within such a step."
        ))
    }

    /// Whether the reference differs from itself, and in which figures.
    fn control(&self) -> Option<String> {
        let reference = &self.settings.reference;
        let controls = self
            .engines
            .iter()
            .filter(|row| row.engine.kind == Kind::Control);
        let mut tried = false;
        let mut differing = Vec::new();
        for row in controls {
            let about = self.about(row);
            for (key, verdict) in row.versus.iter().flat_map(|versus| &versus.verdicts) {
                tried = true;
                let figure = about.find(key)?;
                if verdict.outcome != Outcome::NoDetectableDifference {
                    let ratio = interval(verdict, figure);
                    let mode = row.engine.mode.map_or("", Mode::name);
                    let place = format!("{} {}", row.workload, self.group(mode, row));
                    differing.push(format!("{} in {}: {ratio}", figure.title, place.trim_end()));
                }
            }
        }
        if differing.is_empty() {
            let words = "run as two rows, does not differ from itself, as it should";
            return tried.then(|| format!("Control: {reference}, {words}."));
        }
        Some(format!(
            "Control: {reference}, run as two rows, differs from itself ({}). So nothing is said above of these figures.",
            differing.join("; ")
        ))
    }

    /// What to run to be surer.
    fn next(&self, concerns: &[Concern], is_doubtful: bool) -> Option<String> {
        if concerns.is_empty() {
            let why = if self.is_whole() {
                "Name two runtimes or more"
            } else {
                "Mend what failed first"
            };
            return Some(format!(
                "There is nothing to rank: no two engines of one mode have a figure in common. {why}."
            ));
        }
        let rounds = if self.rounds < 15 {
            20
        } else {
            2 * self.rounds
        };
        let rounds = self.worded(&Input::Rounds(rounds));
        if is_doubtful {
            return Some(format!(
                "To be surer, put right what the warnings name, and run it again with {rounds}."
            ));
        }
        let hidden = self.widest_interval()?;
        Some(format!(
            "Where no difference was found, one may still be hidden: {hidden}. For narrower intervals, run \
             {rounds}, or fewer engines ({}).",
            self.worded(&Input::Runtimes)
        ))
    }

    /// Of the comparisons that found no difference, the one that leaves the most room for one.
    fn widest_interval(&self) -> Option<String> {
        let rows = self.engines.iter().filter(|row| is_ranked(row));
        let verdicts = rows.flat_map(|row| {
            let verdicts = row.versus.iter().flat_map(|versus| &versus.verdicts);
            verdicts.map(move |(key, verdict)| (row, key, verdict))
        });
        let widest = verdicts
            .filter(|(_, _, verdict)| verdict.outcome == Outcome::NoDetectableDifference)
            .filter_map(|(row, key, verdict)| {
                let ((low, high), _) = verdict.interval.zip(verdict.ratio)?;
                Some((row, key, verdict, high / low))
            })
            .max_by(|left, right| left.3.total_cmp(&right.3));
        let (row, key, verdict, _) = widest?;
        let figure = self.about(row).find(key)?;
        let (line, ratio) = (row.engine.line(), interval(verdict, figure));
        Some(format!(
            "the widest interval is that of {} of {line} in {}, {ratio}",
            figure.title, row.workload
        ))
    }

    /// The workloads that this session does not have.
    fn other_work(&self) -> Option<String> {
        let has = |name: &str| self.workloads.iter().any(|about| about.name == name);
        let missing = Builtin::ALL.into_iter();
        let missing: Vec<Builtin> = missing.filter(|one| !has(one.name())).collect();
        // Not for workloads of a user's own.
        let is_ours = self.workloads.len() + missing.len() == Builtin::ALL.len();
        (is_ours && !missing.is_empty()).then(|| {
            format!(
                "Other workloads may give another order: {}.",
                self.worded(&Input::Workloads(missing))
            )
        })
    }
}

const ASKED: [(&str, &str); 5] = [
    ("to wake on time", "wakes on time"),
    ("for little CPU", "costs the least CPU"),
    ("for little memory", "needs the least memory"),
    ("to wake on time under load", "wakes on time under load"),
    ("for timeouts", "does the most operations"),
];

const BRACKETS: &str = "Numbers in brackets are confidence intervals, which hold all together at 95 %; those in \
                        parentheses are medians.";
