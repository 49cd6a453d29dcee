//! Findings, as clauses of the summary.

use crate::report::Session;
use crate::summary::example::Example;
use crate::summary::findings::{Concern, Finding, Place};
use crate::summary::proven::Proven;
use crate::summary::words::{self, add, factor, few, listed};

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
            than += &format!(" in {}", self.places(&[place]));
        }
        let factor = factor(&first.verdict, &first.figure, &than);
        let value = first.figure.text(first.median);
        Some(format!(
            "{} {factor} ({value})",
            first.whose(&first.figure.title)
        ))
    }

    /// Who is best in every group that has a best, and not beaten in the others; or else who is best
    /// in the most groups, or what is proven in the first group.
    pub(super) fn in_short(&self, concern: &Concern) -> String {
        let first = &concern.findings[0];
        if first.best().is_none() {
            let is_of_all = concern.findings.len() == 1 || first.proven == Proven::Small;
            let place = if is_of_all {
                String::new()
            } else {
                self.within(first)
            };
            return first.head(&place) + &self.lighter(concern, first.winners());
        }
        let everywhere = concern.everywhere();
        if everywhere.is_empty() {
            // Of several, the first.
            let bests = concern.findings.iter().filter(|it| it.best().is_some());
            let most = bests.rev().max_by_key(|finding| finding.places.len());
            let most = most.unwrap_or(first);
            let names = few(most.winners(), &most.all) + &self.lighter(concern, most.winners());
            return format!("depends on the work: {names}{}", self.within(most));
        }
        let (deciding, all) = concern.deciding();
        let mut names = few(&everywhere, &all);
        if all.len() < concern.all().len() {
            // Some take no part there, so nothing is said of them.
            names += &format!(" in {}", self.places(&deciding));
        }
        names += &self.lighter(concern, &everywhere);
        let (places, told) = concern.versus(&everywhere);
        let Some(range) = range(&told) else {
            return names;
        };
        let place = if places.len() == concern.places().count() {
            String::new()
        } else {
            format!(" in {}", self.places(&places))
        };
        format!("{names}, whose {} is {range}{place}", title_of(&told))
    }

    /// Where a finding is: ` in join and spawn`; nothing if the session has one group.
    fn within(&self, finding: &Finding) -> String {
        match self.places(&finding.places.iter().collect::<Vec<_>>()) {
            places if places.is_empty() => places,
            places => format!(" in {places}"),
        }
    }

    /// The names of groups: `join and spawn`, or `sleep (join, spawn) and load` with several workloads.
    fn places(&self, places: &[&Place]) -> String {
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

    /// The engines that are best in every group that has a best, and that no other group speaks against.
    fn everywhere(&self) -> Vec<String> {
        let is_everywhere = |name: &&String| self.findings.iter().all(|it| it.allows(name));
        let first = self.findings[0].best().into_iter().flatten();
        first.filter(is_everywhere).cloned().collect()
    }

    /// The groups that have a best, and all engines that have this figure there.
    fn deciding(&self) -> (Vec<&Place>, Vec<String>) {
        let (mut places, mut all) = (Vec::new(), Vec::new());
        for finding in self.findings.iter().filter(|it| it.best().is_some()) {
            places.extend(&finding.places);
            add(&mut all, &finding.all);
        }
        (places, all)
    }

    /// All engines that have this figure in some group.
    fn all(&self) -> Vec<String> {
        let mut all = Vec::new();
        for finding in &self.findings {
            add(&mut all, &finding.all);
        }
        all
    }

    /// The groups in which each of these is proven to differ from the reference, and how.
    fn versus(&self, names: &[String]) -> (Vec<&Place>, Vec<&Example>) {
        let versus = self.places().filter_map(|place| {
            let of = |name: &String| place.versus.iter().find(|it| it.engine == *name);
            let told = names.iter().map(of).collect::<Option<Vec<_>>>();
            Some((place, told?))
        });
        let (places, told): (Vec<_>, Vec<_>) = versus.unzip();
        (places, told.concat())
    }

    /// All its groups.
    pub(super) fn places(&self) -> impl Iterator<Item = &Place> {
        self.findings.iter().flat_map(|finding| &finding.places)
    }
}

impl Finding {
    /// Who it names, in this place: ` in join and spawn`.
    fn head(&self, place: &str) -> String {
        let few = |names| few(names, &self.all);
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
        let all = self.all.iter().filter(|name| *name != one);
        few(names, &all.cloned().collect::<Vec<_>>())
    }

    /// Whether an engine of this name may be called one of the best, as far as this finding goes.
    fn allows(&self, name: &String) -> bool {
        match &self.proven {
            Proven::Best { names, .. } | Proven::Better(names) => names.contains(name),
            Proven::Beats { .. } => {
                let mut beaten = self.places.iter().flat_map(|place| &place.beaten);
                !beaten.any(|beaten| beaten == name)
            }
            Proven::Small | Proven::Nothing => true,
        }
    }

    fn best(&self) -> Option<&Vec<String>> {
        match &self.proven {
            Proven::Best { names, .. } => Some(names),
            _ => None,
        }
    }

    /// The engines that it speaks for.
    fn winners(&self) -> &[String] {
        match &self.proven {
            Proven::Best { names, .. } | Proven::Better(names) => names,
            Proven::Beats { winner, .. } => std::slice::from_ref(winner),
            Proven::Small | Proven::Nothing => &[],
        }
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
fn range(examples: &[&Example]) -> Option<String> {
    let ratios = examples.iter().map(|example| example.verdict.ratio);
    let than = format!("{}'s", examples.first()?.than);
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
