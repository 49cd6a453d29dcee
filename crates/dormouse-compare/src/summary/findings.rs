//! What is proven for each concern, over all groups of a session.

use crate::engine::Kind;
use crate::figures::{Better, Figure};
use crate::report::{Row, Session};
use crate::summary::is_ranked;
use crate::summary::words::rank;
use crate::verdict::{Outcome, Verdict};

/// What a reader may care about, such as "wakes on time", and the findings about it.
pub(super) struct Concern {
    pub(super) name: String,
    pub(super) findings: Vec<Finding>,
}

/// The same finding in one group or in several.
pub(super) struct Finding {
    pub(super) proven: Proven,
    /// The engines that have this figure.
    pub(super) all: Vec<String>,
    pub(super) places: Vec<Place>,
}

/// What is proven of a group.
#[derive(PartialEq)]
pub(super) enum Proven {
    /// Each of these is better than each other engine.
    Best {
        names: Vec<String>,
        /// None of them is proven better than another.
        are_tied: bool,
    },
    /// These are better than the reference, but the best can't be named.
    Better(Vec<String>),
    /// These are worse than the reference, and none is better; the best can't be named.
    Worse(Vec<String>),
    /// All differences that are proven are small.
    Small,
    Nothing,
}

/// A group: its workload, its name among the groups of that workload, and an engine that shows how
/// much the finding is about.
pub(super) struct Place {
    pub(super) workload: String,
    pub(super) detail: String,
    pub(super) example: Option<Example>,
}

/// An engine beside the reference.
pub(super) struct Example {
    pub(super) engine: String,
    pub(super) reference: String,
    pub(super) figure: Figure,
    pub(super) verdict: Verdict,
    pub(super) median: f64,
    /// It is not of those that the finding names, but the best of the others.
    pub(super) is_next: bool,
}

impl Session {
    /// The findings by concern; those that name the best come first.
    ///
    /// Workloads that have a concern in common share it.
    pub(super) fn concerns(&self) -> Vec<Concern> {
        let mut concerns: Vec<Concern> = Vec::new();
        for about in &self.workloads {
            for figure in about.ranked() {
                let name = figure.concern.clone().unwrap_or_default();
                let place = concerns.iter().position(|concern| concern.name == name);
                let place = place.unwrap_or_else(|| {
                    let findings = Vec::new();
                    concerns.push(Concern { name, findings });
                    concerns.len() - 1
                });
                if !self.control_differs(&about.name, &figure.key) {
                    for rows in self.groups().filter(|rows| rows[0].workload == about.name) {
                        self.find(&mut concerns[place], rows, figure);
                    }
                }
            }
        }
        for concern in &mut concerns {
            concern
                .findings
                .sort_by_key(|finding| match finding.proven {
                    Proven::Best { .. } => 0,
                    Proven::Better(_) => 1,
                    Proven::Worse(_) => 2,
                    Proven::Small => 3,
                    Proven::Nothing => 4,
                });
        }
        concerns.retain(|concern| !concern.findings.is_empty());
        concerns
    }

    /// Adds the finding of a group to a concern.
    fn find(&self, concern: &mut Concern, rows: &[Row], figure: &Figure) {
        let ranked: Vec<&Row> = ranked(rows, figure).collect();
        if ranked.len() < 2 {
            return;
        }
        let (proven, example) = self.proven(rows, &ranked, figure);
        let place = Place {
            workload: rows[0].workload.clone(),
            detail: self.detail(&rows[0]),
            example,
        };
        let mut findings = concern.findings.iter_mut();
        match findings.find(|finding| finding.proven == proven) {
            Some(same) => same.places.push(place),
            None => concern.findings.push(Finding {
                proven,
                all: names(&ranked),
                places: vec![place],
            }),
        }
    }

    /// What is proven of a group, and an engine that shows how much.
    fn proven(&self, rows: &[Row], ranked: &[&Row], figure: &Figure) -> (Proven, Option<Example>) {
        let proven = ranked.iter().filter_map(|row| proven_of(row, figure));
        let ratios: Vec<Option<f64>> = proven.map(|verdict| verdict.ratio).collect();
        let is_small = |ratio: &f64| (1.0 - SMALL..1.0 + SMALL).contains(ratio);
        if !ratios.is_empty()
            && ratios
                .iter()
                .all(|ratio| ratio.as_ref().is_some_and(is_small))
        {
            return (Proven::Small, None);
        }
        let example = |of: &[&Row], is_next| self.example(rows, of, figure, is_next);
        let (best, others): (Vec<&Row>, Vec<&Row>) = ranked
            .iter()
            .partition(|row| row.best_by.contains(&figure.key));
        if !best.is_empty() {
            let are_tied = best.iter().all(|row| row.unbeaten_by.contains(&figure.key));
            let better = proven_to_be(true, &best, figure);
            let examples = [example(&better, false), example(&others, true)];
            let example = if best.iter().any(|row| self.is_reference(row)) {
                let far = |example: &Example| example.verdict.ratio.map_or(0.0, |it| it.ln().abs());
                let examples = examples.into_iter().flatten();
                examples.max_by(|left, right| far(left).total_cmp(&far(right)))
            } else {
                examples.into_iter().flatten().next()
            };
            let names = names(&best);
            return (Proven::Best { names, are_tied }, example);
        }
        let [better, worse] = [true, false].map(|better| proven_to_be(better, ranked, figure));
        if !better.is_empty() {
            (Proven::Better(names(&better)), example(&better, false))
        } else if !worse.is_empty() {
            (Proven::Worse(names(&worse)), example(&worse, false))
        } else {
            (Proven::Nothing, None)
        }
    }

    /// The best of these rows that is proven to differ from the reference.
    fn example(
        &self,
        rows: &[Row],
        of: &[&Row],
        figure: &Figure,
        is_next: bool,
    ) -> Option<Example> {
        let median = |row: &Row| rank(figure, row.median(figure));
        let row = of
            .iter()
            .filter(|row| proven_of(row, figure).is_some())
            .min_by(|left, right| median(left).total_cmp(&median(right)))?;
        Some(Example {
            engine: row.engine.line(),
            reference: self.reference(rows)?.engine.line(),
            figure: figure.clone(),
            verdict: proven_of(row, figure)?,
            median: row.median(figure)?,
            is_next,
        })
    }

    /// The name of a row's group among those of its workload; empty if there is only one.
    fn detail(&self, row: &Row) -> String {
        let mut groups = self
            .groups()
            .map(|rows| &rows[0])
            .filter(|first| first.workload == row.workload && first.engine.mode.is_some());
        let mode = match row.engine.mode {
            Some(mode) if groups.any(|first| first.engine.mode != Some(mode)) => mode.name(),
            _ => "",
        };
        let others = self.group("", row);
        let others = others.trim_start_matches(", ");
        if mode.is_empty() || others.is_empty() {
            format!("{mode}{others}")
        } else {
            format!("{mode} at {others}")
        }
    }

    /// Whether the reference differs from itself by this figure of this workload.
    pub(super) fn control_differs(&self, workload: &str, key: &str) -> bool {
        let mut controls = self
            .engines
            .iter()
            .filter(|row| row.engine.kind == Kind::Control && row.workload == workload);
        controls.any(|row| {
            let verdict = row.verdict(key);
            verdict.is_some_and(|verdict| verdict.outcome != Outcome::NoDetectableDifference)
        })
    }
}

/// The verdict of a row against the reference, if they are proven to differ.
fn proven_of(row: &Row, figure: &Figure) -> Option<Verdict> {
    let verdict = row.verdict(&figure.key)?;
    (verdict.outcome != Outcome::NoDetectableDifference).then_some(*verdict)
}

/// Those of the rows that are proven to be better than the reference, or worse.
fn proven_to_be<'a>(better: bool, rows: &[&'a Row], figure: &Figure) -> Vec<&'a Row> {
    let outcome = if better == (figure.better == Better::Less) {
        Outcome::Less
    } else {
        Outcome::More
    };
    let is = |row: &&Row| proven_of(row, figure).is_some_and(|it| it.outcome == outcome);
    rows.iter().copied().filter(is).collect()
}

/// The engines of a group that are ranked by a figure.
fn ranked<'a>(rows: &'a [Row], figure: &'a Figure) -> impl Iterator<Item = &'a Row> {
    rows.iter()
        .filter(|row| is_ranked(row) && row.median(figure).is_some())
}

fn names(rows: &[&Row]) -> Vec<String> {
    rows.iter().map(|row| row.engine.line()).collect()
}

/// Ratios from 0.9 to 1.1 decide for nobody.
const SMALL: f64 = 0.1;
