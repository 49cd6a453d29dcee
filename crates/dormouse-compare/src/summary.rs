//! The medians, verdicts and findings that follow from the runs of a session.

use crate::engine::Kind;
use crate::figures::{Better, Figure};
use crate::report::{MemoryByN, Row, Session, Versus};
use crate::units::{self, counted};
use crate::verdict::{self, FEW_ROUNDS, Outcome, Pair, Scale, Verdict};

mod answer;
mod findings;
mod words;

pub(crate) use crate::summary::words::clauses;

/// How many values of n the line through memory by n needs.
const MANY_N: usize = 4;

impl Session {
    /// Works out warnings, verdicts and findings, once the runs are over.
    pub(crate) fn conclude(&mut self) {
        self.environment.after();
        let warnings = self.warn();
        self.warnings.extend(warnings);
        self.summarise();
    }

    /// Works out medians, verdicts, memory by n and the findings.
    pub(crate) fn summarise(&mut self) {
        let workloads = self.workloads.clone();
        for row in &mut self.engines {
            row.failure = row.first_failure();
            let about = workloads.iter().find(|about| about.name == row.workload);
            let figures = about.iter().flat_map(|about| &about.figures);
            let medians = figures.filter_map(|figure| {
                let figures = row.each(&figure.key).into_iter().map(|(_, figure)| figure);
                Some((figure.key.clone(), verdict::median(figures.collect())?))
            });
            row.medians = medians.collect();
        }
        self.judge();
        self.memory = self.memory_by_n();
        self.summary = if self.rounds < FEW_ROUNDS {
            let rounds = counted(self.rounds, "round");
            vec![format!(
                "{rounds}: too few to tell engines apart. Ask for `--rounds 12` or more."
            )]
        } else {
            self.answer()
        };
    }

    /// Compares all pairs of engines of all groups by all ranked figures, as one family.
    fn judge(&mut self) {
        let rounds = self.round_seeds.len();
        let mut pairs = Vec::new();
        let mut names = Vec::new();
        let mut first = 0;
        for (number, rows) in self.groups().enumerate() {
            let reference = self.reference(rows).map(|row| row.engine.name.clone());
            let about = self.about(&rows[0]);
            let figures = about.iter().flat_map(|about| about.ranked());
            for (place, figure) in figures.enumerate() {
                for left in 0..rows.len() {
                    for right in left + 1..rows.len() {
                        let sides = [&rows[left], &rows[right]];
                        let is = |row: &Row| reference.as_ref() == Some(&row.engine.name);
                        let with_reference = sides.iter().any(|row| is(row));
                        let is_control = sides.iter().any(|row| row.engine.kind == Kind::Control);
                        if sides.iter().any(|row| row.failure.is_some())
                            || is_control && !with_reference
                        {
                            continue;
                        }
                        if let Some((scale, rounds)) = differences(sides, figure, rounds) {
                            pairs.push(Pair {
                                group: number,
                                figure: place,
                                engines: [left, right],
                                scale,
                                rounds,
                                with_reference,
                            });
                            names.push((first + left, first + right, figure.clone()));
                        }
                    }
                }
            }
            first += rows.len();
        }
        let verdicts = verdict::compare(&pairs);
        for row in &mut self.engines {
            (row.versus, row.best_by) = (None, Vec::new());
        }
        self.set_versus(&names, &verdicts);
        self.set_bests(&names, &verdicts);
    }

    /// Sets the verdicts of each row against the reference of its group.
    fn set_versus(&mut self, names: &[(usize, usize, Figure)], verdicts: &[Option<Verdict>]) {
        for ((left, right, figure), verdict) in names.iter().zip(verdicts) {
            let Some(verdict) = verdict else { continue };
            let is = |number: usize, session: &Self| {
                let row = &session.engines[number];
                row.engine.kind == Kind::Runtime && row.engine.runtime == session.settings.reference
            };
            // A verdict compares the right engine with the left one.
            let (row, reference, verdict) = if is(*left, self) {
                (*right, *left, *verdict)
            } else if is(*right, self) {
                (*left, *right, verdict.reversed())
            } else {
                continue;
            };
            let reference = self.engines[reference].engine.name.clone();
            let versus = self.engines[row].versus.get_or_insert_with(|| Versus {
                reference,
                verdicts: Default::default(),
            });
            versus.verdicts.insert(figure.key.clone(), verdict);
        }
    }

    /// Marks the rows that none is proven better than, in groups where some row is proven worse.
    fn set_bests(&mut self, names: &[(usize, usize, Figure)], verdicts: &[Option<Verdict>]) {
        let mut beaten = vec![Vec::new(); self.engines.len()];
        for ((left, right, figure), verdict) in names.iter().zip(verdicts) {
            let outcome = verdict.map(|verdict| verdict.outcome);
            let is_control = [left, right]
                .iter()
                .any(|number| self.engines[**number].engine.kind == Kind::Control);
            let worse = match (outcome, figure.better) {
                (Some(Outcome::Less), Better::Less) | (Some(Outcome::More), Better::More) => *left,
                (Some(Outcome::More), Better::Less) | (Some(Outcome::Less), Better::More) => *right,
                _ => continue,
            };
            if !is_control {
                beaten[worse].push(figure.key.clone());
            }
        }
        let mut first = 0;
        let mut bests = vec![Vec::new(); self.engines.len()];
        for rows in self.groups() {
            let places = first..first + rows.len();
            let about = self.about(&rows[0]);
            for figure in about.iter().flat_map(|about| about.ranked()) {
                let is_told = places
                    .clone()
                    .any(|place| beaten[place].contains(&figure.key));
                for place in places.clone().filter(|_| is_told) {
                    let row = &self.engines[place];
                    let is_able = is_ranked(row) && row.median(figure).is_some();
                    if is_able && !beaten[place].contains(&figure.key) {
                        bests[place].push(figure.key.clone());
                    }
                }
            }
            first += rows.len();
        }
        for (row, best_by) in self.engines.iter_mut().zip(bests) {
            row.best_by = best_by;
        }
    }

    pub(crate) fn reference<'a>(&self, rows: &'a [Row]) -> Option<&'a Row> {
        rows.iter().find(|row| {
            row.engine.kind == Kind::Runtime && row.engine.runtime == self.settings.reference
        })
    }

    /// The name of a group: its mode, and n and the longest delay if the session has several.
    pub(crate) fn group(&self, mode: &str, row: &Row) -> String {
        let mut name = mode.to_owned();
        if self.settings.n.len() > 1 {
            name += &format!(", n = {}", row.n);
        }
        if self.settings.max_delay_s.len() > 1 {
            name += &format!(", up to {}", units::seconds(row.max_delay_s));
        }
        name
    }

    fn memory_by_n(&self) -> Vec<MemoryByN> {
        if self.settings.n.len() < MANY_N {
            return Vec::new();
        }
        let mut lines = Vec::new();
        for first in self
            .engines
            .iter()
            .filter(|row| row.n == self.settings.n[0])
        {
            let same = |row: &&Row| {
                row.engine.name == first.engine.name
                    && row.workload == first.workload
                    && row.max_delay_s == first.max_delay_s
            };
            let rows = self.engines.iter().filter(same);
            let points: Vec<(f64, f64)> = rows
                .filter_map(|row| Some((row.n as f64, *row.medians.get("peak_rss_bytes")?)))
                .collect();
            if points.len() < MANY_N {
                continue;
            }
            let (bytes_per_wait, base_bytes) = line(&points);
            lines.push(MemoryByN {
                engine: first.engine.name.clone(),
                workload: first.workload.clone(),
                max_delay_s: first.max_delay_s,
                bytes_per_wait,
                base_bytes,
            });
        }
        lines
    }
}

/// Whether a row is ranked: not if a run has failed, nor the control, nor the floor.
pub(crate) fn is_ranked(row: &Row) -> bool {
    row.failure.is_none() && matches!(row.engine.kind, Kind::Runtime | Kind::Peer)
}

/// The right row's figure against the left row's in each round; none if they share no round.
fn differences(
    [left, right]: [&Row; 2],
    figure: &Figure,
    rounds: usize,
) -> Option<(Scale, Vec<Option<f64>>)> {
    let (ours, theirs) = (right.each(&figure.key), left.each(&figure.key));
    let values: Vec<f64> = theirs.iter().map(|(_, figure)| *figure).collect();
    let scale = Scale::of(ours.iter().map(|(_, figure)| *figure), &values);
    let mut differences = vec![None; rounds];
    for (round, ours) in &ours {
        if let Some((_, theirs)) = theirs.iter().find(|(other, _)| other == round)
            && let Some(place) = differences.get_mut(*round)
        {
            *place = Some(scale.place(*ours) - scale.place(*theirs));
        }
    }
    let is_known = differences.iter().any(Option::is_some);
    is_known.then_some((scale, differences))
}

/// A ratio or a difference, and its interval: `0.5× [0.4, 0.6]`.
pub(crate) fn interval(verdict: &Verdict, figure: Option<&Figure>) -> String {
    let text = |value: f64| match (verdict.ratio, figure) {
        (None, Some(figure)) => figure.text(value),
        _ => units::ratio(value),
    };
    let typical = verdict.ratio.or(verdict.difference).unwrap_or_default();
    let plus = if verdict.ratio.is_none() && typical > 0.0 {
        "+"
    } else {
        ""
    };
    let Some((low, high)) = verdict.interval else {
        return format!("{plus}{}", text(typical));
    };
    let digits = |number: f64| text(number).trim_end_matches('×').to_owned();
    format!(
        "{plus}{} [{}, {}]",
        text(typical),
        digits(low),
        digits(high)
    )
}

/// The least-squares line through points: its slope and its intercept.
fn line(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |sum, point| {
        (sum.0 + point.0 / count, sum.1 + point.1 / count)
    });
    let (mut covariance, mut variance) = (0.0, 0.0);
    for point in points {
        covariance += (point.0 - x) * (point.1 - y);
        variance += (point.0 - x).powi(2);
    }
    let slope = covariance / variance;
    (slope, y - slope * x)
}
