//! What is proven for each concern, over all groups of a session.

use dormouse_verdict::Outcome;

use crate::engine::Kind;
use crate::figures::Figure;
use crate::report::{Row, Session};
use crate::summary::is_ranked;
use crate::summary::proven::{Example, Proven, names};
use crate::summary::words::add;

/// What a reader may care about, such as "wakes on time", and the findings about it.
pub(super) struct Concern {
    pub(super) name: String,
    pub(super) findings: Vec<Finding>,
}

/// The same finding in one group or in several.
pub(super) struct Finding {
    pub(super) proven: Proven,
    pub(super) places: Vec<Place>,
}

/// A group: its workload, and its name among the groups of that workload.
pub(super) struct Place {
    pub(super) workload: String,
    pub(super) detail: String,
    /// Whether that name begins with its mode, as the workload has several.
    pub(super) has_mode: bool,
    /// The engines that have this figure there.
    pub(super) all: Vec<String>,
    /// An engine that shows how much the finding is about.
    pub(super) example: Option<Example>,
    /// All engines that are proven to differ from the reference.
    pub(super) versus: Vec<Example>,
    /// All pairs that are proven to differ: the worse engine against the better one.
    pub(super) pairs: Vec<Example>,
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
                    Proven::Beats { .. } => 2,
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
        let reference = self.reference(rows);
        let versus = ranked.iter().filter_map(|row| {
            let verdict = *row.verdict(&figure.key)?;
            (verdict.outcome != Outcome::NoDetectableDifference)
                .then(|| Example::new(row, reference?, figure, verdict))?
        });
        let versus: Vec<Example> = versus.collect();
        let pairs = self.pairs(&ranked, figure);
        let (proven, example) = self.proven(&ranked, figure, &versus, &pairs);
        let place = Place {
            workload: rows[0].workload.clone(),
            detail: self.detail(&rows[0]),
            has_mode: !self.mode_among(&rows[0]).is_empty(),
            all: names(&ranked),
            example,
            versus,
            pairs,
        };
        let mut findings = concern.findings.iter_mut();
        match findings.find(|finding| finding.proven == proven) {
            Some(same) => same.places.push(place),
            None => concern.findings.push(Finding {
                proven,
                places: vec![place],
            }),
        }
    }

    /// The name of a row's group among those of its workload; empty if there is only one.
    fn detail(&self, row: &Row) -> String {
        let mode = self.mode_among(row);
        let others = self.group("", row);
        let others = others.trim_start_matches(", ");
        if mode.is_empty() || others.is_empty() {
            format!("{mode}{others}")
        } else {
            format!("{mode} at {others}")
        }
    }

    /// The mode of a row; empty if its workload has no other one.
    fn mode_among(&self, row: &Row) -> &'static str {
        let mut groups = self
            .groups()
            .map(|rows| &rows[0])
            .filter(|first| first.workload == row.workload && first.engine.mode.is_some());
        match row.engine.mode {
            Some(mode) if groups.any(|first| first.engine.mode != Some(mode)) => mode.name(),
            _ => "",
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

/// The engines of a group that are ranked by a figure.
fn ranked<'a>(rows: &'a [Row], figure: &'a Figure) -> impl Iterator<Item = &'a Row> {
    rows.iter()
        .filter(|row| is_ranked(row) && row.median(figure).is_some())
}

/// All engines that take part in these groups.
pub(super) fn names_of<'a>(places: impl IntoIterator<Item = &'a Place>) -> Vec<String> {
    let mut all = Vec::new();
    for place in places {
        add(&mut all, &place.all);
    }
    all
}
