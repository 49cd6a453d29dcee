//! A line for each run.

use csv::Writer;

use crate::failure::Failure;
use crate::figures::FIGURES;
use crate::report::{Report, RunResult};

/// The columns before the figures.
const COLUMNS: [&str; 13] = [
    "session",
    "label",
    "engine",
    "kind",
    "runtime",
    "version",
    "mode",
    "threads",
    "n",
    "max_delay_s",
    "round",
    "place",
    "failure",
];

pub(super) fn render(report: &Report) -> Result<String, Failure> {
    let mut lines = Writer::from_writer(Vec::new());
    let figures = FIGURES.iter().map(|figure| figure.key);
    let header = COLUMNS.into_iter().chain(figures);
    lines.write_record(header).map_err(Failure::run)?;
    for (number, session) in report.sessions.iter().enumerate() {
        for row in &session.engines {
            for run in &row.runs {
                let engine = &row.engine;
                let (figures, failure) = match &run.result {
                    RunResult::Figures(figures) => (Some(figures), ""),
                    RunResult::Failure(failure) => (None, failure.as_str()),
                };
                let kind = format!("{:?}", engine.kind).to_lowercase();
                let first = [
                    number.to_string(),
                    session.label.clone(),
                    engine.name.clone(),
                    kind,
                    engine.runtime.clone(),
                    engine.version.clone(),
                    engine.mode.map_or("", |mode| mode.name()).to_owned(),
                    engine.threads.to_string(),
                    row.n.to_string(),
                    row.max_delay_s.to_string(),
                    run.round.to_string(),
                    run.place.to_string(),
                    failure.to_owned(),
                ];
                let figures = FIGURES.iter().map(|figure| {
                    let figure = figures.and_then(|figures| (figure.of)(figures));
                    figure.map_or(String::new(), |figure| figure.to_string())
                });
                let line = first.into_iter().chain(figures);
                lines.write_record(line).map_err(Failure::run)?;
            }
        }
    }
    let bytes = lines.into_inner().map_err(Failure::run)?;
    String::from_utf8(bytes).map_err(Failure::run)
}
