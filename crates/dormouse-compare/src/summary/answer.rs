//! Which to choose, in plain English.

use crate::engine::Kind;
use crate::figures::{Better, Figure};
use crate::report::{Row, Session};
use crate::summary::{interval, is_ranked};
use crate::units;
use crate::verdict::{Outcome, Verdict};
use crate::workload::About;

impl Session {
    /// The findings in words: a line for each thing a reader may care for.
    pub(super) fn answer(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(caution) = self.caution() {
            lines.push(caution);
        }
        let mut is_open = false;
        for about in &self.workloads {
            for figure in about.ranked() {
                lines.extend(self.concern(about, figure, &mut is_open));
            }
        }
        lines.extend(self.step());
        lines.extend(self.control());
        lines.extend(self.next(is_open));
        lines
    }

    /// What stands against all that follows.
    fn caution(&self) -> Option<String> {
        let doubts = self.doubts();
        let first = doubts.first()?;
        Some(format!(
            "Take what follows as hints, not as results: {first}."
        ))
    }

    /// Whether words are to be weakened.
    fn is_doubtful(&self) -> bool {
        self.caution().is_some()
    }

    /// Who is best by a figure, group by group; groups that say the same share a line.
    fn concern(&self, about: &About, figure: &Figure, is_open: &mut bool) -> Vec<String> {
        let mut findings: Vec<(Vec<String>, Option<String>, String)> = Vec::new();
        for rows in self.groups().filter(|rows| rows[0].workload == about.name) {
            let able = rows
                .iter()
                .filter(|row| is_ranked(row) && row.median(figure).is_some());
            if able.count() < 2 {
                continue;
            }
            let group = match rows[0].engine.mode {
                Some(mode) if about.modes.len() > 1 => self.group(mode.name(), &rows[0]),
                _ => self.group("", &rows[0]).trim_start_matches(", ").to_owned(),
            };
            let finding = self.best_of(rows, figure);
            *is_open |= finding.is_none();
            let names = finding.as_ref().map(|finding| finding.0.clone());
            // The factor of the first of them stands for all, and is said to be its own.
            match findings.last_mut().filter(|last| last.1 == names) {
                Some(last) => last.0.push(group),
                None => findings.push((
                    vec![group],
                    names,
                    finding.map_or(String::new(), |finding| finding.1),
                )),
            }
        }
        let concern = figure.concern.as_deref().unwrap_or(&figure.title);
        let seems = if self.is_doubtful() { ", it seems" } else { "" };
        let many = self.workloads.len() > 1;
        findings
            .into_iter()
            .map(|(groups, names, factor)| {
                let mut of = if many {
                    vec![about.name.clone()]
                } else {
                    Vec::new()
                };
                let groups: Vec<String> = groups
                    .into_iter()
                    .filter(|group| !group.is_empty())
                    .collect();
                let first = groups
                    .first()
                    .filter(|_| groups.len() > 1 && !factor.is_empty());
                let factor = match first {
                    Some(first) => format!("{factor} in {first}"),
                    None => factor,
                };
                of.extend(groups);
                let of = match of.is_empty() {
                    true => String::new(),
                    false => format!(" ({})", of.join(", ")),
                };
                match names {
                    None => format!("{}{of}: no difference found.", capital(concern)),
                    Some(names) => format!("{}{of}{seems}: {names}{factor}.", capital(concern)),
                }
            })
            .collect()
    }

    /// The engines that are best by a figure, and by which factor; none where nothing is proven.
    fn best_of(&self, rows: &[Row], figure: &Figure) -> Option<(String, String)> {
        let best: Vec<&Row> = rows
            .iter()
            .filter(|row| row.best_by.contains(&figure.key))
            .collect();
        if best.is_empty() {
            return None;
        }
        let able = rows
            .iter()
            .filter(|row| is_ranked(row) && row.median(figure).is_some());
        let worse: Vec<String> = able
            .filter(|row| !row.best_by.contains(&figure.key))
            .map(|row| row.engine.line())
            .collect();
        let names: Vec<String> = best.iter().map(|row| row.engine.line()).collect();
        let is_most = best.len() > 3 && worse.len() < best.len();
        let (who, tied) = match names.len() {
            _ if is_most => (format!("all but {}", listed(&worse)), ""),
            1 => (listed(&names), ""),
            _ => (listed(&names), " (tied)"),
        };
        let reference = &self.settings.reference;
        // The first by its median stands for those that can't be told from it.
        let better = |row: &&&Row| {
            let median = row.median(figure).unwrap_or(f64::MAX);
            if figure.better == Better::Less {
                median
            } else {
                -median
            }
        };
        let first = best
            .iter()
            .min_by(|left, right| better(left).total_cmp(&better(right)));
        let told = first.and_then(|row| Some((row, row.verdict(&figure.key)?)));
        let factor = match told {
            Some((row, verdict)) if verdict.outcome != Outcome::NoDetectableDifference => {
                let of = match names.len() {
                    1 => String::new(),
                    _ => format!(" of {}", row.engine.line()),
                };
                format!(
                    ", {}{of} {}",
                    figure.title,
                    factor(verdict, figure, reference)
                )
            }
            _ => String::new(),
        };
        Some((format!("{who}{tied}"), factor))
    }

    /// What is due to the step of a timer, where it shows.
    fn step(&self) -> Option<String> {
        let is_stepped = |row: &Row| {
            let late = row.medians.get("late_p50_s").copied().unwrap_or_default();
            row.engine.runtime.starts_with("tokio")
                && row.workload == "sleep"
                && (0.3e-3..3e-3).contains(&late)
        };
        let row = self.engines.iter().find(|row| is_stepped(row))?;
        let late = units::seconds(row.medians["late_p50_s"]);
        Some(format!(
            "tokio's timer counts whole milliseconds, rounded up. That step is most of the {late} by which its waits are \
             typically late, and the reason why it takes little CPU: it is not slowness."
        ))
    }

    /// What the reference, held against itself, says of the session.
    fn control(&self) -> Option<String> {
        let reference = &self.settings.reference;
        let controls = self
            .engines
            .iter()
            .filter(|row| row.engine.kind == Kind::Control);
        let mut tried = false;
        let mut differing = Vec::new();
        for row in controls {
            let about = self.about(row)?;
            for (key, verdict) in row.versus.iter().flat_map(|versus| &versus.verdicts) {
                tried = true;
                let figure = about.find(key)?;
                if verdict.outcome != Outcome::NoDetectableDifference {
                    let ratio = interval(verdict, Some(figure));
                    differing.push(format!("{} {ratio}", figure.title));
                }
            }
        }
        if differing.is_empty() {
            return tried.then(|| format!("A/A: {reference} does not differ from itself."));
        }
        Some(format!(
            "A/A: {reference} differs from itself ({}): of that, this session proves nothing.",
            differing.join("; ")
        ))
    }

    /// What to run to be surer.
    fn next(&self, is_open: bool) -> Option<String> {
        if self.is_doubtful() {
            return Some("To be surer, put right what the warnings name, and run it again.".into());
        }
        (is_open && self.rounds < 20).then(|| {
            format!(
                "To be surer where no difference was found: `--rounds {}`.",
                if self.rounds < 15 {
                    20
                } else {
                    2 * self.rounds
                }
            )
        })
    }
}

/// By how much a figure is less or more than the reference's: `25 times lower than tokio [14, 33]`.
fn factor(verdict: &Verdict, figure: &Figure, reference: &str) -> String {
    let Some(ratio) = verdict.ratio else {
        return format!("{} against {reference}", interval(verdict, Some(figure)));
    };
    let (low, high) = verdict.interval.unwrap_or((ratio, ratio));
    let (word, upside_down) = match (ratio < 1.0, figure.better) {
        (true, Better::Less) => ("lower than", true),
        (true, Better::More) => ("lower than", true),
        (false, _) => ("higher than", false),
    };
    let turned = |ratio: f64| if upside_down { 1.0 / ratio } else { ratio };
    let (ratio, mut ends) = (turned(ratio), [turned(low), turned(high)]);
    ends.sort_unstable_by(f64::total_cmp);
    // Small differences are read more easily as percentages.
    if ratio < 1.5 {
        let percent = |ratio: f64| {
            // Of what is lower, the share that is missing.
            let share = if upside_down {
                1.0 - 1.0 / ratio
            } else {
                ratio - 1.0
            };
            format!("{:.0}", 100.0 * share)
        };
        let (low, high) = (percent(ends[0]), percent(ends[1]));
        return format!("{} % {word} {reference} [{low}, {high}]", percent(ratio));
    }
    let digits = |ratio: f64| units::ratio(ratio).trim_end_matches('×').to_owned();
    format!(
        "{} times {word} {reference} [{}, {}]",
        digits(ratio),
        digits(ends[0]),
        digits(ends[1])
    )
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
