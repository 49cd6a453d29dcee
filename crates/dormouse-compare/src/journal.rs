//! A comparison on a disk while it runs: who is killed loses no run that was finished.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use crate::files;
use crate::report::{Loose, Session};

/// A file to which each run is appended when it is over. It is a report at all times: one that
/// `merge` reads.
#[derive(Debug)]
pub struct Journal {
    file: File,
    /// Where the next run goes, over the tail.
    end: u64,
    is_first: bool,
}

/// What makes a report of a list of runs that was begun.
const TAIL: &str = "]}\n";

impl Journal {
    /// Begins a file with what is known before the first run; none where it is no plain file, as a
    /// pipe or a device takes one report, at the end.
    ///
    /// # Errors
    ///
    /// Why it can't be written.
    pub fn begin(path: &Path, session: &Session) -> io::Result<Option<Self>> {
        if fs::metadata(path).is_ok_and(|file| !file.is_file()) {
            return Ok(None);
        }
        let mut text = serde_json::to_string(&session.report())?;
        // The closing brace makes room for the runs.
        text.pop();
        text += ",\"unfinished\":[";
        let mut file = files::open(path)?;
        let end = text.len() as u64;
        text += TAIL;
        file.write_all(text.as_bytes())?;
        file.set_len(text.len() as u64)?;
        Ok(Some(Self {
            file,
            end,
            is_first: true,
        }))
    }

    /// Appends the last run of the engine of this number.
    ///
    /// # Errors
    ///
    /// Why it can't be written.
    pub fn append(&mut self, session: &Session, number: usize) -> io::Result<()> {
        let row = &session.engines[number];
        let (Some(run), Some(seed)) = (row.runs.last(), session.round_seeds.last()) else {
            return Ok(());
        };
        let loose = Loose {
            number,
            seed: *seed,
            run: run.clone(),
        };
        let mut text = if self.is_first { "\n" } else { ",\n" }.to_owned();
        text += &serde_json::to_string(&loose)?;
        let end = self.end + text.len() as u64;
        text += TAIL;
        self.file.seek(SeekFrom::Start(self.end))?;
        // One write: whoever looks sees the run, or not.
        self.file.write_all(text.as_bytes())?;
        (self.end, self.is_first) = (end, false);
        Ok(())
    }
}
