//! What the runs of a session say together.

use crate::engine::Kind;
use crate::figures::{FIGURES, Figure, ranked};
use crate::report::{MemoryByN, Row, Session, Versus};
use crate::units::{self, counted};
use crate::verdict::{self, FEW_ROUNDS, Verdict, Word};

/// How many n a line through the memory of runs takes.
const MANY_N: usize = 4;

impl Session {
    /// Works out everything that follows from the runs.
    pub(crate) fn summarise(&mut self) {
        for row in &mut self.engines {
            row.failure = row.first_failure();
            row.medians = FIGURES
                .iter()
                .filter_map(|figure| {
                    let figures = row.each(figure).into_iter().map(|(_, figure)| figure);
                    Some((figure.key.into(), verdict::median(figures.collect())?))
                })
                .collect();
        }
        let versus: Vec<Option<Versus>> = self
            .groups()
            .flat_map(|rows| rows.iter().map(|row| self.versus(row, rows)))
            .collect();
        for (row, versus) in self.engines.iter_mut().zip(versus) {
            row.versus = versus;
        }
        self.memory = self.memory_by_n();
        if self.rounds < FEW_ROUNDS {
            let rounds = counted(self.rounds, "round");
            self.summary = vec![format!("{rounds}: too few to tell engines apart.")];
            return;
        }
        self.summary = self
            .groups()
            .filter_map(|rows| self.sentence(rows))
            .chain(self.control())
            .collect();
    }

    /// How a row stands to the reference of its group, if that is another one.
    fn versus(&self, row: &Row, rows: &[Row]) -> Option<Versus> {
        let reference = self.reference(rows)?;
        if reference.engine.name == row.engine.name {
            return None;
        }
        let verdicts = ranked().filter_map(|figure| {
            let verdict = verdict::compare(&row.each(figure), &reference.each(figure))?;
            Some((figure.key.into(), verdict))
        });
        Some(Versus {
            reference: reference.engine.name.clone(),
            verdicts: verdicts.collect(),
        })
    }

    fn reference<'a>(&self, rows: &'a [Row]) -> Option<&'a Row> {
        rows.iter().find(|row| {
            row.engine.kind == Kind::Runtime && row.engine.runtime == self.settings.reference
        })
    }

    /// Which engine did best at what; engines that the rounds can't tell apart share it.
    fn sentence(&self, rows: &[Row]) -> Option<String> {
        let mode = rows.first()?.engine.mode?;
        let able = able(rows);
        if able.len() < 2 {
            return None;
        }
        let bests: Vec<String> = ranked()
            .filter_map(|figure| {
                let least = figure.least?;
                let best = best(&able, figure)?;
                if best.len() == able.len() {
                    return Some(format!("{least}: can't tell"));
                }
                let names: Vec<String> = best.iter().map(|row| row.engine.line()).collect();
                let ratio = best.first().and_then(|row| row.verdict(figure));
                let ratio = match ratio {
                    Some(verdict) if verdict.word == Word::Less => {
                        format!(" ({} of {})", interval(verdict), self.settings.reference)
                    }
                    _ => String::new(),
                };
                Some(format!("{least}: {}{ratio}", names.join(", ")))
            })
            .collect();
        Some(format!(
            "{}: {}.",
            self.group(mode.name(), &rows[0]),
            bests.join("; ")
        ))
    }

    /// The name of a group among the others of its session.
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

    /// What the reference, held against itself, says of the session.
    fn control(&self) -> Option<String> {
        let controls = self
            .engines
            .iter()
            .filter(|row| row.engine.kind == Kind::Control);
        let mut tried = false;
        let mut differing = Vec::new();
        for row in controls {
            for (key, verdict) in row.versus.iter().flat_map(|versus| &versus.verdicts) {
                tried = true;
                let figure = FIGURES.iter().find(|figure| figure.key == key)?;
                if verdict.word != Word::NoDetectableDifference {
                    differing.push(format!("{} {}", figure.title, interval(verdict)));
                }
            }
        }
        if differing.is_empty() {
            let reference = &self.settings.reference;
            return tried.then(|| format!("A/A: {reference} does not differ from itself."));
        }
        Some(format!(
            "A/A: {} differs from itself ({}): of that, this session proves nothing.",
            self.settings.reference,
            differing.join("; ")
        ))
    }

    fn memory_by_n(&self) -> Vec<MemoryByN> {
        let Some(memory) = FIGURES.iter().find(|figure| figure.key == "peak_rss_bytes") else {
            return Vec::new();
        };
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
                row.engine.name == first.engine.name && row.max_delay_s == first.max_delay_s
            };
            let rows = self.engines.iter().filter(same);
            let points: Vec<(f64, f64)> = rows
                .filter_map(|row| Some((row.n as f64, row.median(memory)?)))
                .collect();
            if points.len() < MANY_N {
                continue;
            }
            let (bytes_per_wait, base_bytes) = line(&points);
            lines.push(MemoryByN {
                engine: first.engine.name.clone(),
                max_delay_s: first.max_delay_s,
                bytes_per_wait,
                base_bytes,
            });
        }
        lines
    }
}

impl Row {
    fn first_failure(&self) -> Option<String> {
        self.runs.iter().find_map(|run| match &run.result {
            crate::report::RunResult::Failure(failure) => Some(failure.clone()),
            crate::report::RunResult::Figures(_) => None,
        })
    }
}

/// A ratio and its interval: `0.5× [0.4, 0.6]`.
pub(crate) fn interval(verdict: &Verdict) -> String {
    let ratio = units::ratio(verdict.ratio);
    let Some((low, high)) = verdict.interval else {
        return ratio;
    };
    let digits = |number: f64| units::ratio(number).trim_end_matches('×').to_owned();
    format!("{ratio} [{}, {}]", digits(low), digits(high))
}

/// The rows that are ranked: what has failed is not, nor the reference's second run.
pub(crate) fn able(rows: &[Row]) -> Vec<&Row> {
    rows.iter()
        .filter(|row| row.failure.is_none() && row.engine.kind != Kind::Control)
        .collect()
}

/// The row with the least of a figure, and those that the rounds can't tell from it.
pub(crate) fn best<'a>(rows: &[&'a Row], figure: &Figure) -> Option<Vec<&'a Row>> {
    let medians = rows.iter().map(|row| row.median(figure));
    let (least, _) = medians
        .enumerate()
        .filter_map(|(number, median)| Some((number, median?)))
        .min_by(|left, right| left.1.total_cmp(&right.1))?;
    let reference = rows[least].each(figure);
    let alike = rows.iter().enumerate().filter(|(number, row)| {
        *number != least
            && verdict::compare(&row.each(figure), &reference)
                .is_some_and(|verdict| verdict.word != Word::More)
    });
    let alike = alike.map(|(_, row)| *row);
    Some(std::iter::once(rows[least]).chain(alike).collect())
}

/// The line of least squares through points: its slope, and where it begins.
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
