//! Comparing a session with an earlier one of the same machine.

use crate::engine::Kind;
use crate::error::Error;
use crate::figures::{Better, Figure};
use crate::report::{Report, Row, Session};
use crate::summary::interval;
use crate::units::counted;
use crate::verdict::{self, Apart, FEW_ROUNDS, Outcome, Scale};
use crate::workload::Builtin;

/// An earlier session that others can be compared with.
#[derive(Clone, Debug)]
pub struct Baseline(Session);

/// The result of a comparison with a [`Baseline`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Against {
    /// The findings.
    pub sentences: Vec<String>,
    /// Whether a figure is worse by more than is allowed, with its whole interval.
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
        let session = sessions.pop().filter(|_| count == 1);
        session.map(Self).ok_or_else(|| {
            Error::usage(format_args!(
                "{name} has {count} sessions, and a baseline is one: give what `--save-baseline` wrote"
            ))
        })
    }

    /// Checks that a session can be compared with this one: it is of the same machine, and has an
    /// engine in common with it; with `strict`, exactly the same engines.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`], which names the difference between the two.
    pub fn fits(&self, session: &Session, name: &str, strict: bool) -> Result<(), Error> {
        let refuse = |difference: &str| {
            Err(Error::usage(format_args!(
                "{name} has another {difference}: compare like with like, or save a new baseline"
            )))
        };
        if let Some(difference) = self.machine(session) {
            return refuse(&difference);
        }
        let of = |session: &Session, other: &Session| {
            let rows = session.engines.iter();
            let names = rows.map(|row| name_beside(session, row, other));
            names.collect::<Vec<_>>().join("; ")
        };
        let shared = session.engines.iter().any(|row| self.like(row).is_some());
        let all = session.engines.iter().all(|row| self.like(row).is_some())
            && session.engines.len() == self.0.engines.len();
        if !shared || strict && !all {
            return refuse(&format!(
                "set of engines ({}, and now {})",
                of(&self.0, session),
                of(session, &self.0)
            ));
        }
        Ok(())
    }

    /// Compares every ranked figure of every engine that both sessions have.
    ///
    /// `allowed` is the share by which a figure may be worse before it counts as a regression; without
    /// it, there are none.
    #[must_use]
    pub fn against(&self, session: &Session, allowed: Option<f64>) -> Against {
        let mut figures: Vec<(&Row, Figure)> = Vec::new();
        let mut apart = Vec::new();
        for row in session.engines.iter().filter(|row| is_held(row)) {
            let (Some(before), Some(about)) = (self.like(row), session.about(row)) else {
                continue;
            };
            for figure in about.ranked() {
                let values = |row: &Row| -> Vec<f64> {
                    let each = row.each(&figure.key).into_iter();
                    each.map(|(_, figure)| figure).collect()
                };
                let (ours, theirs) = (values(row), values(before));
                let scale = Scale::of(ours.iter().copied(), &theirs);
                apart.push(Apart {
                    scale,
                    ours,
                    theirs,
                });
                figures.push((row, figure.clone()));
            }
        }
        let mut against = Against {
            sentences: Vec::new(),
            has_regressed: false,
            has_compared: false,
        };
        let mut compared: Vec<&Row> = Vec::new();
        for ((row, figure), verdict) in figures.iter().zip(verdict::compare_apart(&apart)) {
            // Without an interval, one of the sessions has too few runs of the figure.
            let Some(verdict) = verdict.filter(|verdict| verdict.interval.is_some()) else {
                continue;
            };
            compared.push(row);
            let is_worse = match figure.better {
                Better::Less => verdict.outcome == Outcome::More,
                Better::More => verdict.outcome == Outcome::Less,
            };
            // The whole interval is beyond what is allowed, and not only the estimate.
            let regressed = is_worse
                && allowed
                    .zip(verdict.interval)
                    .is_some_and(
                        |(allowed, (low, high))| match (verdict.ratio, figure.better) {
                            (None, _) => true,
                            (Some(_), Better::Less) => low > 1.0 + allowed,
                            (Some(_), Better::More) => high < 1.0 / (1.0 + allowed),
                        },
                    );
            against.has_regressed |= regressed;
            let word = match verdict.outcome {
                Outcome::NoDetectableDifference => continue,
                _ if regressed => "a regression from the baseline",
                Outcome::Less => "less than the baseline",
                Outcome::More => "more than the baseline",
            };
            let (title, ratio) = (&figure.title, interval(&verdict, Some(figure)));
            let of = session.title_of(row);
            against
                .sentences
                .push(format!("{of}: {title} {ratio}, {word}."));
        }
        // The floor is no engine.
        against.has_compared = compared.iter().any(|row| row.engine.kind != Kind::Floor);
        if !against.has_compared {
            let nothing =
                "Nothing was compared with the baseline: no engine has enough good runs in both.";
            against.sentences.push(nothing.into());
        } else if against.sentences.is_empty() {
            let none = "No figure differs from the baseline, as far as these rounds can tell.";
            against.sentences.push(none.into());
        }
        against.sentences.extend(self.rest(session, &compared));
        against
    }

    /// The engines that were not compared, each with the reason, in a sentence.
    fn rest(&self, session: &Session, compared: &[&Row]) -> Option<String> {
        let rows = session.engines.iter().filter(|row| is_held(row));
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
        let gone =
            self.0.engines.iter().filter(|row| {
                is_held(row) && !session.engines.iter().any(|other| is_like(row, other))
            });
        let gone = gone.map(|row| {
            let name = name_beside(&self.0, row, session);
            format!("{name} (in the baseline alone)")
        });
        let rest: Vec<String> = now.chain(gone).collect();
        (!rest.is_empty()).then(|| format!("Not compared: {}.", rest.join("; ")))
    }

    fn like(&self, row: &Row) -> Option<&Row> {
        self.0.engines.iter().find(|other| is_like(row, other))
    }

    /// The first property of the machine or the build that differs, with both values.
    fn machine(&self, session: &Session) -> Option<String> {
        let (before, now) = (&self.0.environment, &session.environment);
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".into());
        let machine = [
            ("processor", text(&before.cpu), text(&now.cpu)),
            (
                "number of cores",
                before.cores.to_string(),
                now.cores.to_string(),
            ),
            ("system", before.os.clone(), now.os.clone()),
            ("profile", before.profile.clone(), now.profile.clone()),
        ];
        let busy = |session: &Session| {
            let settings = &session.settings;
            let of = format!("{} of {} s", settings.busy_per_thread, settings.chunk_s);
            let is_load = |row: &Row| row.workload == Builtin::Load.name();
            session.engines.iter().any(is_load).then_some(of)
        };
        let busy = busy(&self.0).zip(busy(session));
        let busy = busy.map(|(before, now)| ("number of busy tasks a thread", before, now));
        let mut machine = machine.into_iter().chain(busy);
        machine
            .find(|(_, before, now)| before != now)
            .map(|(name, before, now)| format!("{name} ({before}, and now {now})"))
    }
}

fn is_held(row: &Row) -> bool {
    row.engine.kind != Kind::Control
}

/// The name of a row, with its threads if the other session has a row of that name that differs in
/// them.
fn name_beside(session: &Session, row: &Row, other: &Session) -> String {
    let title = session.title_of(row);
    let mut rows = other.engines.iter();
    let has_twin =
        rows.any(|twin| twin.engine.threads != row.engine.threads && other.title_of(twin) == title);
    match row.engine.threads {
        _ if !has_twin => title,
        0 => format!("{title}, on an unknown number of threads"),
        threads => format!("{title}, on {}", counted(threads, "thread")),
    }
}

fn is_like(row: &Row, other: &Row) -> bool {
    let key = |row: &Row| {
        (
            row.engine.name.clone(),
            row.workload.clone(),
            row.n,
            row.max_delay_s.to_bits(),
            row.engine.threads,
        )
    };
    key(row) == key(other)
}
