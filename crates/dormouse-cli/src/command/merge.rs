//! `dormouse merge`

use std::path::{Path, PathBuf};

use dormouse_compare::Report;

use crate::args::Merge;
use crate::failure::Failure;
use crate::output::{show, tell};

/// Puts the sessions of many reports side by side; nothing is averaged.
pub(crate) fn merge(args: &Merge) -> Result<(), Failure> {
    let reports: Result<Vec<Report>, Failure> = args.files.iter().map(|path| read(path)).collect();
    let reports = reports?;
    let sources = args.files.iter().zip(&reports);
    let sources = sources.flat_map(|(path, report)| report.sessions().iter().map(move |_| path));
    let sources: Vec<&PathBuf> = sources.collect();
    let report = Report::merge(reports);
    args.exports.check(None, None)?;
    args.exports.spare(&args.files)?;
    let _locks = args.exports.lock(None)?;
    tell_same(&report, &sources)?;
    let exported = args.exports.write(&report, None);
    if !args.exports.take_stdout() {
        show(&report)?;
    }
    exported
}

/// Tells which sessions are there twice; each session is of the source at its place.
fn tell_same(report: &Report, sources: &[&PathBuf]) -> Result<(), Failure> {
    let mut seen: Vec<String> = Vec::new();
    for (session, source) in report.sessions().iter().zip(sources) {
        let whole = session.report().json()?;
        if let Some(place) = seen.iter().position(|other| *other == whole) {
            tell(format_args!(
                "warning: the session of {} is the same as that of {}, and both are shown",
                source.display(),
                sources[place].display()
            ));
        }
        seen.push(whole);
    }
    Ok(())
}

/// Reads a report from a file, whose name need not be UTF-8.
pub(crate) fn read(path: &Path) -> Result<Report, Failure> {
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::usage(format_args!("cannot read {}: {error}", path.display())))?;
    Ok(Report::read(&bytes, &path.display().to_string())?)
}
