//! What the coordinator does while no run is measured.

use std::path::Path;
use std::time::Duration;

use dormouse_compare::{Journal, Observer, Session};

use crate::output::tell;
use crate::progress::Progress;

/// What the coordinator does between runs: shows the progress and writes the journal.
pub(super) struct Coordinator<'a> {
    progress: Progress,
    /// The file to which each run is appended, if there is one.
    path: Option<&'a Path>,
    journal: Option<Journal>,
    runs: usize,
}

impl<'a> Coordinator<'a> {
    pub(super) fn new(path: Option<&'a Path>) -> Self {
        Self {
            progress: Progress::new(),
            path,
            journal: None,
            runs: 0,
        }
    }

    /// Clears the progress from the terminal.
    pub(super) fn finish(&self) {
        self.progress.finish();
    }

    /// What the file has, in a clause, if it has any run.
    pub(super) fn journalled(&self) -> Option<String> {
        let all = self.runs;
        let runs = match self.journal.as_ref()?.runs() {
            0 => return None,
            runs if runs == all => format!("all {runs} runs"),
            runs => format!("the first {runs} of {all} runs"),
        };
        Some(format!(
            "the JSON file has {runs}, and `dormouse merge` reads it"
        ))
    }
}

impl Observer for Coordinator<'_> {
    fn begins(&mut self, session: &Session) {
        self.progress.begins(session);
        let Some(path) = self.path else { return };
        match Journal::begin(path, session) {
            Ok(journal) => self.journal = journal,
            Err(error) => complain(&error),
        }
    }

    fn ran(&mut self, session: &Session, engine: usize, took: Duration) {
        self.progress.ran(session, engine, took);
        self.runs += 1;
        if let Some(journal) = &mut self.journal
            && let Err(error) = journal.append(session, engine)
        {
            complain(&error);
        }
    }
}

/// Tells that the file is full, which a journal says once.
fn complain(error: &std::io::Error) {
    tell(format_args!(
        "warning: cannot append to the JSON file: {error}; all runs are kept in memory"
    ));
}
