//! The medians, verdicts and findings that follow from the runs of a session.

use dormouse_verdict::{ENOUGH_ROUNDS, FEW_ROUNDS, median};

use crate::engine::Kind;
use crate::report::{Row, Session};
use crate::units::{self, counted};
use crate::wording::Input;

mod answer;
mod clauses;
mod findings;
mod in_short;
mod judge;
mod load;
mod memory;
mod proven;
mod words;

pub(crate) use crate::summary::words::{interval, typical};

impl Session {
    /// Works out warnings, verdicts and findings, once the runs are over.
    pub(crate) fn conclude(&mut self) {
        self.environment.after();
        let warnings = self.warn();
        self.warnings.extend(warnings);
        self.summarise();
    }

    /// Works out medians, verdicts, memory by n and the findings.
    pub(crate) fn summarise(&mut self) {
        let workloads = self.workloads.clone();
        for row in &mut self.engines {
            row.failure = row.first_failure();
            let about = workloads.iter().find(|about| about.name == row.workload);
            let figures = about.iter().flat_map(|about| &about.figures);
            let medians = figures.filter_map(|figure| {
                let key = &figure.key;
                Some((key.clone(), median(row.values(key))?))
            });
            row.medians = medians.collect();
        }
        self.judge();
        self.memory = self.memory_by_n();
        self.summary = if self.engines.iter().all(|row| row.failure.is_some()) {
            vec![
                "Nothing was measured: every engine has failed."
                    .to_owned()
                    .into(),
            ]
        } else if self.rounds < FEW_ROUNDS {
            let rounds = counted(self.rounds, "round");
            let enough = self.worded(&Input::Rounds(ENOUGH_ROUNDS));
            let few = format!("{rounds}: too few to tell engines apart. Ask for {enough} or more.");
            vec![few.into()]
        } else {
            self.answer()
        };
    }

    pub(crate) fn reference<'a>(&self, rows: &'a [Row]) -> Option<&'a Row> {
        rows.iter().find(|row| self.is_reference(row))
    }

    fn is_reference(&self, row: &Row) -> bool {
        row.engine.kind == Kind::Runtime && row.engine.runtime == self.settings.reference
    }

    /// The name of a group: its mode, and n and the longest delay if the session has several.
    pub(crate) fn group(&self, mode: &str, row: &Row) -> String {
        let mut name = mode.to_owned();
        if self.settings.n.len() > 1 {
            name += &format!(", n = {}", row.n);
        }
        if self.settings.max_delay_s.len() > 1 {
            name += &format!(", up to {}", units::seconds(row.max_delay_s));
        }
        name
    }
}

/// Whether a row is ranked: not if a run has failed, nor the control, nor the floor.
pub(crate) fn is_ranked(row: &Row) -> bool {
    row.failure.is_none() && matches!(row.engine.kind, Kind::Runtime | Kind::Peer)
}
