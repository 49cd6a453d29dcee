//! The answer in short: who is best, and where.

use crate::report::Session;
use crate::summary::clauses::{range, title_of};
use crate::summary::findings::{Concern, Finding, Place, names_of};
use crate::summary::proven::{Example, Proven};
use crate::summary::words::{add, few, listed};

impl Session {
    /// Who is best wherever it takes part in a group that has a best, and not beaten in the others; or
    /// else who is best in the most groups, or what is proven in the first group.
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
        let winners = concern.uncontradicted();
        let deciding = concern.deciding();
        let has_winner = |place: &&Place| winners.iter().any(|name| place.all.contains(name));
        if !deciding.iter().all(has_winner) {
            // Of several, the first.
            let bests = concern.findings.iter().filter(|it| it.best().is_some());
            let most = bests.rev().max_by_key(|finding| finding.places.len());
            let most = most.unwrap_or(first);
            let names = few(most.winners(), &names_of(&most.places))
                + &self.lighter(concern, most.winners());
            return format!("depends on the work: {names}{}", self.within(most));
        }
        let names =
            self.with_places(concern, &winners, &deciding) + &self.lighter(concern, &winners);
        let beaten = beaten_among(&winners, &deciding);
        let (places, told) = concern.versus(&winners);
        let Some(range) = range(&told) else {
            return names + &beaten;
        };
        let place = if places.len() == concern.places().count() {
            String::new()
        } else {
            self.within_places(&places)
        };
        format!(
            "{names}, whose {} is {range}{place}{beaten}",
            title_of(&told)
        )
    }

    /// These winners, and in which of the deciding groups they take part if it is not in all:
    /// `smol, and compio in sleep (join)`.
    fn with_places(&self, concern: &Concern, winners: &[String], deciding: &[&Place]) -> String {
        let all = names_of(deciding.iter().copied());
        // Some take no part there, so nothing is said of them.
        let are_told = all.len() < names_of(concern.places()).len();
        let takes_part = |name: &String, place: &Place| place.all.contains(name);
        let mut parts: Vec<(Vec<usize>, Vec<String>)> = Vec::new();
        for name in winners {
            let is_everywhere = !are_told && concern.places().all(|it| takes_part(name, it));
            let mut places: Vec<usize> = (0..deciding.len()).collect();
            places.retain(|place| !is_everywhere && takes_part(name, deciding[*place]));
            match parts.iter_mut().find(|(others, _)| *others == places) {
                Some((_, names)) => names.push(name.clone()),
                None => parts.push((places, vec![name.clone()])),
            }
        }
        // Those that are best everywhere come first.
        parts.sort_by_key(|(places, _)| (!places.is_empty(), deciding.len() - places.len()));
        let parts = parts.iter().map(|(places, names)| {
            let places: Vec<&Place> = places.iter().map(|place| deciding[*place]).collect();
            let mut of = if places.is_empty() {
                all.clone()
            } else {
                names_of(places.iter().copied())
            };
            // All but those that are no winners: the other winners are named, too.
            of.retain(|name| names.contains(name) || !winners.contains(name));
            let names = few(names, &of);
            if places.is_empty() {
                names
            } else {
                names + &self.within_places(&places)
            }
        });
        parts.collect::<Vec<_>>().join(", and ")
    }
}

impl Concern {
    /// The engines that are best in some group, and that no group in which they take part speaks against.
    fn uncontradicted(&self) -> Vec<String> {
        let mut names = Vec::new();
        for best in self.findings.iter().filter_map(Finding::best) {
            add(&mut names, best);
        }
        names.retain(|name| self.findings.iter().all(|finding| finding.allows(name)));
        names
    }

    /// The groups that have a best.
    fn deciding(&self) -> Vec<&Place> {
        let findings = self.findings.iter().filter(|it| it.best().is_some());
        findings.flat_map(|finding| &finding.places).collect()
    }

    /// The groups in which each of these that takes part is proven to differ from the reference, and how.
    fn versus(&self, names: &[String]) -> (Vec<&Place>, Vec<&Example>) {
        let versus = self.places().filter_map(|place| {
            let names = names.iter().filter(|name| place.all.contains(name));
            let of = |name: &String| place.versus.iter().find(|it| it.engine == *name);
            let told = names.map(of).collect::<Option<Vec<_>>>()?;
            (!told.is_empty()).then_some((place, told))
        });
        let (places, told): (Vec<_>, Vec<_>) = versus.unzip();
        (places, told.concat())
    }
}

impl Finding {
    /// Whether an engine of this name may be called one of the best, as far as this finding goes: it says
    /// nothing of one that takes no part.
    fn allows(&self, name: &String) -> bool {
        match &self.proven {
            _ if !names_of(&self.places).contains(name) => true,
            Proven::Best { names, .. } | Proven::Better(names) => names.contains(name),
            Proven::Beats { .. } => {
                let mut pairs = self.places.iter().flat_map(|place| &place.pairs);
                !pairs.any(|pair| pair.engine == *name)
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
}

/// Which of the winners others of them beat by more than a little, if any: no order of all is proven.
fn beaten_among(winners: &[String], places: &[&Place]) -> String {
    let pairs = || places.iter().flat_map(|place| &place.pairs);
    let is_beaten = |name: &String| {
        let mut by = pairs().filter(|pair| pair.engine == *name && !pair.is_small());
        by.any(|pair| winners.contains(&pair.than))
    };
    let (beaten, unbeaten): (Vec<String>, Vec<String>) =
        winners.iter().cloned().partition(|name| is_beaten(name));
    let are = if unbeaten.len() == 1 { "is" } else { "are" };
    if beaten.is_empty() {
        String::new()
    } else if unbeaten.is_empty() || beaten.len() <= unbeaten.len() {
        format!(", though others of these beat {}", listed(&beaten))
    } else {
        format!(
            ", of which only {} {are} beaten by no other",
            listed(&unbeaten)
        )
    }
}
