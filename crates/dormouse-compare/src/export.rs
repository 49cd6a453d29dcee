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
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_compare::{Builtin, Comparison, Format};
    ///
    /// let comparison = Comparison::new(vec![Builtin::Sleep])
    ///     .configuration("smol", || dormouse::SmolExecutor::new(1));
    /// let session = comparison.planned()?; // or `run`
    /// assert_eq!(session.rounds(), 0);
    /// let page = Format::Html.render(&session.report())?;
    /// assert!(page.starts_with("<!DOCTYPE html>"));
    /// # Ok::<(), dormouse_compare::Error>(())
    /// ```
    pub fn render(self, report: &Report) -> Result<String, Error> {
        match self {
            Self::Json => report.json(),
            Self::Csv => csv::render(report),
            Self::Markdown => markdown::render(report),
            Self::Html => html::render(report),
        }
    }
}
