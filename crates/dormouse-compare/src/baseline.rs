//! Comparing a session with an earlier one of the same machine.

use dormouse_verdict::{FEW_ROUNDS, Outcome, Scale, Unpaired, Verdict, compare_unpaired};

use crate::baseline::alike::{held, is_like, name_beside};
use crate::engine::Kind;
use crate::error::Error;
use crate::figures::{Better, Figure};
use crate::report::{Report, Row, Session};
use crate::summary::interval;
use crate::wording::{self, Input};

mod alike;

/// An earlier session that others can be compared with.
#[derive(Clone, Debug)]
pub struct Baseline(Session);

/// The result of a comparison with a [`Baseline`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Against {
    /// The findings.
    pub sentences: Vec<String>,
    /// Whether a figure is worse by more than is allowed, or at all if nothing is said of that, with
    /// its whole interval.
    pub has_regressed: bool,
    /// Whether any figure has enough runs in both sessions. If none has, a session that has not
    /// regressed proves nothing.
    pub has_compared: bool,
}

impl Baseline {
    /// A session of fewer rounds can't regress: there are no verdicts on it.
    pub const FEWEST_ROUNDS: usize = FEW_ROUNDS;

    /// Makes a baseline of a report of one session; `name` is the name of the report in an error.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`], if the report has another number of sessions.
    pub fn new(report: Report, name: &str) -> Result<Self, Error> {
        let mut sessions = report.sessions;
        let count = sessions.len();
        let wording = sessions.first().map(|session| session.wording);
        let session = sessions.pop().filter(|_| count == 1);
        session.map(Self).ok_or_else(|| {
            Error::usage(format_args!(
                "{name} has {count} sessions, and a baseline is one: give what {} wrote",
                wording.unwrap_or_else(wording::of_library)(&Input::Baseline)
            ))
        })
    }

    /// Compares every ranked figure of every engine that both sessions have.
    ///
    /// `allowed` is the share by which a figure may be worse before it counts as a regression. Without
    /// it, the share is 0, and the findings call nothing a regression.
    #[must_use]
    pub fn against(&self, session: &Session, allowed: Option<f64>) -> Against {
        let (figures, values) = self.pairs(session);
        let mut sentences = Vec::new();
        let mut has_regressed = false;
        let mut compared: Vec<&Row> = Vec::new();
        for ((row, figure), verdict) in figures.iter().zip(compare_unpaired(&values)) {
            // Without an interval, one of the sessions has too few runs of the figure.
            let Some(verdict) = verdict.filter(|verdict| verdict.interval.is_some()) else {
                continue;
            };
            compared.push(row);
            let regressed = regresses(figure, &verdict, allowed.unwrap_or(0.0));
            has_regressed |= regressed;
            let word = match verdict.outcome {
                Outcome::NoDetectableDifference => continue,
                _ if regressed && allowed.is_some() => "a regression from the baseline",
                Outcome::Less => "less than the baseline",
                Outcome::More => "more than the baseline",
            };
            let (title, ratio) = (&figure.title, interval(&verdict, figure));
            let of = session.title_of(row);
            sentences.push(format!("{of}: {title} {ratio}, {word}."));
        }
        // The floor is no engine.
        let has_compared = compared.iter().any(|row| row.engine.kind != Kind::Floor);
        if !has_compared {
            let nothing =
                "Nothing was compared with the baseline: no engine has enough good runs in both.";
            sentences.push(nothing.into());
        } else if sentences.is_empty() {
            let none = "No figure differs from the baseline, as far as these rounds can tell.";
            sentences.push(none.into());
        }
        sentences.extend(self.rest(session, &compared));
        Against {
            sentences,
            has_regressed,
            has_compared,
        }
    }

    /// The ranked figures of the rows that both sessions have, and the values of each in both.
    fn pairs<'a>(&self, session: &'a Session) -> (Vec<(&'a Row, Figure)>, Vec<Unpaired>) {
        let mut pairs = Vec::new();
        for row in held(session) {
            let Some(before) = self.like(row) else {
                continue;
            };
            for figure in session.about(row).ranked() {
                let (ours, theirs) = (row.values(&figure.key), before.values(&figure.key));
                let scale = Scale::of(ours.iter().copied(), &theirs);
                let unpaired = Unpaired {
                    scale,
                    ours,
                    theirs,
                };
                pairs.push(((row, figure.clone()), unpaired));
            }
        }
        pairs.into_iter().unzip()
    }

    /// The engines that were not compared, each with the reason, in a sentence.
    fn rest(&self, session: &Session, compared: &[&Row]) -> Option<String> {
        let rows = held(session);
        let is_compared = |row: &Row| compared.iter().any(|other| std::ptr::eq(*other, row));
        let now = rows.filter(|row| !is_compared(row)).map(|row| {
            let reason = match self.like(row) {
                None => "new",
                Some(_) if row.figures().next().is_none() => "it has no figures now",
                Some(before) if before.figures().next().is_none() => {
                    "it has no figures in the baseline"
                }
                Some(_) => "it has too few good runs",
            };
            format!("{} ({reason})", name_beside(session, row, &self.0))
        });
        let is_gone = |row: &&Row| !session.engines.iter().any(|other| is_like(row, other));
        let gone = held(&self.0).filter(is_gone);
        let gone = gone.map(|row| {
            let name = name_beside(&self.0, row, session);
            format!("{name} (in the baseline alone)")
        });
        let rest: Vec<String> = now.chain(gone).collect();
        (!rest.is_empty()).then(|| format!("Not compared: {}.", rest.join("; ")))
    }
}

/// Whether a figure is proven worse by more than is allowed: the whole interval is beyond it, and not
/// only the estimate.
fn regresses(figure: &Figure, verdict: &Verdict, allowed: f64) -> bool {
    let is_worse = match figure.better {
        Better::Less => verdict.outcome == Outcome::More,
        Better::More => verdict.outcome == Outcome::Less,
    };
    let Some((low, high)) = verdict.interval.filter(|_| is_worse) else {
        return false;
    };
    match (verdict.ratio, figure.better) {
        (None, _) => true,
        (Some(_), Better::Less) => low > 1.0 + allowed,
        (Some(_), Better::More) => high < 1.0 / (1.0 + allowed),
    }
}
