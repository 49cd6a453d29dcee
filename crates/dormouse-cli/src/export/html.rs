//! One page with plots, which needs no network and no script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::engine::Kind;
use crate::export::plots;
use crate::failure::Failure;
use crate::figures::{FIGURES, Figure, ranked};
use crate::report::{Report, Row, Session};
use crate::summary::interval;
use crate::table::group;
use crate::units;
use crate::verdict::Word;

mod style;
mod words;

pub(super) fn render(report: &Report) -> Result<String, Failure> {
    let sessions: Vec<Markup> = report
        .sessions
        .iter()
        .enumerate()
        .map(|(number, session)| of_session(number, session))
        .collect::<Result<_, _>>()?;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "dormouse compare" }
                // A page without an icon of its own asks its server for one.
                link rel="icon" href="data:,";
                style { (PreEscaped(style::sheet())) }
            }
            body {
                a.skip href="#main" { "Skip to the results" }
                header {
                    h1 { "Which executor runs these waits best?" }
                    p { "Made by dormouse compare: n random waits at once on each runtime, each run in a "
                        "process of its own, in rounds that every engine runs in, with the same delays." }
                    @if report.sessions.len() > 1 {
                        nav aria-label="Machines" {
                            ul { @for (number, session) in report.sessions.iter().enumerate() {
                                li { a href=(format!("#session-{number}")) { (session.label) } }
                            } }
                        }
                    }
                }
                main #main { @for session in &sessions { (session) } }
                footer { (words::method()) }
            }
        }
    };
    Ok(page.into_string() + "\n")
}

fn of_session(number: usize, session: &Session) -> Result<Markup, Failure> {
    let mut groups = Vec::new();
    for rows in session.groups() {
        groups.push(of_group(session, rows)?);
    }
    let mut scans = Vec::new();
    if session.settings.n.len() > 1 {
        for rows in session
            .groups()
            .filter(|rows| rows[0].n == session.settings.n[0])
        {
            scans.push(of_scan(session, rows)?);
        }
    }
    Ok(html! {
        section.session id=(format!("session-{number}")) aria-label=(session.label) {
            h2 { (session.label) }
            p { (session.title()) ". Medians over the rounds." }
            ul.summary { @for sentence in &session.summary { li { (sentence) } } }
            @if !session.warnings.is_empty() {
                h3 { "Before you believe it" }
                ul.warnings { @for warning in &session.warnings { li { (warning) } } }
            }
            @for scan in &scans { (scan) }
            @for group in &groups { (group) }
            (memory(session))
            (words::environment(session))
        }
    })
}

/// A mode with so many waits: its plots, and its table.
fn of_group(session: &Session, rows: &[Row]) -> Result<Markup, Failure> {
    let title = group(session, &rows[0]);
    let all = session.numbered(rows);
    let numbered: Vec<(usize, &Row)> = all
        .iter()
        .copied()
        .filter(|(_, row)| row.engine.kind != Kind::Control)
        .collect();
    let mut pictures = vec![("Lateness".to_owned(), plots::lateness(&numbered)?)];
    for figure in ranked() {
        let title = format!("{} by the reference's", figure.title);
        pictures.push((title, plots::ratios(&all, figure)?));
    }
    Ok(html! {
        section.group aria-label=(title) {
            h3 { (title) }
            (legend(&all))
            (figures(&title, pictures))
            (table(&title, rows))
            @for row in rows { @if let Some(failure) = &row.failure {
                p.failure { (row.title()) ": " (failure) }
            } }
        }
    })
}

/// A mode over several n.
fn of_scan(session: &Session, first: &[Row]) -> Result<Markup, Failure> {
    let mode = first[0].engine.mode;
    let title = format!("{} by n", mode.map_or("floor", |mode| mode.name()));
    let engines: Vec<(usize, Vec<&Row>)> = session
        .numbered(first)
        .into_iter()
        .filter(|(_, row)| row.engine.kind != Kind::Control)
        .map(|(number, row)| {
            let like =
                |other: &&Row| other.engine == row.engine && other.max_delay_s == row.max_delay_s;
            (number, session.engines.iter().filter(like).collect())
        })
        .collect();
    let mut pictures = Vec::new();
    for figure in ranked() {
        pictures.push((
            format!("{} by n", figure.title),
            plots::by_n(&engines, figure)?,
        ));
    }
    let rows: Vec<(usize, &Row)> = engines
        .iter()
        .map(|(number, rows)| (*number, rows[0]))
        .collect();
    Ok(html! {
        section.group aria-label=(title) {
            h3 { (title) }
            (legend(&rows))
            (figures(&title, pictures))
        }
    })
}

impl Session {
    /// Rows with the numbers of their colours: what runs on one runtime has one colour in all
    /// plots.
    fn numbered<'a>(&self, rows: &'a [Row]) -> Vec<(usize, &'a Row)> {
        let mut lines: Vec<String> = Vec::new();
        for row in &self.engines {
            let line = row.engine.line();
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        let number = |row: &Row| lines.iter().position(|line| *line == row.engine.line());
        rows.iter()
            .map(|row| (number(row).unwrap_or_default(), row))
            .collect()
    }
}

fn legend(rows: &[(usize, &Row)]) -> Markup {
    html! {
        ul.legend aria-label="Colours" {
            @for (number, row) in rows {
                li { span.swatch.(format!("c{}", number % plots::COLOURS)) aria-hidden="true" {} (row.engine.line()) }
            }
        }
    }
}

fn figures(group: &str, pictures: Vec<(String, Option<String>)>) -> Markup {
    html! {
        div.plots {
            @for (title, picture) in pictures {
                @if let Some(picture) = picture {
                    figure role="img" aria-label=(format!("{group}: {title}")) {
                        figcaption { (title) }
                        (PreEscaped(picture))
                    }
                }
            }
        }
    }
}

/// Every figure; wide, so that it scrolls by itself, by keyboard too.
fn table(title: &str, rows: &[Row]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(format!("Figures of {title}")) {
            table {
                thead { tr {
                    th scope="col" { "engine" }
                    th scope="col" { "threads" }
                    th scope="col" { "version" }
                    th scope="col" { "overhead by the reference's" }
                    @for figure in &FIGURES { th scope="col" { (figure.title) } }
                } }
                tbody { @for row in rows {
                    tr data-engine=(row.engine.name) data-n=(row.n) data-max-delay=(row.max_delay_s) {
                        th scope="row" { (row.engine.line()) }
                        td { (row.engine.threads) }
                        td { (row.engine.version) }
                        td { (verdict(row)) }
                        @for figure in &FIGURES { (cell(row, figure)) }
                    }
                } }
            }
        }
    }
}

fn cell(row: &Row, figure: &Figure) -> Markup {
    match row.median(figure) {
        Some(median) => html! {
            td data-figure=(figure.key) data-value=(median) { ((figure.text)(median)) }
        },
        None => html! { td { "-" } },
    }
}

fn verdict(row: &Row) -> String {
    let Some(verdict) = row.verdict(&FIGURES[0]) else {
        return String::new();
    };
    let word = match verdict.word {
        Word::Less => "less",
        Word::More => "more",
        Word::NoDetectableDifference => "no detectable difference",
    };
    format!("{}: {word}", interval(verdict))
}

fn memory(session: &Session) -> Markup {
    html! {
        @if !session.memory.is_empty() {
            h3 { "Memory by n" }
            div.scroll tabindex="0" role="region" aria-label="Memory by n" {
                table {
                    thead { tr {
                        th scope="col" { "engine" }
                        th scope="col" { "bytes per wait" }
                        th scope="col" { "without waits" }
                    } }
                    tbody { @for line in &session.memory { tr {
                        th scope="row" { (line.engine) }
                        td { (format!("{:.0}", line.bytes_per_wait)) }
                        td { (units::bytes(line.base_bytes)) }
                    } } }
                }
            }
        }
    }
}
