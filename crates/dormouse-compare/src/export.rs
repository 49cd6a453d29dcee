//! Reports in the forms that others read.

use crate::error::Error;
use crate::report::Report;

mod csv;
mod html;
mod markdown;
mod plots;

/// A form of a report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// Everything, every single run included.
    Json,
    /// A line for each run.
    Csv,
    /// The tables for a page in Markdown.
    Markdown,
    /// One page with plots, which needs no network and no script.
    Html,
}

impl Format {
    /// The report in this form.
    ///
    /// # Errors
    ///
    /// [`Error::Run`] where it can't be drawn.
    pub fn render(self, report: &Report) -> Result<String, Error> {
        match self {
            Self::Json => report.json(),
            Self::Csv => csv::render(report),
            Self::Markdown => markdown::render(report),
            Self::Html => html::render(report),
        }
    }
}
