//! Reports in the forms that others read: JSON, CSV, Markdown, HTML.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::args::{Exports, Target};
use crate::failure::Failure;
use crate::report::Report;

mod csv;
mod html;
mod markdown;
mod plots;

type Render = fn(&Report) -> Result<String, Failure>;

impl Exports {
    /// Refuses two exports that would run into one another.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let targets: Vec<_> = self
            .asked()
            .map(|(name, target, _)| (name, target))
            .collect();
        for (place, (name, target)) in targets.iter().enumerate() {
            if let Some((other, _)) = targets[..place].iter().find(|(_, other)| other == target) {
                let target = match target {
                    Target::Stdout => "standard output".into(),
                    Target::File(path) => path.display().to_string(),
                };
                return Err(Failure::usage(format_args!(
                    "`--{other}` and `--{name}` can't both go to {target}: give one of them a file \
                     of its own"
                )));
            }
        }
        Ok(())
    }

    /// Whether standard output belongs to one of them.
    pub(crate) fn take_stdout(&self) -> bool {
        self.asked().any(|(_, target, _)| *target == Target::Stdout)
    }

    /// The file that every finished round is written to, if there is one.
    pub(crate) fn journal(&self) -> Option<&Path> {
        match &self.json {
            Some(Target::File(path)) => Some(path),
            _ => None,
        }
    }

    /// Writes them all; where one can't be written the others are, and it is said which.
    pub(crate) fn write(&self, report: &Report) -> Result<(), Failure> {
        let mut result = Ok(());
        for (_, target, render) in self.asked() {
            let written = render(report).and_then(|text| match target {
                Target::File(path) => save(path, &text).map_err(|error| unwritten(path, &error)),
                Target::Stdout => print_or_rescue(&text, report),
            });
            match written {
                Ok(()) => {}
                Err(failure) if result.is_ok() => result = Err(failure),
                Err(failure) => eprintln!("dormouse: {failure}"),
            }
        }
        result
    }

    fn asked(&self) -> impl Iterator<Item = (&'static str, &Target, Render)> {
        let all: [(_, _, Render); 4] = [
            ("json", &self.json, json),
            ("csv", &self.csv, csv::render),
            ("markdown", &self.markdown, markdown::render),
            ("html", &self.html, html::render),
        ];
        all.into_iter()
            .filter_map(|(name, target, render)| Some((name, target.as_ref()?, render)))
    }
}

pub(crate) fn json(report: &Report) -> Result<String, Failure> {
    let text = serde_json::to_string(report).map_err(Failure::run)?;
    Ok(text + "\n")
}

pub(crate) fn unwritten(path: &Path, error: &io::Error) -> Failure {
    Failure::run(format_args!("cannot write {}: {error}", path.display()))
}

/// Writes a file as a whole: where there is no room, what it held before remains.
pub(crate) fn save(path: &Path, text: &str) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|file| !file.is_file()) {
        // A device or a pipe is written to, and not replaced.
        return OpenOptions::new()
            .write(true)
            .open(path)?
            .write_all(text.as_bytes());
    }
    let mut name = path
        .file_name()
        .ok_or(ErrorKind::InvalidFilename)?
        .to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = fs::write(&part, text).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // What there is of it is of no use, if it is there at all.
        let _ = fs::remove_file(&part);
    }
    written
}

/// Writes to standard output; what it has no room for is kept elsewhere.
pub(crate) fn print_or_rescue(text: &str, report: &Report) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        // Whoever closed the pipe has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => {
            let rescue = rescue(report);
            let kept = match &rescue {
                Ok(path) => format!("what was measured is in {}", path.display()),
                Err(_) => "and what was measured is lost".into(),
            };
            Err(Failure::run(format_args!(
                "cannot write the results: {error}; {kept}"
            )))
        }
    }
}

fn rescue(report: &Report) -> Result<PathBuf, Failure> {
    let name = format!("dormouse-compare-{}.json", std::process::id());
    let path = std::env::temp_dir().join(name);
    save(&path, &json(report)?).map_err(|error| unwritten(&path, &error))?;
    Ok(path)
}
