//! The style sheet of the page, for light and dark colour schemes, and the colours of rows: a runtime has
//! one colour, and one kind of line, in all modes and plots.

use std::fmt::Write;

use maud::{Markup, html};

use crate::export::plots::{COLOURS, FAINT, INK, colour};
use crate::report::{Row, Session};

/// Colours that the colour-blind can tell apart, after Okabe and Ito: darker in the light scheme,
/// lighter in the dark one.
///
/// Source: M. Okabe, K. Ito, Color Universal Design, 2008.
const LIGHT: [&str; COLOURS] = [
    "#0072b2", "#d55e00", "#009e73", "#b3609a", "#8f6b00", "#2f8fc4", "#555555", "#a03c3c",
    "#4b5cc4", "#5a7d00",
];
const DARK: [&str; COLOURS] = [
    "#5fb4e6", "#ff9a4d", "#3fd0a4", "#e59cc9", "#e6c229", "#9cd3f5", "#c0c0c0", "#ff8f8f",
    "#a3aefc", "#b5d94c",
];

/// The style sheet for this number of engines.
pub(super) fn sheet(engines: usize) -> String {
    let mut sheet = String::new();
    let mut rule = |rule: String| _ = writeln!(sheet, "{rule}");
    rule(format!(
        ":root {{ --ink: #1b1b1b; --faint: #d4d4d4; --paper: #ffffff; --soft: #f4f4f2; --link: #0b5394; {} }}",
        variables(&LIGHT)
    ));
    rule(format!(
        "@media (prefers-color-scheme: dark) {{ :root {{ --ink: #ececec; --faint: #4a4a4a; --paper: #161616; \
         --soft: #222222; --link: #8ec7ff; {} }} }}",
        variables(&DARK)
    ));
    rule(PAGE.into());
    for number in 0..engines {
        let (name, variable) = (name(colour(number)), format!("--c{}", number % COLOURS));
        rule(paint(&name, &variable));
        let dashes = dashes(number);
        let mut background = format!("var({variable})");
        if !dashes.is_empty() {
            let lengths: Vec<String> = dashes.iter().map(usize::to_string).collect();
            let lengths = lengths.join(" ");
            rule(format!(
                "svg polyline[stroke=\"{name}\"] {{ stroke-dasharray: {lengths}; }}"
            ));
            background = gradient(&variable, &dashes);
        }
        rule(format!(".c{number} {{ background: {background}; }}"));
    }
    rule(paint(&name(INK), "--ink"));
    rule(paint(&name(FAINT), "--faint"));
    sheet
}

fn variables(colours: &[&str]) -> String {
    let each = colours.iter().enumerate();
    each.map(|(number, colour)| format!("--c{number}: {colour};"))
        .collect()
}

/// The dashes of a line, as a background.
fn gradient(variable: &str, dashes: &[usize]) -> String {
    let mut at = 0;
    let parts = dashes.iter().enumerate().map(|(place, length)| {
        let colour = if place % 2 == 0 {
            &format!("var({variable})")
        } else {
            "transparent"
        };
        at += length;
        format!("{colour} {}px {at}px", at - length)
    });
    let parts: Vec<String> = parts.collect();
    format!("repeating-linear-gradient(90deg, {})", parts.join(", "))
}

/// The name of a colour in a plot's SVG.
fn name(colour: plotters::style::RGBColor) -> String {
    format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2)
}

fn paint(name: &str, variable: &str) -> String {
    format!(
        "svg [stroke=\"{name}\"] {{ stroke: var({variable}); }} svg [fill=\"{name}\"] {{ fill: var({variable}); }}"
    )
}

impl Session {
    /// Rows with the numbers of their colours.
    pub(super) fn numbered<'a>(&self, rows: &'a [Row]) -> Vec<(usize, &'a Row)> {
        let lines = self.lines();
        let number = |row: &Row| lines.iter().position(|line| *line == row.engine.line());
        rows.iter()
            .map(|row| (number(row).unwrap_or_default(), row))
            .collect()
    }

    /// The names of the rows, each of which has its colour.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for row in &self.engines {
            let line = row.engine.line();
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }
}

/// The lengths of the dashes and gaps by which a line differs from others of its colour; none for the
/// first of a colour, which is whole.
pub(super) fn dashes(number: usize) -> Vec<usize> {
    match number / COLOURS {
        0 => Vec::new(),
        dots => [8, 3].into_iter().chain([2, 3].repeat(dots - 1)).collect(),
    }
}

/// A spot in the colour of this number, wider where its line is dashed.
pub(super) fn swatch(number: usize) -> Markup {
    let is_dashed = number >= COLOURS;
    html! { span.swatch.dashed[is_dashed].(format!("c{number}")) aria-hidden="true" {} }
}

pub(super) fn legend(rows: &[(usize, &Row)]) -> Markup {
    html! {
        ul.legend aria-label="Colours" {
            @for (number, row) in rows { li { (swatch(*number)) (row.engine.line()) } }
        }
    }
}

// Plots leave no gap in three columns: the first of five is as high as two, and four are in two columns.
const PAGE: &str = "\
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 75rem; padding: 1rem; background: var(--paper); color: var(--ink); \
font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.3rem; margin: 2rem 0 0.5rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.5rem; }
a { color: var(--link); }
code { display: inline-block; max-width: 100%; }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.what { margin: 0; }
.note { margin: 0.5rem 0; font-size: 0.85rem; }
.summary { padding: 0.75rem 0.75rem 0.75rem 2rem; background: var(--soft); border-radius: 0.5rem; }
.summary li { margin: 0.2rem 0; }
.failure { font-weight: bold; }
.plots { display: grid; gap: 1rem 1.5rem; margin: 1rem 0; \
grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); }
.plots > figure:first-child:nth-last-child(5) { grid-row: span 2; }
@media (min-width: 60rem) { .plots:has(> figure:nth-child(4):last-child) { grid-template-columns: 1fr 1fr; } }
figure { margin: 0; }
figcaption { font-weight: bold; }
svg { display: block; width: 100%; height: auto; max-width: 40rem; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; padding: 0; list-style: none; }
.swatch { display: inline-block; width: 0.9em; height: 0.9em; margin-right: 0.4em; border-radius: 0.2em; }
.dashed { width: 2em; }
small { display: block; font-size: 0.8rem; font-weight: normal; }
.scroll { overflow-x: auto; margin: 1rem 0; }
.scroll table { white-space: nowrap; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
table.first { width: 100%; }
th, td { padding: 0.3rem 0.6rem; text-align: right; vertical-align: top; border-bottom: 1px solid var(--faint); }
th:first-child { text-align: left; }
.scroll th:first-child { position: sticky; left: 0; background: var(--paper); }
.best span { font-weight: bold; }
td.best { background: var(--soft); }
summary { cursor: pointer; padding: 0.3rem 0; }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: 0.25rem 1rem; }
dt { font-weight: bold; }
dd { margin: 0; }
@media (max-width: 44rem) { table.first thead { display: none; } \
table.first tr { display: grid; grid-template-columns: repeat(3, 1fr); padding: 0.4rem 0; border-bottom: 1px solid var(--faint); } \
table.first th { grid-column: 1 / -1; border: 0; padding: 0.2rem 0.4rem; } table.first th small { display: inline; margin-left: 0.6em; } \
table.first td { text-align: left; border: 0; padding: 0.2rem 0.4rem; } \
table.first td::before { content: attr(data-title); display: block; font-size: 0.8rem; } }
@media print { .scroll { overflow: visible; } }";
