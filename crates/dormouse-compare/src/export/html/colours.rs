//! The colours of rows: a runtime has one colour, and one kind of line, in all modes and plots.

use maud::{Markup, html};

use crate::export::plots::COLOURS;
use crate::report::{Row, Session};

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
