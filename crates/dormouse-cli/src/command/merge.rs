//! `dormouse merge`

use std::path::Path;

use dormouse_compare::Report;

use crate::args::Merge;
use crate::failure::Failure;
use crate::output::show;

/// Puts the sessions of many reports side by side; nothing is averaged.
pub(crate) fn merge(args: &Merge) -> Result<(), Failure> {
    let reports: Result<Vec<Report>, Failure> = args.files.iter().map(|path| read(path)).collect();
    let report = Report::merge(reports?);
    let _lock = args.exports.lock()?;
    args.exports.check(None, None)?;
    args.exports.spare(&args.files)?;
    let exported = args.exports.write(&report, None);
    if !args.exports.take_stdout() {
        show(&report)?;
    }
    exported
}

/// Reads a report from a file, whose name need not be UTF-8.
pub(crate) fn read(path: &Path) -> Result<Report, Failure> {
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::usage(format_args!("cannot read {}: {error}", path.display())))?;
    Ok(Report::read(&bytes, &path.display().to_string())?)
}
