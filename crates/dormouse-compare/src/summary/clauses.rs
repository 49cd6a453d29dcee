//! The wording of findings.

use crate::report::Session;
use crate::summary::findings::{Concern, Example, Finding, Place, Proven};
use crate::summary::words::{self, factor, few, listed};

impl Session {
    /// A finding with its groups: `smol and async-std (tied) in join and spawn: ..`.
    pub(super) fn clause(&self, finding: &Finding) -> String {
        let place = match self.places(&finding.places) {
            places if places.is_empty() => places,
            places => format!(" in {places}"),
        };
        let head = finding.head(&place);
        match self.how_much(finding) {
            Some(told) => format!("{head}: {told}"),
            None => head,
        }
    }

    /// By how much: over all groups if they have one example, or else in the first of them.
    fn how_much(&self, finding: &Finding) -> Option<String> {
        let examples = finding.examples();
        let first = examples.first()?;
        let is_one = |example: &&Example| example.engine == first.engine;
        if examples.len() > 1 && examples.iter().all(is_one) {
            let range = range(&examples)?;
            return Some(format!("{} is {range}", first.whose(&title_of(&examples))));
        }
        let mut than = format!("{}'s", first.reference);
        if let [place, _, ..] = finding.places.as_slice() {
            than += &format!(" in {}", self.places(std::slice::from_ref(place)));
        }
        let factor = factor(&first.verdict, &first.figure, &than);
        let value = first.figure.text(first.median);
        Some(format!(
            "{} {factor} ({value})",
            first.whose(&first.figure.title)
        ))
    }

    /// Who is best in every group that has a best, and not beaten in the others; or else who is best in the most groups, or what is
    /// proven in the first group.
    pub(super) fn in_short(&self, concern: &Concern) -> String {
        let first = &concern.findings[0];
        let bests = || concern.findings.iter().filter(|it| it.best().is_some());
        let is_everywhere = |name: &&String| concern.findings.iter().all(|it| it.allows(name));
        let everywhere = first.best().into_iter().flatten().filter(is_everywhere);
        let everywhere: Vec<String> = everywhere.cloned().collect();
        let few = |names| few(names, &first.all);
        match &first.proven {
            Proven::Best { .. } if everywhere.is_empty() => {
                // Of several, the first.
                let most = bests().rev().max_by_key(|finding| finding.places.len());
                let most = most.unwrap_or(first);
                let (names, places) = (few(most.best().unwrap_or(&everywhere)), &most.places);
                format!("depends on the work: {names} in {}", self.places(places))
            }
            Proven::Best { .. } => {
                let examples = bests().flat_map(Finding::examples);
                let examples: Vec<&Example> = examples.filter(|it| !it.is_next).collect();
                let told = range(&examples)
                    .filter(|_| !everywhere.contains(&examples[0].reference))
                    .map(|range| format!(", whose {} is {range}", title_of(&examples)));
                few(&everywhere) + &told.unwrap_or_default()
            }
            _ => first.head(""),
        }
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

impl Concern {
    /// Whether any difference was found.
    pub(super) fn has_difference(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.proven != Proven::Nothing)
    }
}

impl Finding {
    /// Who it names, in this place: ` in join and spawn`.
    fn head(&self, place: &str) -> String {
        let few = |names| few(names, &self.all);
        match &self.proven {
            Proven::Nothing => format!("no difference found{place}"),
            Proven::Small => format!("no difference of more than 10 %{place}"),
            Proven::Best { names, are_tied } => {
                let tied = match names.len() {
                    1 => "",
                    _ if *are_tied => " (tied)",
                    _ => " (in no proven order)",
                };
                format!("{}{tied}{place}", few(names))
            }
            Proven::Better(names) => {
                let (names, reference) = (few(names), self.reference());
                format!("no best is proven{place}, but {reference} is beaten by {names}")
            }
            Proven::Worse(names) => {
                let (names, reference) = (few(names), self.reference());
                format!("no best is proven{place}, but {reference} beats {names}")
            }
        }
    }

    /// Whether an engine of this name may be called one of the best, as far as this finding goes.
    fn allows(&self, name: &String) -> bool {
        match &self.proven {
            Proven::Best { names, .. } | Proven::Better(names) => names.contains(name),
            Proven::Worse(names) => !names.contains(name),
            Proven::Small | Proven::Nothing => true,
        }
    }

    fn best(&self) -> Option<&Vec<String>> {
        match &self.proven {
            Proven::Best { names, .. } => Some(names),
            _ => None,
        }
    }

    fn examples(&self) -> Vec<&Example> {
        let examples = self.places.iter();
        examples
            .filter_map(|place| place.example.as_ref())
            .collect()
    }

    fn reference(&self) -> &str {
        self.examples()
            .first()
            .map_or("", |example| &example.reference)
    }
}

impl Example {
    /// `late p99 of smol`, or `late p99 of smol, the next,`.
    fn whose(&self, title: &str) -> String {
        let next = if self.is_next { ", the next," } else { "" };
        format!("{title} of {}{next}", self.engine)
    }
}

/// By how much all of these differ from their reference.
fn range(examples: &[&Example]) -> Option<String> {
    let ratios = examples.iter().map(|example| example.verdict.ratio);
    let than = format!("{}'s", examples.first()?.reference);
    words::range(ratios.collect::<Option<_>>()?, &than)
}

/// The title of a figure; of CPU/wait and CPU/task, what they have in common.
fn title_of(examples: &[&Example]) -> String {
    let title = &examples[0].figure.title;
    if examples
        .iter()
        .all(|example| example.figure.title == *title)
    {
        return title.clone();
    }
    title.split('/').next().unwrap_or(title).to_owned()
}
