//! Engines that show how much a finding is about.

use dormouse_verdict::{Outcome, Verdict};

use crate::figures::{Better, Figure};
use crate::report::Row;

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

/// The names of the engines of these rows.
pub(super) fn names(rows: &[&Row]) -> Vec<String> {
    rows.iter().map(|row| row.engine.line()).collect()
}

/// Ratios of up to this, either way, are small.
const SMALL: f64 = 1.1;
