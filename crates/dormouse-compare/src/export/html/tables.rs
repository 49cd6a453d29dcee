//! The tables of the page.

use dormouse_verdict::Outcome;
use maud::{Markup, html};

use crate::export::html::style::swatch;
use crate::figures::Figure;
use crate::report::{Row, Session};
use crate::summary::typical;
use crate::table;
use crate::units;
use crate::workload::About;

/// The figures of a narrow table, each with its verdict. On a narrow screen every row is a card.
pub(super) fn first_table(title: &str, about: &About, rows: &[(usize, &Row)]) -> Markup {
    let shown = table::narrow(about);
    html! {
        table.first aria-label=(title) {
            (head("runtime", shown.iter().map(|figure| figure.title.as_str())))
            tbody { @for (number, row) in rows { tr {
                th scope="row" {
                    (swatch(*number)) (row.engine.line())
                    small { (version(row)) }
                }
                @for figure in &shown { (first_cell(row, figure)) }
            } } }
        }
    }
}

fn head<'a>(first: &str, others: impl Iterator<Item = &'a str>) -> Markup {
    html! {
        thead { tr {
            th scope="col" { (first) }
            @for title in others { th scope="col" { (title) } }
        } }
    }
}

fn version(row: &Row) -> String {
    let threads = match row.engine.threads {
        0 => "number of threads unknown".into(),
        threads => units::counted(threads, "thread"),
    };
    match row.engine.version.as_str() {
        "std" => threads,
        version => format!("{version}, {threads}"),
    }
}

fn first_cell(row: &Row, figure: &Figure) -> Markup {
    let is_best = row.best_by.contains(&figure.key);
    html! {
        td.best[is_best] data-title=(figure.title) {
            span { (row.cell(figure)) }
            @if is_best { small { "best" } }
            @else if let Some(verdict) = row.verdict(&figure.key) {
                small { (match verdict.outcome {
                    Outcome::NoDetectableDifference => "no difference".to_owned(),
                    _ => typical(verdict, figure),
                }) }
            }
        }
    }
}

/// Every figure. The table is wide, so it scrolls by itself, also by keyboard.
pub(super) fn whole_table(title: &str, about: &About, rows: &[Row]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(format!("All figures of {title}")) {
            table {
                (head("runtime", about.figures.iter().map(|figure| figure.title.as_str())))
                tbody { @for row in rows {
                    tr data-engine=(row.engine.name) data-workload=(row.workload) data-n=(row.n)
                        data-max-delay=(row.max_delay_s) {
                        th scope="row" { (row.engine.line()) }
                        @for figure in &about.figures { (cell(row, figure)) }
                    }
                } }
            }
        }
    }
}

fn cell(row: &Row, figure: &Figure) -> Markup {
    match row.median(figure) {
        Some(median) => html! {
            td data-figure=(figure.key) data-value=(median) { (figure.text(median)) }
        },
        None => html! { td { "-" } },
    }
}

pub(super) fn memory(session: &Session) -> Markup {
    html! {
        @if !session.memory.is_empty() {
            h3 { "Memory by n" }
            div.scroll tabindex="0" role="region" aria-label="Memory by n" {
                table {
                    (head("engine", ["growth with n", "at n = 0"].into_iter()))
                    tbody { @for line in &session.memory { tr {
                        th scope="row" { (session.name_of(line)) }
                        @for cell in session.growth_cells(line) { td { (cell) } }
                    } } }
                }
            }
        }
    }
}
