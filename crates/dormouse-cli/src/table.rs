//! The table and the sentences under it.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::args::Mode;
use crate::report::{Figures, Report, Row};
use crate::units;
use crate::verdict::{self, Word};

/// A figure of the table.
struct Column {
    title: &'static str,
    figure: fn(&Figures) -> f64,
    text: fn(f64) -> String,
    /// What having the least of it is called, where it is worth a sentence.
    least: Option<&'static str>,
}

const COLUMNS: [Column; 6] = [
    Column {
        title: "overhead",
        figure: |figures| figures.overhead_s,
        text: units::seconds,
        least: Some("the least overhead"),
    },
    Column {
        title: "total/n",
        figure: |figures| figures.per_wait_s,
        text: units::seconds,
        least: None,
    },
    Column {
        title: "late p50",
        figure: |figures| figures.lateness.p50_s,
        text: units::seconds,
        least: None,
    },
    Column {
        title: "late p99",
        figure: |figures| figures.lateness.p99_s,
        text: units::seconds,
        least: Some("the least lateness (p99)"),
    },
    Column {
        title: "CPU/wait",
        figure: |figures| figures.cpu_per_wait_s,
        text: units::seconds,
        least: Some("the least CPU"),
    },
    Column {
        title: "memory",
        figure: |figures| figures.peak_rss_bytes as f64,
        text: units::bytes,
        least: Some("the least memory"),
    },
];

/// Mode by mode a line per engine, medians over the rounds; no wider than 80 columns.
pub(crate) fn table(report: &Report) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    let titles = COLUMNS.iter().map(|column| column.title);
    table.set_header([""].into_iter().chain(titles));
    for row in &report.engines {
        let medians = COLUMNS
            .iter()
            .map(|column| match row.median(column.figure) {
                Some(median) => (column.text)(median),
                None => "-".into(),
            });
        let name = format!(" {}", row.engine.runtime);
        table.add_row([name].into_iter().chain(medians));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
        if column.index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let drawn = table.to_string();
    let mut lines = drawn.lines().map(str::trim_end);
    let mut text: Vec<&str> = lines.next().into_iter().collect();
    let mut mode = None;
    for (line, row) in lines.zip(&report.engines) {
        if mode.replace(row.engine.mode) != Some(row.engine.mode) {
            text.push(row.engine.mode.title());
        }
        text.push(line);
    }
    text.join("\n")
}

/// Which runtime did best at what, mode by mode; engines that the rounds can't tell apart share it.
pub(crate) fn sentences(report: &Report) -> Vec<String> {
    let mut sentences = Vec::new();
    for mode in [Mode::Join, Mode::Spawn, Mode::Coalesced] {
        let rows = report.engines.iter().filter(|row| row.engine.mode == mode);
        let rows: Vec<&Row> = rows.filter(|row| row.failure().is_none()).collect();
        if rows.len() < 2 {
            continue;
        }
        let bests = COLUMNS.iter().filter_map(|column| {
            let least = column.least?;
            let best = best(&rows, column.figure)?;
            if best.len() == rows.len() {
                return Some(format!("{least}: can't tell"));
            }
            Some(format!("{least}: {}", best.join(", ")))
        });
        let bests: Vec<String> = bests.collect();
        sentences.push(format!("{}: {}.", mode.name(), bests.join("; ")));
    }
    sentences
}

/// The engine with the least of a figure, and those that the rounds can't tell from it.
fn best(rows: &[&Row], figure: fn(&Figures) -> f64) -> Option<Vec<&'static str>> {
    let medians = rows.iter().map(|row| row.median(figure));
    let (least, _) = medians
        .enumerate()
        .filter_map(|(number, median)| Some((number, median?)))
        .min_by(|left, right| left.1.total_cmp(&right.1))?;
    let reference = rows[least].each(figure);
    let alike = rows.iter().filter(|row| {
        let verdict = verdict::compare(&row.each(figure), &reference);
        verdict.is_some_and(|verdict| verdict.word != Word::More)
    });
    Some(alike.map(|row| row.engine.runtime.name()).collect())
}
