//! One HTML page with plots, which needs no network and no script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::engine::Kind;
use crate::error::Error;
use crate::export::html::style::legend;
use crate::export::html::tables::{first_table, memory, whole_table};
use crate::export::plots;
use crate::report::{Report, Row, Session};
use crate::table;
use crate::workload::About;

mod style;
mod tables;
mod words;

pub(super) fn render(report: &Report) -> Result<String, Error> {
    let sessions: Vec<Markup> = report
        .sessions
        .iter()
        .enumerate()
        .map(|(number, session)| of_session(number, session))
        .collect::<Result<_, _>>()?;
    let engines = report.sessions.iter().map(|session| session.lines().len());
    let engines = engines.max().unwrap_or_default();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "dormouse compare" }
                // Without an icon, a browser asks the server for one.
                link rel="icon" href="data:,";
                style { (PreEscaped(style::sheet(engines))) }
            }
            body {
                a.skip href="#main" { "Skip to the results" }
                header {
                    h1 { "Which async runtime should I choose?" }
                    p { "The same work on each runtime, each run in a process of its own, in rounds that every "
                        "runtime takes part in. Made by dormouse compare." }
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

fn of_session(number: usize, session: &Session) -> Result<Markup, Error> {
    let workloads = session.workloads.iter();
    let workloads = workloads.map(|about| of_workload(session, about));
    let workloads: Vec<Markup> = workloads.collect::<Result<_, _>>()?;
    Ok(html! {
        section.session id=(format!("session-{number}")) aria-label=(session.label) {
            h2 { (session.label) }
            p.what { (session.title()) "." }
            (words::summary(session))
            @if !session.warnings.is_empty() {
                h3 { "Caveats of this run" }
                ul.warnings { @for warning in &session.warnings { li { (words::marked(warning)) "." } } }
            }
            @for workload in &workloads { (workload) }
            (memory(session))
            (words::environment(session))
        }
    })
}

fn of_workload(session: &Session, about: &About) -> Result<Markup, Error> {
    let is_of = |rows: &&[Row]| rows[0].workload == about.name;
    let mut parts = Vec::new();
    if session.settings.n.len() > 1 {
        let is_first = |rows: &&[Row]| rows[0].n == session.settings.n[0];
        for rows in session.groups().filter(is_of).filter(is_first) {
            parts.push(of_scan(session, about, rows)?);
        }
    }
    for rows in session.groups().filter(is_of) {
        parts.push(of_group(session, about, rows)?);
    }
    Ok(html! {
        section.workload aria-label=(about.name) {
            h2 { (about.name) ": " (about.title) }
            @for part in &parts { (part) }
        }
    })
}

/// A group, which is a mode at one n: its table and its plots.
fn of_group(session: &Session, about: &About, rows: &[Row]) -> Result<Markup, Error> {
    let title = table::title(session, about, &rows[0]).unwrap_or_else(|| about.title.clone());
    let all = session.numbered(rows);
    let mut numbered = all.clone();
    numbered.retain(|(_, row)| row.engine.kind != Kind::Control);
    let timing = about.find("jitter_p99_s").map_or("Lateness", |_| "Jitter");
    let curves = plots::lateness(&numbered)?.map(|curves| html! { (curves) (legend(&numbered)) });
    let mut pictures = vec![(timing.to_owned(), curves)];
    for figure in about.ranked() {
        let reference = &session.settings.reference;
        let title = format!("{}, relative to {reference}", figure.title);
        pictures.push((title, plots::ratios(&all, figure, reference)?));
    }
    let many = all.len() > 1 || pictures.iter().any(|(_, picture)| picture.is_some());
    Ok(html! {
        section.group aria-label=(title) {
            h3 { (title) }
            (first_table(&title, about, &all))
            @if all.len() > 1 && rows.iter().any(|row| row.versus.is_some()) {
                p.note { "Below a figure: relative to " (session.settings.reference) "; “best” where it is proven "
                    "better than every runtime not marked best; “no difference” where none from " (session.settings.reference) " was found." }
            }
            @for row in rows { @if let Some(failure) = &row.failure {
                p.failure { (session.title_of(row)) ": " (failure) }
            } }
            @if many { (figures(&title, pictures)) }
            details {
                summary { "All figures" }
                (whole_table(&title, about, rows))
            }
        }
    })
}

/// A mode at several n: its plots by n.
fn of_scan(session: &Session, about: &About, first: &[Row]) -> Result<Markup, Error> {
    let mode = first[0].engine.mode;
    let title = format!("{} by n", mode.map_or("floor", |mode| mode.name()));
    let mut numbered = session.numbered(first);
    numbered.retain(|(_, row)| row.engine.kind != Kind::Control);
    let engines = numbered.iter().map(|(number, row)| {
        let like = |other: &&Row| {
            other.engine == row.engine
                && other.workload == row.workload
                && other.max_delay_s == row.max_delay_s
        };
        (*number, session.engines.iter().filter(like).collect())
    });
    let engines: Vec<(usize, Vec<&Row>)> = engines.collect();
    let mut pictures = Vec::new();
    for figure in about.ranked() {
        let title = format!("{} by n", figure.title);
        pictures.push((title, plots::by_n(&engines, figure)?));
    }
    Ok(html! {
        section.group aria-label=(title) {
            h3 { (title) }
            (legend(&numbered))
            (figures(&title, pictures))
        }
    })
}

fn figures(group: &str, pictures: Vec<(String, Option<Markup>)>) -> Markup {
    html! {
        div.plots {
            @for (title, picture) in pictures {
                @if let Some(picture) = picture {
                    figure role="img" aria-label=(format!("{group}: {title}")) {
                        figcaption { (title) }
                        (picture)
                    }
                }
            }
        }
    }
}
