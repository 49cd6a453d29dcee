//! What is proven of a group by a figure, and engines that show how much.

use dormouse_verdict::{Outcome, Verdict};

use crate::figures::{Better, Figure};
use crate::report::{Row, Session};

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
    /// None is better than the reference, and the best can't be named, but one engine beats others:
    /// the reference, or else the one with the greatest difference.
    Beats {
        winner: String,
        names: Vec<String>,
    },
    /// All differences that are proven, between any two, are small.
    Small,
    Nothing,
}

/// An engine beside another one, from which it is proven to differ.
#[derive(Clone)]
pub(super) struct Example {
    pub(super) engine: String,
    /// The other engine: the reference, or one that is better.
    pub(super) than: String,
    pub(super) figure: Figure,
    pub(super) verdict: Verdict,
    pub(super) median: f64,
    /// It is not of those that the finding names, but the best of the others.
    pub(super) is_next: bool,
}

impl Example {
    pub(super) fn new(row: &Row, than: &Row, figure: &Figure, verdict: Verdict) -> Option<Self> {
        Some(Self {
            engine: row.engine.line(),
            than: than.engine.line(),
            figure: figure.clone(),
            verdict,
            median: row.median(figure)?,
            is_next: false,
        })
    }

    pub(super) fn is_better(&self) -> bool {
        (self.verdict.outcome == Outcome::Less) == (self.figure.better == Better::Less)
    }

    /// How far apart the two are: the logarithm of their ratio. No ratio is further than any.
    pub(super) fn far(&self) -> f64 {
        self.verdict
            .ratio
            .map_or(f64::INFINITY, |ratio| ratio.ln().abs())
    }

    /// Whether so small a difference decides for nobody.
    pub(super) fn is_small(&self) -> bool {
        self.far() <= SMALL.ln()
    }

    /// `late p99 of smol`, or `late p99 of smol, the next,`.
    pub(super) fn whose(&self, title: &str) -> String {
        let next = if self.is_next { ", the next," } else { "" };
        format!("{title} of {}{next}", self.engine)
    }
}

impl Session {
    /// All pairs of these rows that are proven to differ: the worse row against the better one.
    pub(super) fn pairs(&self, ranked: &[&Row], figure: &Figure) -> Vec<Example> {
        let pairs = ranked.iter().flat_map(|better| {
            let beaten = better.beats.get(&figure.key).into_iter().flatten();
            beaten
                .filter_map(|it| Example::new(&self.engines[it.place], better, figure, it.verdict))
        });
        pairs.collect()
    }

    /// What is proven of these rows, and an engine that shows how much: `versus` are those that differ
    /// from the reference, `pairs` those that differ from one another.
    pub(super) fn proven(
        &self,
        ranked: &[&Row],
        figure: &Figure,
        versus: &[Example],
        pairs: &[Example],
    ) -> (Proven, Option<Example>) {
        if pairs.is_empty() {
            return (Proven::Nothing, None);
        }
        if pairs.iter().all(Example::is_small) {
            return (Proven::Small, None);
        }
        let all = names(ranked);
        let (best, others): (Vec<&Row>, Vec<&Row>) = ranked
            .iter()
            .partition(|row| row.best_by.contains(&figure.key));
        if !best.is_empty() {
            let is_reference = best.iter().any(|row| self.is_reference(row));
            let (best, others) = (names(&best), names(&others));
            let are_tied = !pairs.iter().any(|pair| best.contains(&pair.engine));
            let better = first(versus, |it| best.contains(&it.engine) && it.is_better());
            let next = first(versus, |it| others.contains(&it.engine));
            let next = next.map(|next| Example {
                is_next: true,
                ..next
            });
            let mut examples = [better, next].into_iter().flatten();
            let example = if is_reference {
                examples.max_by(|left, right| left.far().total_cmp(&right.far()))
            } else {
                examples.next()
            };
            let names = best;
            return (Proven::Best { names, are_tied }, example);
        }
        let better = |name: &&String| {
            let mut better = versus.iter().filter(|it| it.is_better());
            better.any(|it| it.engine == **name)
        };
        let better: Vec<String> = all.iter().filter(better).cloned().collect();
        if !better.is_empty() {
            let example = first(versus, |it| better.contains(&it.engine));
            return (Proven::Better(better), example);
        }
        let farthest = |left: &&Example, right: &&Example| left.far().total_cmp(&right.far());
        let winner = versus.first().or_else(|| pairs.iter().max_by(farthest));
        let winner = winner.map(|pair| pair.than.clone()).unwrap_or_default();
        let beaten = || pairs.iter().filter(|pair| pair.than == winner);
        let example = beaten().max_by(farthest).cloned();
        let names = beaten().map(|pair| pair.engine.clone()).collect();
        (Proven::Beats { winner, names }, example)
    }
}

/// Of these examples, the one with the best median.
fn first(examples: &[Example], is: impl Fn(&&Example) -> bool) -> Option<Example> {
    let rank = |example: &Example| match example.figure.better {
        Better::Less => example.median,
        Better::More => -example.median,
    };
    let examples = examples.iter().filter(is);
    examples
        .min_by(|left, right| rank(left).total_cmp(&rank(right)))
        .cloned()
}

/// The names of the engines of these rows.
pub(super) fn names(rows: &[&Row]) -> Vec<String> {
    rows.iter().map(|row| row.engine.line()).collect()
}

/// Ratios of up to this, either way, are small.
const SMALL: f64 = 1.1;
