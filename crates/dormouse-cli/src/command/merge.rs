//! `dormouse merge`

use std::path::Path;

use crate::args::Merge;
use crate::failure::Failure;
use crate::report::Report;
use crate::show;

/// Puts the sessions of many reports side by side. Nothing is averaged: each machine says for
/// itself.
pub(crate) fn merge(args: &Merge) -> Result<(), Failure> {
    args.exports.check()?;
    let mut sessions = Vec::new();
    for path in &args.files {
        sessions.extend(read(path)?.sessions);
    }
    for session in &mut sessions {
        session.summarise();
    }
    let report = Report::new(sessions);
    let exported = args.exports.write(&report);
    if !args.exports.take_stdout() {
        show::show(&report)?;
    }
    exported
}

/// Reads a report of this schema.
pub(crate) fn read(path: &Path) -> Result<Report, Failure> {
    let path = path.display();
    let text = std::fs::read(path.to_string())
        .map_err(|error| Failure::usage(format_args!("cannot read {path}: {error}")))?;
    let value: serde_json::Value = serde_json::from_slice(&text).map_err(|error| {
        Failure::usage(format_args!(
            "{path} is no JSON ({error}): give a report of `dormouse compare --json`"
        ))
    })?;
    let schema = value.get("schema").and_then(serde_json::Value::as_str);
    if schema != Some(Report::SCHEMA) {
        return Err(Failure::usage(format_args!(
            "{path} has the schema {}, and not {}: give a report of `dormouse compare --json`",
            schema.unwrap_or("of something else"),
            Report::SCHEMA
        )));
    }
    let version = value.get("schema_version").cloned().unwrap_or_default();
    if version != Report::SCHEMA_VERSION {
        return Err(Failure::usage(format_args!(
            "{path} has version {version} of the schema, and this dormouse reads version {}: make \
             the report anew",
            Report::SCHEMA_VERSION
        )));
    }
    serde_json::from_value(value)
        .map_err(|error| Failure::usage(format_args!("{path} is not a whole report: {error}")))
}
