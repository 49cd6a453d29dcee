//! The colours of rows: a runtime has one colour in all modes and plots.

use maud::{Markup, html};

use crate::export::plots::COLOURS;
use crate::report::{Row, Session};

impl Session {
    /// Rows with the numbers of their colours.
    pub(super) fn numbered<'a>(&self, rows: &'a [Row]) -> Vec<(usize, &'a Row)> {
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

/// A spot in the colour of this number.
pub(super) fn swatch(number: usize) -> Markup {
    html! { span.swatch.(format!("c{}", number % COLOURS)) aria-hidden="true" {} }
}

pub(super) fn legend(rows: &[(usize, &Row)]) -> Markup {
    html! {
        ul.legend aria-label="Colours" {
            @for (number, row) in rows { li { (swatch(*number)) (row.engine.line()) } }
        }
    }
}
