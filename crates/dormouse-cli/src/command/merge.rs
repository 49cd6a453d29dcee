//! `dormouse merge`

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use dormouse_compare::Report;

use crate::args::Merge;
use crate::failure::Failure;
use crate::output::tell;
use crate::wording::by_option;

/// Puts the sessions of many reports side by side; nothing is averaged.
pub(crate) fn merge(args: &Merge) -> Result<(), Failure> {
    let is_stdin = |path: &&PathBuf| path.as_path() == Path::new("-");
    if args.files.iter().filter(is_stdin).count() > 1 {
        return Err(Failure::usage(
            "`-` is given twice, and standard input can be read once: give one of them as a file",
        ));
    }
    let reports = args.files.iter();
    let reports = reports.map(|path| read(path, "a file that `compare --json` wrote"));
    let reports: Vec<Report> = reports.collect::<Result<_, Failure>>()?;
    let sources = args.files.iter().zip(&reports);
    let sources = sources.flat_map(|(path, report)| report.sessions().iter().map(move |_| path));
    let sources: Vec<&PathBuf> = sources.collect();
    let report = Report::merge(reports);
    args.exports.check(None, None)?;
    args.exports.check_inputs(&args.files)?;
    let _locks = args.exports.lock(None)?;
    tell_same(&report, &sources)?;
    let lost = args.exports.write(&report);
    args.exports.all_written(lost, &report, None)
}

/// Tells in one line which sessions are there twice; each session is of the source at its place.
fn tell_same(report: &Report, sources: &[&PathBuf]) -> Result<(), Failure> {
    let mut seen: HashMap<String, &Path> = HashMap::new();
    let mut same = Vec::new();
    for (session, source) in report.sessions().iter().zip(sources) {
        match seen.entry(session.report().json()?) {
            Entry::Occupied(first) => same.push((*source, *first.get())),
            Entry::Vacant(place) => _ = place.insert(source),
        }
    }
    let line = match same.as_slice() {
        [] => return Ok(()),
        [(one, first)] => format!(
            "the session of {} is the same as that of {}, and both are shown",
            one.display(),
            first.display()
        ),
        [(one, first), ..] => format!(
            "{} sessions are the same as others, such as that of {} as that of {}, and all are shown",
            same.len(),
            one.display(),
            first.display()
        ),
    };
    tell(format_args!("warning: {line}"));
    Ok(())
}

/// Reads a report from a file, whose name need not be UTF-8, or from standard input; `remedy` says
/// which file to give.
pub(crate) fn read(path: &Path, remedy: &str) -> Result<Report, Failure> {
    let (bytes, name) = if path == Path::new("-") {
        let mut bytes = Vec::new();
        let read = io::stdin().read_to_end(&mut bytes);
        (read.map(|_| bytes), "standard input".to_owned())
    } else {
        (std::fs::read(path), path.display().to_string())
    };
    let bytes = bytes.map_err(|error| {
        Failure::usage(format_args!("cannot read {name}: {error}: give {remedy}"))
    })?;
    Ok(Report::read_with(&bytes, &name, by_option)?)
}
