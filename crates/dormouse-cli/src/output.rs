//! Output: results go to standard output, everything else to standard error.
//!
//! If a stream is closed or full, no other output is lost.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use dormouse_compare::Report;
use dormouse_compare::program::{NARROW_WIDTH, escaped, save};
use serde::Serialize;

use crate::failure::Failure;

/// Writes a line to standard error, and ignores an error.
///
/// What is not seen, in a value that was typed or in the name of a file, is written as an escape, and
/// so is a line break.
pub(crate) fn tell(line: impl Display) {
    let _ = writeln!(io::stderr(), "{}", escaped(&line.to_string()));
}

/// Writes the message of a failure as one line, and returns the exit status.
pub(crate) fn tell_failure(failure: &Failure) -> ExitCode {
    if let Some(message) = &failure.message {
        tell(format_args!("dormouse: {}", message.trim_end()));
    }
    ExitCode::from(failure.status)
}

/// Writes the message of a panic, which is one line, and returns the exit status.
pub(crate) fn tell_panic(message: &str) -> i32 {
    tell(format_args!("dormouse: {message}"));
    1
}

/// Writes results to standard output.
pub(crate) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::run(format_args!(
            "cannot write the results: {error}"
        ))),
        // A reader that closed the pipe wants no more.
        _ => Ok(()),
    }
}

/// Writes one JSON value and a new line.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    print(|out| {
        serde_json::to_writer(&mut *out, value)?;
        writeln!(out)
    })
}

/// Prints a report as text, in colour on a terminal, unless `NO_COLOR` is set.
pub(crate) fn show(report: &Report) -> Result<(), Failure> {
    let out = io::stdout();
    let width = match terminal_size::terminal_size() {
        Some((width, _)) if out.is_terminal() => usize::from(width.0),
        _ => NARROW_WIDTH,
    };
    let text = match anstream::AutoStream::choice(&out) {
        anstream::ColorChoice::Never => report.text(width),
        _ => report.coloured(width),
    };
    print(|out| out.write_all(text.as_bytes()))
}

/// Saves a report in a temporary file, and returns its path.
pub(crate) fn rescue(report: &Report) -> io::Result<PathBuf> {
    let file = tempfile::Builder::new()
        .prefix("dormouse-compare-")
        .suffix(".json")
        .tempfile()?;
    let text = report.json().map_err(io::Error::other)?;
    save(file.path(), &text)?;
    // Until it is kept, a file that could not be written is removed.
    let (_, path) = file.keep().map_err(|error| error.error)?;
    Ok(path)
}

/// A clause that says where a report is; if it could not be saved, what is saved already, `or_else`.
pub(crate) fn whereabouts(rescued: &io::Result<PathBuf>, or_else: Option<&str>) -> String {
    match (rescued, or_else) {
        (Ok(path), _) => format!("what was measured is in {}", path.display()),
        (Err(_), Some(clause)) => clause.to_owned(),
        (Err(error), None) => format!("and what was measured is lost: {error}"),
    }
}
