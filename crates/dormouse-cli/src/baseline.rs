//! A session held against an earlier one of the same machine.

use std::path::Path;

use crate::command::read;
use crate::engine::Kind;
use crate::environment::Environment;
use crate::failure::Failure;
use crate::figures::ranked;
use crate::plan::Plan;
use crate::report::{Row, Session};
use crate::summary::interval;
use crate::verdict::{self, Word};

/// An earlier session that this one may be held against.
pub(crate) struct Baseline(Session);

/// What came of it.
pub(crate) struct Against {
    pub(crate) sentences: Vec<String>,
    /// Whether a figure is surely worse by more than is allowed.
    pub(crate) has_regressed: bool,
}

impl Baseline {
    /// Reads it, and refuses one of another machine or configuration.
    pub(crate) fn read(
        path: &Path,
        plan: &Plan,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let mut sessions = read(path)?.sessions;
        let count = sessions.len();
        let Some(session) = sessions.pop().filter(|_| count == 1) else {
            return Err(Failure::usage(format_args!(
                "{} has {count} sessions, and a baseline is one: give what `--save-baseline` wrote",
                path.display()
            )));
        };
        match difference(&session, plan, environment) {
            None => Ok(Self(session)),
            Some(difference) => Err(Failure::usage(format_args!(
                "{} is of another {difference}: compare what is alike, or save a baseline anew",
                path.display()
            ))),
        }
    }

    /// Holds every figure of every engine against this; `allowed` is the share by which one may be
    /// worse, if that is to be said.
    pub(crate) fn against(&self, session: &Session, allowed: Option<f64>) -> Against {
        let mut against = Against {
            sentences: Vec::new(),
            has_regressed: false,
        };
        for row in session
            .engines
            .iter()
            .filter(|row| row.engine.kind != Kind::Control)
        {
            let Some(before) = self.0.engines.iter().find(|other| other.is_like(row)) else {
                continue;
            };
            for figure in ranked() {
                let figures = |row: &Row| -> Vec<f64> {
                    row.each(figure)
                        .into_iter()
                        .map(|(_, figure)| figure)
                        .collect()
                };
                let Some(verdict) = verdict::compare_apart(&figures(row), &figures(before)) else {
                    continue;
                };
                // Certain to be beyond what is allowed, and not merely likely.
                let regressed = verdict.word == Word::More
                    && allowed
                        .zip(verdict.interval)
                        .is_some_and(|(allowed, (low, _))| low > 1.0 + allowed);
                against.has_regressed |= regressed;
                let word = match verdict.word {
                    Word::NoDetectableDifference => continue,
                    Word::Less => "less than the baseline",
                    Word::More if regressed => "a regression from the baseline",
                    Word::More => "more than the baseline",
                };
                let (title, ratio) = (figure.title, interval(&verdict));
                against
                    .sentences
                    .push(format!("{}: {title} {ratio}, {word}.", row.title()));
            }
        }
        if against.sentences.is_empty() {
            let none = "No figure differs from the baseline, as far as these rounds can tell.";
            against.sentences.push(none.into());
        }
        against
    }
}

impl Row {
    fn is_like(&self, other: &Self) -> bool {
        (&self.engine.name, self.n, self.max_delay_s)
            == (&other.engine.name, other.n, other.max_delay_s)
    }
}

/// What of the machine or of the configuration is not the same, and how.
fn difference(session: &Session, plan: &Plan, environment: &Environment) -> Option<String> {
    let before = &session.environment;
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".into());
    let machine = [
        ("processor", text(&before.cpu), text(&environment.cpu)),
        (
            "number of cores",
            before.cores.to_string(),
            environment.cores.to_string(),
        ),
        ("system", before.os.clone(), environment.os.clone()),
        (
            "profile",
            before.profile.clone(),
            environment.profile.clone(),
        ),
    ];
    let settings = (&session.settings, &plan.settings);
    let engines = |engines: &mut dyn Iterator<Item = (String, usize)>| {
        let mut engines: Vec<String> = engines
            .map(|(name, threads)| format!("{name} on {threads}"))
            .collect();
        engines.sort_unstable();
        engines.dedup();
        engines.join(", ")
    };
    let rows = &mut session
        .engines
        .iter()
        .map(|row| (row.engine.name.clone(), row.engine.threads));
    let cells = &mut plan
        .cells
        .iter()
        .map(|cell| (cell.engine.name.clone(), cell.engine.threads));
    let configuration = [
        (
            "n",
            format!("{:?}", settings.0.n),
            format!("{:?}", settings.1.n),
        ),
        (
            "longest delay",
            format!("{:?}", settings.0.max_delay_s),
            format!("{:?}", settings.1.max_delay_s),
        ),
        ("set of engines", engines(rows), engines(cells)),
    ];
    machine
        .into_iter()
        .chain(configuration)
        .find(|(_, before, now)| before != now)
        .map(|(name, before, now)| format!("{name} ({before}, and now {now})"))
}
