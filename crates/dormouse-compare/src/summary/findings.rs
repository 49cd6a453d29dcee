//! The best engines for each concern, over all groups of a session.

use crate::figures::Figure;
use crate::report::{Row, Session};
use crate::summary::is_ranked;
use crate::summary::words::{capital, factor, listed, rank};
use crate::verdict::Outcome;

/// What a reader may care about, such as "wakes on time", and the findings about it.
struct Concern {
    name: String,
    findings: Vec<Finding>,
}

/// The best engines, and the groups in which they are the best.
struct Finding {
    /// None if no difference was found.
    names: Option<String>,
    /// How much better they are in the first of the groups, without and with the name of that group.
    factor: Option<[String; 2]>,
    places: Vec<Place>,
}

impl Finding {
    /// Whether more rounds may tell more.
    fn is_open(&self) -> bool {
        self.names.as_deref().is_none_or(|names| names == NO_ORDER)
    }
}

/// In place of the best, if some engine can't be told from better ones and from worse ones.
const NO_ORDER: &str = "no sure order";

/// A group: its workload, and its name among the groups of that workload.
struct Place {
    workload: String,
    detail: String,
}

/// A line for each concern, and whether a difference is missing.
pub(super) struct Findings {
    pub(super) lines: Vec<String>,
    /// Whether no difference was found for some concern in some group.
    pub(super) is_open: bool,
    /// Whether there was anything to rank.
    pub(super) is_empty: bool,
}

impl Session {
    /// The findings, in weaker words if the session is doubtful.
    pub(super) fn findings(&self, is_doubtful: bool) -> Findings {
        let concerns = self.concerns();
        let all = || concerns.iter().flat_map(|concern| &concern.findings);
        let lines = concerns.iter().map(|concern| {
            let seems = if is_doubtful { ", it seems" } else { "" };
            let said = concern.findings.iter().map(|finding| self.said(finding));
            let said: Vec<String> = said.collect();
            format!("{}{seems}: {}.", capital(&concern.name), said.join("; "))
        });
        Findings {
            lines: lines.collect(),
            is_open: all().any(Finding::is_open),
            is_empty: all().next().is_none(),
        }
    }

    /// The findings by concern; those with a difference come before those without.
    ///
    /// Workloads that have a concern in common share its line.
    fn concerns(&self) -> Vec<Concern> {
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
                for rows in self.groups().filter(|rows| rows[0].workload == about.name) {
                    self.add(&mut concerns[place], rows, figure);
                }
            }
        }
        for concern in &mut concerns {
            concern
                .findings
                .sort_by_key(|finding| (finding.names.is_none(), finding.is_open()));
        }
        concerns.retain(|concern| !concern.findings.is_empty());
        concerns
    }

    /// Adds the finding of a group to a concern.
    fn add(&self, concern: &mut Concern, rows: &[Row], figure: &Figure) {
        if able(rows, figure).count() < 2 {
            return;
        }
        let place = Place {
            workload: rows[0].workload.clone(),
            detail: self.detail(&rows[0]),
        };
        let here = self.places(std::slice::from_ref(&place));
        let best = self.best_of(rows, figure, &here);
        let (names, factor) = best.map_or((None, None), |best| (Some(best.0), best.1));
        let mut findings = concern.findings.iter_mut();
        match findings.find(|finding| finding.names == names) {
            Some(same) => same.places.push(place),
            None => concern.findings.push(Finding {
                names,
                factor,
                places: vec![place],
            }),
        }
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
        self.group(mode, row).trim_start_matches(", ").to_owned()
    }

    /// The engines that are best by a figure, and by which factor; none if nothing is proven.
    fn best_of(
        &self,
        rows: &[Row],
        figure: &Figure,
        here: &str,
    ) -> Option<(String, Option<[String; 2]>)> {
        let (best, worse): (Vec<&Row>, Vec<&Row>) =
            able(rows, figure).partition(|row| row.best_by.contains(&figure.key));
        if best.is_empty() {
            let factor = self.factor_of(rows, &worse, "", figure, here)?;
            return Some((NO_ORDER.into(), Some(factor)));
        }
        let names =
            |rows: &[&Row]| -> Vec<String> { rows.iter().map(|row| row.engine.line()).collect() };
        let who = if best.len() > 3 && worse.len() < 3 {
            format!("all but {}", listed(&names(&worse)))
        } else {
            listed(&names(&best))
        };
        let is_tied = best.iter().all(|row| row.unbeaten_by.contains(&figure.key));
        let tied = match best.len() {
            1 => String::new(),
            _ if is_tied => " (tied)".into(),
            _ => format!(" (in {NO_ORDER})"),
        };
        let reference = self.reference(rows);
        let is_best = reference.is_some_and(|row| row.best_by.contains(&figure.key));
        let (among, which) = if !(is_best && is_tied) {
            (best, "")
        } else if worse.len() > 1 {
            (worse, ", the next,")
        } else {
            (worse, "")
        };
        Some((
            format!("{who}{tied}"),
            self.factor_of(rows, &among, which, figure, here),
        ))
    }

    /// How much the best of these rows differs from the reference, and `which` row that is.
    fn factor_of(
        &self,
        rows: &[Row],
        among: &[&Row],
        which: &str,
        figure: &Figure,
        here: &str,
    ) -> Option<[String; 2]> {
        let reference = self.reference(rows)?;
        let mut proven: Vec<_> = among
            .iter()
            .filter_map(|row| Some((row, row.verdict(&figure.key)?)))
            .filter(|(_, verdict)| verdict.outcome != Outcome::NoDetectableDifference)
            .collect();
        let median = |row: &Row| rank(figure, row.median(figure));
        proven.sort_by(|left, right| median(left.0).total_cmp(&median(right.0)));
        let (row, verdict) = proven.first()?;
        let name = row.engine.line();
        let value = figure.text(row.median(figure)?);
        let told = |than: String| {
            let factor = factor(verdict, figure, &than);
            format!("{} of {name}{which} {factor} ({value})", figure.title)
        };
        let than = format!("{}'s", reference.engine.line());
        Some([told(than.clone()), told(format!("{than} in {here}"))])
    }

    /// A finding with its groups: `smol and async-std (tied) in join and spawn: ..`.
    fn said(&self, finding: &Finding) -> String {
        let places = self.places(&finding.places);
        let place = if places.is_empty() {
            String::new()
        } else {
            format!(" in {places}")
        };
        let Some(names) = &finding.names else {
            return format!("no difference found{place}");
        };
        let factor = match (&finding.factor, finding.places.len()) {
            (None, _) => String::new(),
            (Some([told, _]), 1) => format!(": {told}"),
            (Some([_, told]), _) => format!(": {told}"),
        };
        format!("{names}{place}{factor}")
    }

    /// The names of groups: `join and spawn`, or `sleep (join, spawn) and load` with several workloads.
    fn places(&self, places: &[Place]) -> String {
        let details = |places: &[Place]| -> Vec<String> {
            let details = places.iter().map(|place| place.detail.clone());
            details.filter(|detail| !detail.is_empty()).collect()
        };
        if self.workloads.len() < 2 {
            return listed(&details(places));
        }
        let workloads = places.chunk_by(|left, right| left.workload == right.workload);
        let names = workloads.map(|places| {
            let (name, details) = (&places[0].workload, details(places));
            if details.is_empty() {
                name.clone()
            } else {
                format!("{name} ({})", details.join(", "))
            }
        });
        listed(&names.collect::<Vec<_>>())
    }
}

/// The engines of a group that are ranked by a figure.
fn able<'a>(rows: &'a [Row], figure: &'a Figure) -> impl Iterator<Item = &'a Row> {
    rows.iter()
        .filter(|row| is_ranked(row) && row.median(figure).is_some())
}
