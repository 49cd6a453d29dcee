//! A file that has the finished runs while a comparison runs, so that a kill loses none of them.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use crate::files;
use crate::report::{Loose, Session};

/// A file to which each finished run is appended; it is a report that `merge` can read at all times.
#[derive(Debug)]
pub struct Journal {
    file: File,
    /// Where the next run is written, over the tail.
    end: u64,
    runs: usize,
    is_full: bool,
}

/// What begins the list of runs, at the end of the first line.
pub(crate) const HEAD_END: &str = ",\"unfinished\":[";

/// What closes the list of runs, so that the file is a whole report.
pub(crate) const TAIL: &str = "]}\n";

impl Journal {
    /// Begins a file with what is known before the first run.
    ///
    /// Returns `None` for a pipe or a device, which gets one report at the end.
    ///
    /// # Errors
    ///
    /// If the file can't be written; a file that was there is then as it was.
    pub fn begin(path: &Path, session: &Session) -> io::Result<Option<Self>> {
        if fs::metadata(path).is_ok_and(|file| !file.is_file()) {
            return Ok(None);
        }
        let mut text = serde_json::to_string(&session.report())?;
        // The list of runs goes before the closing brace.
        text.pop();
        text += HEAD_END;
        let end = text.len() as u64;
        text += TAIL;
        files::save(path, &text)?;
        Ok(Some(Self {
            file: files::open(path)?,
            end,
            runs: 0,
            is_full: false,
        }))
    }

    /// Appends the latest run of the engine with this index.
    ///
    /// After an error it appends no more, as a later run that still fits would leave a gap, and a
    /// report of that kind can't be read.
    ///
    /// # Errors
    ///
    /// If the file can't be written, for the first time; it then has all runs before this one.
    pub fn append(&mut self, session: &Session, number: usize) -> io::Result<()> {
        let row = &session.engines[number];
        let (Some(run), Some(seed)) = (row.runs.last(), session.round_seeds.last()) else {
            return Ok(());
        };
        if self.is_full {
            return Ok(());
        }
        let loose = Loose {
            number,
            seed: *seed,
            run: run.clone(),
        };
        let mut text = if self.runs == 0 { "\n" } else { ",\n" }.to_owned();
        text += &serde_json::to_string(&loose)?;
        let end = self.end + text.len() as u64;
        text += TAIL;
        // With a single write, a reader sees the whole run or nothing of it.
        if let Err(error) = self.write(&text) {
            self.is_full = true;
            // The old position of the tail is already allocated.
            self.write(TAIL)?;
            self.file.set_len(self.end + TAIL.len() as u64)?;
            return Err(error);
        }
        (self.end, self.runs) = (end, self.runs + 1);
        Ok(())
    }

    /// How many runs are in the file.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.runs
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(text.as_bytes())
    }
}
