//! A line for each run.

use std::collections::BTreeSet;

use csv::Writer;

use crate::error::Error;
use crate::escape::plain;
use crate::report::{Report, RunResult};

/// The columns before the figures. `mode` is empty where there is none, and `threads` where their
/// number is unknown, as of some peers.
const COLUMNS: [&str; 14] = [
    "session",
    "label",
    "workload",
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

pub(super) fn render(report: &Report) -> Result<String, Error> {
    let mut lines = Writer::from_writer(Vec::new());
    let keys = keys(report);
    let header = COLUMNS.into_iter().chain(keys.iter().map(String::as_str));
    lines.write_record(header).map_err(Error::run)?;
    for (number, session) in report.sessions.iter().enumerate() {
        for row in &session.engines {
            for run in &row.runs {
                let engine = &row.engine;
                let (figures, failure) = match &run.result {
                    RunResult::Figures(figures) => (Some(figures), ""),
                    RunResult::Failure(failure) => (None, failure.as_str()),
                };
                // Text must not break a line: `plain` makes its line breaks spaces.
                let first = [
                    number.to_string(),
                    plain(&session.label),
                    plain(&row.workload),
                    plain(&engine.name),
                    format!("{:?}", engine.kind).to_lowercase(),
                    plain(&engine.runtime),
                    plain(&engine.version),
                    engine.mode.map_or("", |mode| mode.name()).to_owned(),
                    match engine.threads {
                        0 => String::new(),
                        threads => threads.to_string(),
                    },
                    row.n.to_string(),
                    row.max_delay_s.to_string(),
                    run.round.to_string(),
                    run.place.to_string(),
                    plain(failure),
                ];
                let figures = keys.iter().map(|key| {
                    let figure = figures.and_then(|figures| figures.get(key));
                    figure.map_or(String::new(), |figure| figure.to_string())
                });
                let line = first.into_iter().chain(figures);
                lines.write_record(line).map_err(Error::run)?;
            }
        }
    }
    let bytes = lines.into_inner().map_err(Error::run)?;
    String::from_utf8(bytes).map_err(Error::run)
}

/// The key of every figure: those of the workloads' tables first, then all others.
fn keys(report: &Report) -> Vec<String> {
    let mut keys = Vec::new();
    let mut known = BTreeSet::new();
    let sessions = || report.sessions.iter();
    let figures = sessions()
        .flat_map(|session| &session.workloads)
        .flat_map(|about| &about.figures);
    let others = sessions()
        .flat_map(|session| &session.engines)
        .flat_map(|row| row.figures())
        .flat_map(|(_, figures)| figures.values.keys());
    for key in figures.map(|figure| &figure.key).chain(others) {
        if known.insert(key) {
            keys.push(key.clone());
        }
    }
    keys
}
