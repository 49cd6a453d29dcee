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
    is_first: bool,
}

/// What closes the list of runs, so that the file is a whole report.
const TAIL: &str = "]}\n";

impl Journal {
    /// Begins a file with what is known before the first run.
    ///
    /// None for a pipe or a device, which gets one report at the end.
    ///
    /// # Errors
    ///
    /// If the file can't be written.
    pub fn begin(path: &Path, session: &Session) -> io::Result<Option<Self>> {
        if fs::metadata(path).is_ok_and(|file| !file.is_file()) {
            return Ok(None);
        }
        let mut text = serde_json::to_string(&session.report())?;
        // The list of runs goes before the closing brace.
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

    /// Appends the latest run of the engine with this index.
    ///
    /// # Errors
    ///
    /// If the file can't be written.
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
        // With a single write, a reader sees the whole run or nothing of it.
        self.file.write_all(text.as_bytes())?;
        (self.end, self.is_first) = (end, false);
        Ok(())
    }
}
