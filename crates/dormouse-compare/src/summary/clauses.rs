//! Findings, as clauses of the summary.

use crate::report::Session;
use crate::summary::findings::{Concern, Finding, Place, names_of};
use crate::summary::proven::{Example, Proven};
use crate::summary::words::{self, factor, few, listed};

impl Session {
    /// A finding with its groups: `smol and async-std (tied) in join and spawn: ..`.
    pub(super) fn clause(&self, finding: &Finding) -> String {
        let head = finding.head(&self.within(finding));
        match self.how_much(finding) {
            Some(told) => format!("{head}: {told}"),
            None => head,
        }
    }

    /// By how much: over all groups if they have one example, or else in the first of them.
    fn how_much(&self, finding: &Finding) -> Option<String> {
        let examples = finding.examples();
        let first = examples.first()?;
        let is_one =
            |example: &&Example| (&example.engine, &example.than) == (&first.engine, &first.than);
        if examples.len() > 1 && examples.iter().all(is_one) {
            let range = range(&examples)?;
            return Some(format!("{} is {range}", first.whose(&title_of(&examples))));
        }
        let mut than = format!("{}'s", first.than);
        if let [place, _, ..] = finding.places.as_slice() {
            than += &self.within_places(&[place]);
        }
        let factor = factor(&first.verdict, &first.figure, &than);
        let value = first.figure.text(first.median);
        Some(format!(
            "{} {factor} ({value})",
            first.whose(&first.figure.title)
        ))
    }

    /// Where a finding is: ` in join and spawn`; nothing if the session has one group.
    pub(super) fn within(&self, finding: &Finding) -> String {
        self.within_places(&finding.places.iter().collect::<Vec<_>>())
    }

    /// Where these groups are: ` in join and spawn`, or ` at n = 1 and n = 10` with one mode.
    pub(super) fn within_places(&self, places: &[&Place]) -> String {
        let preposition = match self.workloads.as_slice() {
            [_] if places.iter().all(|place| !place.has_mode) => "at",
            _ => "in",
        };
        match self.places(places) {
            places if places.is_empty() => places,
            places => format!(" {preposition} {places}"),
        }
    }

    /// The names of groups: `join and spawn`, or `sleep (join, spawn) and load` with several workloads.
    pub(super) fn places(&self, places: &[&Place]) -> String {
        let details = |places: &[&Place]| -> Vec<String> {
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

impl Concern {
    /// Whether any difference was found.
    pub(super) fn has_difference(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.proven != Proven::Nothing)
    }

    /// All its groups.
    pub(super) fn places(&self) -> impl Iterator<Item = &Place> {
        self.findings.iter().flat_map(|finding| &finding.places)
    }
}

impl Finding {
    /// Who it names, in this place: ` in join and spawn`.
    pub(super) fn head(&self, place: &str) -> String {
        let few = |names| few(names, &names_of(&self.places));
        match &self.proven {
            Proven::Nothing => format!("no difference found{place}"),
            Proven::Small => format!("no difference of more than 10 % is proven{place}"),
            Proven::Best { names, are_tied } => {
                let tied = match names.len() {
                    1 => "",
                    _ if *are_tied => " (tied)",
                    _ => " (in no proven order)",
                };
                format!("{}{tied}{place}", few(names))
            }
            Proven::Better(names) => {
                let reference = self.reference();
                let names = self.few_but(reference, names);
                format!("no best is proven{place}, but {reference} is beaten by {names}")
            }
            Proven::Beats { winner, names } => {
                let names = self.few_but(winner, names);
                format!("no best is proven{place}, but {winner} beats {names}")
            }
        }
    }

    /// These names, or all but some: `one` goes without saying.
    fn few_but(&self, one: &str, names: &[String]) -> String {
        let mut all = names_of(&self.places);
        all.retain(|name| name != one);
        few(names, &all)
    }

    fn examples(&self) -> Vec<&Example> {
        let examples = self.places.iter();
        examples
            .filter_map(|place| place.example.as_ref())
            .collect()
    }

    fn reference(&self) -> &str {
        self.examples().first().map_or("", |example| &example.than)
    }
}

/// By how much all of these differ from one other engine.
pub(super) fn range(examples: &[&Example]) -> Option<String> {
    let ratios = examples.iter().map(|example| example.verdict.ratio);
    let than = format!("{}'s", examples.first()?.than);
    words::range(ratios.collect::<Option<_>>()?, &than)
}

/// The title of a figure; of CPU/wait and CPU/task, what they have in common.
pub(super) fn title_of(examples: &[&Example]) -> String {
    let title = &examples[0].figure.title;
    if examples
        .iter()
        .all(|example| example.figure.title == *title)
    {
        return title.clone();
    }
    title.split('/').next().unwrap_or(title).to_owned()
}
