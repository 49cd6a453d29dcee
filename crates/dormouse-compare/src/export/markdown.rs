//! The tables and the findings in Markdown.

use std::fmt::Write;

use comfy_table::{CellAlignment, Table, presets};

use crate::error::Error;
use crate::escape::plain;
use crate::report::{Report, Row, Session};
use crate::table::title;
use crate::workload::About;

/// How many figures a table has.
const COLUMNS: usize = 7;

pub(super) fn render(report: &Report) -> Result<String, Error> {
    let mut text = String::new();
    for session in &report.sessions {
        render_session(&mut text, session).map_err(Error::run)?;
    }
    Ok(text)
}

fn render_session(text: &mut String, session: &Session) -> std::fmt::Result {
    writeln!(text, "## {}\n", markdown_escaped(&session.label))?;
    writeln!(text, "{}\n", markdown_escaped(&session.title()))?;
    let machine = session.environment.line();
    if machine != session.label {
        writeln!(text, "{}.\n", markdown_escaped(&machine))?;
    }
    for warning in &session.warnings {
        writeln!(text, "* Warning: {}.", markdown_escaped(warning))?;
    }
    if !session.warnings.is_empty() {
        writeln!(text)?;
    }
    for sentence in &session.summary {
        match &sentence.about {
            Some(about) if sentence.clauses.len() > 1 => {
                writeln!(text, "* {}:", markdown_escaped(about))?;
                for clause in sentence.ended() {
                    writeln!(text, "  * {}", markdown_escaped(&clause))?;
                }
            }
            _ => writeln!(text, "* {}", markdown_escaped(&sentence.to_string()))?,
        }
    }
    writeln!(text)?;
    for rows in session.groups() {
        let about = session.about(&rows[0]);
        let many = session.workloads.len() > 1;
        let name = many.then(|| format!("{}: {}", about.name, about.title));
        let parts = name.into_iter().chain(title(session, about, &rows[0]));
        let heading = parts.collect::<Vec<_>>().join("; ");
        let heading = if heading.is_empty() {
            &about.title
        } else {
            &heading
        };
        writeln!(text, "### {}\n", markdown_escaped(heading))?;
        let reference = &session.settings.reference;
        writeln!(text, "{}\n", table(about, rows, reference))?;
    }
    if !session.memory.is_empty() {
        writeln!(text, "### memory by n\n")?;
        writeln!(
            text,
            "| engine | growth with n | at n = 0 |\n|---|---:|---:|"
        )?;
        for line in &session.memory {
            let name = markdown_escaped(&session.name_of(line));
            let [growth, base] = session.growth_cells(line);
            writeln!(text, "| {name} | {growth} | {base} |")?;
        }
        writeln!(text)?;
    }
    for row in &session.engines {
        if let Some(failure) = &row.failure {
            writeln!(
                text,
                "* {}: {}",
                markdown_escaped(&session.title_of(row)),
                markdown_escaped(failure)
            )?;
        }
    }
    Ok(())
}

fn table(about: &About, rows: &[Row], reference: &str) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    let figures = &about.figures[..about.figures.len().min(COLUMNS)];
    let titles = figures.iter().map(|figure| markdown_escaped(&figure.title));
    let first = ["engine", "threads", "version"].map(str::to_owned);
    let versus = figures
        .iter()
        .find(|figure| figure.concern.is_some())
        .filter(|figure| rows.iter().any(|row| row.verdict(&figure.key).is_some()));
    let last =
        versus.map(|figure| markdown_escaped(&format!("{} relative to {reference}", figure.title)));
    table.set_header(first.into_iter().chain(titles).chain(last));
    for row in rows {
        let engine = &row.engine;
        let first = [
            markdown_escaped(&engine.line()),
            // 0 is an unknown number.
            match engine.threads {
                0 => "-".into(),
                threads => threads.to_string(),
            },
            markdown_escaped(&engine.version),
        ];
        let cells = figures.iter().map(|figure| row.cell(figure));
        let last = versus.map(|figure| row.versus_cell(figure));
        table.add_row(first.into_iter().chain(cells).chain(last));
    }
    for column in table.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Text on one line, escaped so that Markdown shows it as it is.
fn markdown_escaped(text: &str) -> String {
    let mut escaped = String::new();
    let text = plain(text);
    let mut letters = text.chars().peekable();
    // Before a space, it would begin an item of a list.
    let mut may_begin_an_item = true;
    while let Some(letter) = letters.next() {
        let begins_one = may_begin_an_item && "-+.)".contains(letter);
        if "\\`*_{}[]<>#|~&".contains(letter) || begins_one && letters.peek() == Some(&' ') {
            escaped.push('\\');
        }
        escaped.push(letter);
        may_begin_an_item &= letter.is_ascii_digit();
    }
    escaped
}
