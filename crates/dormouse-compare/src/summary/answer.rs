//! The sentences of the summary.

use crate::engine::Kind;
use crate::mode::Mode;
use crate::report::{Row, Session};
use crate::runtime::RuntimeName;
use crate::summary::findings::Findings;
use crate::summary::interval;
use crate::summary::words::listed;
use crate::units;
use crate::verdict::Outcome;
use crate::workload::Builtin;

impl Session {
    /// The summary: a doubt about the session, a line for each concern, remarks, the control, and what
    /// to run to be surer.
    pub(super) fn answer(&self) -> Vec<String> {
        let caution = self.caution();
        let findings = self.findings(caution.is_some());
        let next = self.next(&findings, caution.is_some());
        let other_work = self.other_work().filter(|_| !findings.is_empty);
        let mut lines: Vec<String> = caution.into_iter().collect();
        lines.extend(findings.lines);
        lines.extend(self.failed());
        lines.extend(self.step());
        lines.extend(self.unlike_load());
        lines.extend(self.control());
        lines.extend(next);
        lines.extend(other_work);
        lines
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

    /// That lateness is due to the step of tokio's timer, where it shows.
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
        let row = self.engines.iter().find(|row| is_stepped(row))?;
        let late = units::seconds(row.medians["late_p50_s"]);
        Some(format!(
            "tokio's timer counts whole milliseconds, rounded up, and wakes all waits of one of them together. The \
             {late} by which its waits are typically late lies within such a step."
        ))
    }

    /// The engines with one thread, whose load is smaller than that of the others.
    fn unlike_load(&self) -> Option<String> {
        let is_of_load = |row: &&Row| row.workload == "load" && row.engine.kind == Kind::Runtime;
        let rows = || self.engines.iter().filter(is_of_load);
        let most = rows().map(|row| row.engine.threads).max()?;
        let mut single: Vec<String> = Vec::new();
        for row in rows().filter(|row| row.engine.threads == 1) {
            let line = row.engine.line();
            if !single.contains(&line) {
                single.push(line);
            }
        }
        (most > 1 && !single.is_empty()).then(|| {
            let has = if single.len() == 1 { "has" } else { "have" };
            format!(
                "Under load every thread of a runtime has its busy tasks. {} {has} one thread, so a smaller load than \
                 runtimes with {most}: compare runtimes with equal threads, or use `--threads 1`.",
                listed(&single)
            )
        })
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
            let about = self.about(row)?;
            for (key, verdict) in row.versus.iter().flat_map(|versus| &versus.verdicts) {
                tried = true;
                let figure = about.find(key)?;
                if verdict.outcome != Outcome::NoDetectableDifference {
                    let ratio = interval(verdict, Some(figure));
                    differing.push(format!("{} {ratio}", figure.title));
                }
            }
        }
        if differing.is_empty() {
            let words = "run as two rows, does not differ from itself, as it should";
            return tried.then(|| format!("Control: {reference}, {words}."));
        }
        Some(format!(
            "Control: {reference}, run as two rows, differs from itself ({}). Ignore what is said of these figures.",
            differing.join("; ")
        ))
    }

    /// What to run to be surer.
    fn next(&self, findings: &Findings, is_doubtful: bool) -> Option<String> {
        if findings.is_empty {
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
        if is_doubtful {
            return Some(format!(
                "To be surer, put right what the warnings name, and run it again with `--rounds {rounds}`."
            ));
        }
        if !findings.is_open {
            return None;
        }
        Some(if self.rounds < 20 {
            format!(
                "Where no difference was found there may still be a small one: run `--rounds {rounds}`, or \
                 fewer engines (`--runtimes`)."
            )
        } else {
            format!(
                "Where no difference was found in {} rounds, treat the engines as equal at this work.",
                self.rounds
            )
        })
    }

    /// The workloads that this session does not have.
    fn other_work(&self) -> Option<String> {
        let has = |name: &str| self.workloads.iter().any(|about| about.name == name);
        let missing = Builtin::ALL.iter().map(|workload| workload.name());
        let missing: Vec<String> = missing
            .filter(|name| !has(name))
            .map(str::to_owned)
            .collect();
        // Not for workloads of a user's own.
        let is_ours = self.workloads.len() + missing.len() == Builtin::ALL.len();
        (is_ours && !missing.is_empty()).then(|| {
            format!(
                "Other workloads may give another order: `--workload {}`.",
                missing.join(",")
            )
        })
    }
}
