//! Checks and writes the exports of a report.

use std::path::{Path, PathBuf};

use dormouse_compare::program::{is_same, probe, save};
use dormouse_compare::{Format, Report};

use crate::args::{Exports, Target};
use crate::failure::Failure;
use crate::lock::Lock;
use crate::output::{print, rescue, show, whereabouts};

/// Why something can't be written, and the name of its option, if it is an export.
pub(crate) type Lost = (Failure, Option<&'static str>);

impl Exports {
    /// Checks, before anything is measured, that all files can be written and no two are the same.
    ///
    /// `baseline` is read, and `save_baseline` is written at the end.
    pub(crate) fn check(
        &self,
        baseline: Option<&Path>,
        save_baseline: Option<&Path>,
    ) -> Result<(), Failure> {
        let to_stdout = self.asked().filter(|asked| *asked.1 == Target::Stdout);
        let to_stdout: Vec<&str> = to_stdout.map(|asked| asked.0).collect();
        if let [one, other, ..] = to_stdout.as_slice() {
            return Err(collision(one, other, "standard output"));
        }
        let files = self.files().map(|(name, path, _)| (name, path));
        let files = files.chain(save_baseline.map(|path| ("save-baseline", path)));
        let files: Vec<(&str, &Path)> = files.collect();
        let new = files.iter().map(|(_, path)| *path);
        let new: Vec<&Path> = new.filter(|path| !path.exists()).collect();
        let checked = apart(&files, baseline);
        // Removes the files that the check created, as a session that ends early writes none of them;
        // a link is followed to its target.
        for path in new.iter().filter_map(|path| path.canonicalize().ok()) {
            let _ = std::fs::remove_file(path);
        }
        checked
    }

    /// Refuses to replace a report that is merged by a file that is not a report.
    pub(crate) fn check_inputs(&self, inputs: &[PathBuf]) -> Result<(), Failure> {
        for (name, path, format) in self.files() {
            if format != Format::Json && inputs.iter().any(|input| is_same(input, path)) {
                return Err(Failure::usage(format_args!(
                    "`--{name}` would replace {}, which is merged: give it a file of its own",
                    path.display()
                )));
            }
        }
        Ok(())
    }

    /// Locks the files of the exports, and `other`, until the locks are dropped: another session may
    /// append its runs to one of them.
    pub(crate) fn lock(&self, other: Option<&Path>) -> Result<Vec<Lock>, Failure> {
        let files = self.files().map(|(_, path, _)| path);
        // Only the JSON file is written at once; of the others, those that are there may be in use.
        let journal = self.journal();
        let used = files
            .chain(other)
            .filter(|path| Some(*path) == journal || path.exists());
        used.filter_map(|path| Lock::take(path).transpose())
            .collect()
    }

    /// The file to which each run is appended, if there is one.
    pub(crate) fn journal(&self) -> Option<&Path> {
        match &self.json {
            Some(Target::File(path)) => Some(path),
            _ => None,
        }
    }

    /// Writes all exports, and shows the table unless one of them goes to standard output; returns what
    /// can't be written.
    pub(crate) fn write(&self, report: &Report) -> Vec<Lost> {
        let lost = self.asked().filter_map(|(name, target, format)| {
            let failure = write_one(report, target, format).err()?;
            Some((failure, Some(name)))
        });
        let mut lost: Vec<Lost> = lost.collect();
        if self.asked().all(|(_, target, _)| *target != Target::Stdout) {
            lost.extend(show(report).err().map(|failure| (failure, None)));
        }
        lost
    }

    /// A failure that names all that can't be written, where the report is, and the command that makes
    /// the rest of it.
    ///
    /// `journalled` says what the JSON file has already, if it has any run.
    pub(crate) fn all_written(
        &self,
        lost: Vec<Lost>,
        report: &Report,
        journalled: Option<&str>,
    ) -> Result<(), Failure> {
        if lost.is_empty() {
            return Ok(());
        }
        let exports = || lost.iter().filter_map(|(_, export)| *export);
        let has_json = exports().all(|name| name != "json");
        let rescued = match self.journal().filter(|path| has_json && path.is_file()) {
            Some(path) => Ok(path.to_owned()),
            None => rescue(report),
        };
        let errors: Vec<String> = lost
            .iter()
            .map(|(failure, _)| failure.to_string())
            .collect();
        let mut line = errors.join("; ");
        line += &format!("; {}", whereabouts(&rescued, journalled));
        let rest = exports().filter(|name| *name != "json");
        let rest: Vec<String> = rest.map(|name| format!("--{name} FILE")).collect();
        if let (Ok(path), false) = (&rescued, rest.is_empty()) {
            let (path, lost) = (path.display(), rest.join(" "));
            line += &format!(", and `dormouse merge {path} {lost}` makes the rest of it");
        }
        Err(Failure::run(line))
    }

    /// The exports that are files.
    fn files(&self) -> impl Iterator<Item = (&'static str, &Path, Format)> {
        self.asked()
            .filter_map(|(name, target, format)| match target {
                Target::File(path) => Some((name, path.as_path(), format)),
                Target::Stdout => None,
            })
    }

    fn asked(&self) -> impl Iterator<Item = (&'static str, &Target, Format)> {
        let all = [
            ("json", &self.json, Format::Json),
            ("csv", &self.csv, Format::Csv),
            ("markdown", &self.markdown, Format::Markdown),
            ("html", &self.html, Format::Html),
        ];
        all.into_iter()
            .filter_map(|(name, target, format)| Some((name, target.as_ref()?, format)))
    }
}

/// Tries each file, and refuses two that are the same: the later export would overwrite the earlier.
fn apart(files: &[(&str, &Path)], baseline: Option<&Path>) -> Result<(), Failure> {
    for (place, (name, path)) in files.iter().enumerate() {
        probe(path).map_err(|error| {
            Failure::usage(format_args!(
                "cannot write {}: {error}: give a file in a folder that is there",
                path.display()
            ))
        })?;
        let mut before = files[..place].iter();
        if let Some((other, _)) = before.find(|(_, other)| is_same(path, other)) {
            return Err(collision(other, name, &path.display().to_string()));
        }
        // No export may replace the baseline. `--save-baseline` may, as it keeps the baseline if the
        // session has regressed.
        if let Some(baseline) = baseline
            && *name != "save-baseline"
            && is_same(path, baseline)
        {
            return Err(collision("baseline", name, &path.display().to_string()));
        }
    }
    Ok(())
}

fn collision(one: &str, other: &str, target: &str) -> Failure {
    Failure::usage(format_args!(
        "`--{one}` and `--{other}` can't both be {target}: give one of them a file of its own"
    ))
}

/// Writes one export; the error names its file.
fn write_one(report: &Report, target: &Target, format: Format) -> Result<(), Failure> {
    let text = format.render(report)?;
    match target {
        Target::File(path) => keep(path, &text),
        Target::Stdout => print(|out| out.write_all(text.as_bytes())),
    }
}

/// Keeps a text in a file.
pub(crate) fn keep(path: &Path, text: &str) -> Result<(), Failure> {
    save(path, text)
        .map_err(|error| Failure::run(format_args!("cannot write {}: {error}", path.display())))
}
