//! Where the exports of a report go.

use std::path::Path;

use dormouse_compare::{Format, Report, is_same, probe, save};

use crate::args::{Exports, Target};
use crate::failure::Failure;
use crate::output::{print_or_rescue, rescue, tell};

impl Exports {
    /// Refuses files that can't be written, and two that would run into one another, before anything
    /// is measured. `baseline` is read, and `save_baseline` written at the end.
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
        let mut files: Vec<(&str, &Path)> = self
            .asked()
            .filter_map(|(name, target, _)| match target {
                Target::File(path) => Some((name, path.as_path())),
                Target::Stdout => None,
            })
            .collect();
        files.extend(save_baseline.map(|path| ("save-baseline", path)));
        let new: Vec<&Path> = files.iter().map(|(_, path)| *path).collect();
        let new: Vec<&Path> = new.into_iter().filter(|path| !path.exists()).collect();
        let checked = apart(&files, baseline);
        if checked.is_err() {
            // What was made to try it is nobody's; a link may lead elsewhere.
            for path in new.iter().filter_map(|path| path.canonicalize().ok()) {
                let _ = std::fs::remove_file(path);
            }
        }
        checked
    }

    /// Whether standard output belongs to one of them.
    pub(crate) fn take_stdout(&self) -> bool {
        self.asked().any(|(_, target, _)| *target == Target::Stdout)
    }

    /// The file that every run is appended to, if there is one.
    pub(crate) fn journal(&self) -> Option<&Path> {
        match &self.json {
            Some(Target::File(path)) => Some(path),
            _ => None,
        }
    }

    /// Writes them all; where one can't be written the others are, and it is said which.
    pub(crate) fn write(&self, report: &Report) -> Result<(), Failure> {
        let mut result = Ok(());
        for (_, target, format) in self.asked() {
            let rendered = format.render(report).map_err(Failure::from);
            let written = rendered.and_then(|text| match target {
                Target::File(path) => keep(path, &text, report),
                Target::Stdout => print_or_rescue(&text, report),
            });
            match written {
                Ok(()) => {}
                Err(failure) if result.is_ok() => result = Err(failure),
                Err(failure) => tell(format_args!("dormouse: {failure}")),
            }
        }
        result
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

/// Tries each file, and refuses those that are one: the later would overwrite the earlier.
fn apart(files: &[(&str, &Path)], baseline: Option<&Path>) -> Result<(), Failure> {
    for (place, (name, path)) in files.iter().enumerate() {
        try_file(path)?;
        let mut before = files[..place].iter();
        if let Some((other, _)) = before.find(|(_, other)| is_same(path, other)) {
            return Err(collision(other, name, &path.display().to_string()));
        }
        // A session that has regressed must not replace what it is held against; saved as the next
        // baseline it does not.
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

/// Refuses a file that can't be written.
fn try_file(path: &Path) -> Result<(), Failure> {
    probe(path).map_err(|error| {
        Failure::usage(format_args!(
            "cannot write {}: {error}: give a file in a folder that is there",
            path.display()
        ))
    })
}

/// Writes a file of a report; where that fails, the report is kept elsewhere.
pub(crate) fn keep(path: &Path, text: &str, report: &Report) -> Result<(), Failure> {
    save(path, text).map_err(|error| {
        Failure::run(format_args!(
            "cannot write {}: {error}; {}",
            path.display(),
            rescue(report)
        ))
    })
}
