//! The tables for a page in Markdown.

use std::fmt::Write;

use comfy_table::{CellAlignment, Table, presets};

use crate::failure::Failure;
use crate::figures::{FIGURES, NARROW};
use crate::report::{Report, Row, Session};
use crate::summary::interval;
use crate::table::group;

pub(super) fn render(report: &Report) -> Result<String, Failure> {
    let mut text = String::new();
    for session in &report.sessions {
        render_session(&mut text, session).map_err(Failure::run)?;
    }
    Ok(text)
}

fn render_session(text: &mut String, session: &Session) -> std::fmt::Result {
    writeln!(text, "## {}\n", session.label)?;
    writeln!(text, "{}\n", session.title())?;
    writeln!(text, "{}.\n", session.environment.line())?;
    for warning in &session.warnings {
        writeln!(text, "* Warning: {warning}.")?;
    }
    if !session.warnings.is_empty() {
        writeln!(text)?;
    }
    for rows in session.groups() {
        writeln!(text, "### {}\n", group(session, &rows[0]))?;
        writeln!(text, "{}\n", table(rows))?;
    }
    if !session.memory.is_empty() {
        writeln!(text, "### memory by n\n")?;
        writeln!(
            text,
            "| engine | bytes per wait | without waits |\n|---|---:|---:|"
        )?;
        for line in &session.memory {
            let base = crate::units::bytes(line.base_bytes);
            writeln!(
                text,
                "| {} | {:.0} | {base} |",
                line.engine, line.bytes_per_wait
            )?;
        }
        writeln!(text)?;
    }
    for row in session.engines.iter() {
        if let Some(failure) = &row.failure {
            writeln!(text, "* {}: {failure}", row.title())?;
        }
    }
    for sentence in &session.summary {
        writeln!(text, "* {sentence}")?;
    }
    writeln!(text)
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    let titles = FIGURES[..NARROW].iter().map(|figure| figure.title);
    let header = ["engine", "threads", "version"].into_iter().chain(titles);
    table.set_header(header.chain(["overhead by reference"]));
    for row in rows {
        let engine = &row.engine;
        let first = [
            engine.line(),
            engine.threads.to_string(),
            engine.version.clone(),
        ];
        let figures = FIGURES[..NARROW].iter().map(|figure| {
            row.median(figure)
                .map_or("-".into(), |median| (figure.text)(median))
        });
        let verdict = row.verdict(&FIGURES[0]).map_or(String::new(), interval);
        table.add_row(first.into_iter().chain(figures).chain([verdict]));
    }
    for column in table.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
