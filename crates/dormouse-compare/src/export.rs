//! The export formats of a report.

use crate::error::Error;
use crate::report::Report;

mod csv;
mod html;
mod markdown;
mod plots;

/// The format of an exported report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// Everything, with every run.
    Json,
    /// A line for each run.
    Csv,
    /// The tables and the findings in Markdown.
    Markdown,
    /// One HTML page with plots, which needs no network and no script.
    Html,
}

impl Format {
    /// The report in this format.
    ///
    /// # Errors
    ///
    /// [`Error::Run`], if it can't be rendered.
    pub fn render(self, report: &Report) -> Result<String, Error> {
        match self {
            Self::Json => report.json(),
            Self::Csv => csv::render(report),
            Self::Markdown => markdown::render(report),
            Self::Html => html::render(report),
        }
    }
}
