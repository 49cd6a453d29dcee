//! Where the exports of a report go.

use std::path::Path;

use dormouse_compare::{Format, Report, probe, save};

use crate::args::{Exports, Target};
use crate::failure::Failure;
use crate::output::{print_or_rescue, rescue, tell};

impl Exports {
    /// Refuses two exports that would run into one another, and files that can't be written, before
    /// anything is measured.
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
        for (_, target) in targets {
            if let Target::File(path) = target {
                try_file(path)?;
            }
        }
        Ok(())
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

/// Refuses a file that can't be written.
pub(crate) fn try_file(path: &Path) -> Result<(), Failure> {
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
