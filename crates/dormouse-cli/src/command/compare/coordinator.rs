//! What the coordinator does while no run is measured.

use std::path::Path;
use std::time::Duration;

use dormouse_compare::{Journal, Session, Watch};

use crate::output::tell;
use crate::progress::Progress;

/// What the coordinator does between runs: shows the progress and writes the journal.
pub(super) struct Coordinator<'a> {
    progress: Progress,
    /// The file to which each run is appended, if there is one.
    path: Option<&'a Path>,
    journal: Option<Journal>,
    /// Whether a run could not be written, which is reported once.
    is_full: bool,
}

impl<'a> Coordinator<'a> {
    pub(super) fn new(path: Option<&'a Path>) -> Self {
        Self {
            progress: Progress::new(),
            path,
            journal: None,
            is_full: false,
        }
    }

    /// Clears the progress from the terminal.
    pub(super) fn finish(&self) {
        self.progress.finish();
    }
}

impl Watch for Coordinator<'_> {
    fn begins(&mut self, session: &Session) {
        self.progress.begins(session);
        let Some(path) = self.path else { return };
        match Journal::begin(path, session) {
            Ok(journal) => self.journal = journal,
            Err(error) => self.complain(&error),
        }
    }

    fn ran(&mut self, session: &Session, engine: usize, took: Duration) {
        self.progress.ran(engine, took);
        if let Some(journal) = &mut self.journal
            && let Err(error) = journal.append(session, engine)
        {
            self.complain(&error);
        }
    }
}

impl Coordinator<'_> {
    fn complain(&mut self, error: &std::io::Error) {
        if !self.is_full {
            self.is_full = true;
            tell(format_args!(
                "warning: cannot append to the JSON file: {error}; all runs are kept in memory"
            ));
        }
    }
}
