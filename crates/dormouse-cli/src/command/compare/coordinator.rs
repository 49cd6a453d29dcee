//! What the coordinator does while no run is measured.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use dormouse_compare::{Journal, Observer, Session};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::tell;

/// What the coordinator does between runs, and never while something is measured: it draws a bar with
/// the time left on a terminal, and writes the journal.
pub(super) struct Coordinator<'a> {
    bar: ProgressBar,
    /// How long a run of each engine takes in seconds, an estimate and then that of its last run; and
    /// how many it has done.
    engines: Vec<(f64, usize)>,
    /// How many seconds all runs so far have taken.
    done: f64,
    /// The file to which each run is appended, if there is one.
    path: Option<&'a Path>,
    journal: Option<Journal>,
}

impl<'a> Coordinator<'a> {
    pub(super) fn new(path: Option<&'a Path>) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::with_draw_target(Some(1000), ProgressDrawTarget::stderr())
        } else {
            ProgressBar::hidden()
        };
        // The bar takes the rest of the line, so that it still fits if the terminal gets narrower.
        let style = ProgressStyle::with_template("{wide_bar} {msg}");
        Self {
            bar: match style {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            },
            engines: Vec::new(),
            done: 0.0,
            path,
            journal: None,
        }
    }

    /// Clears the progress from the terminal.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// What the file has, in a clause, if it has any run.
    pub(super) fn journalled(&self) -> Option<String> {
        let all = self.runs();
        let runs = match self.journal.as_ref()?.runs() {
            0 => return None,
            runs if runs == all => format!("all {runs} runs"),
            runs => format!("the first {runs} of {all} runs"),
        };
        Some(format!(
            "the JSON file has {runs}, and `dormouse merge` reads it"
        ))
    }

    fn runs(&self) -> usize {
        self.engines.iter().map(|(_, runs)| runs).sum()
    }

    fn draw(&self, session: &Session) {
        let all = self.runs();
        let (left, of) = match session.asked_rounds() {
            Some(rounds) => {
                let (runs, seconds) = self.left(session, rounds);
                (seconds, format!(" of {}", all + runs))
            }
            None => {
                let budget_s = session.asked_seconds().unwrap_or_default();
                ((budget_s - self.done).max(0.0), String::new())
            }
        };
        let whole = self.done + left;
        self.bar
            .set_position((1000.0 * self.done / whole.max(1e-9)) as u64);
        self.bar
            .set_message(format!("run {all}{of}, {left:.0} s left"));
    }

    /// How many runs are left of these rounds, and how many seconds they take.
    fn left(&self, session: &Session, rounds: usize) -> (usize, f64) {
        let engines = self.engines.iter().enumerate();
        let engines = engines.filter(|(engine, _)| !session.is_left_out(*engine));
        engines.fold((0, 0.0), |(runs, seconds), (_, (expected, done))| {
            let left = rounds.saturating_sub(*done);
            (runs + left, seconds + left as f64 * expected)
        })
    }
}

impl Observer for Coordinator<'_> {
    fn begins(&mut self, session: &Session) {
        let expected = session.expected_s().into_iter();
        self.engines = expected.map(|expected| (expected, 0)).collect();
        self.draw(session);
        match self.path.map(|path| Journal::begin(path, session)) {
            Some(Ok(journal)) => self.journal = journal,
            Some(Err(error)) => complain(&error),
            None => {}
        }
    }

    fn ran(&mut self, session: &Session, engine: usize, took: Duration) {
        let took = took.as_secs_f64();
        self.engines[engine] = (took, self.engines[engine].1 + 1);
        self.done += took;
        self.draw(session);
        let journal = self.journal.as_mut();
        if let Some(Err(error)) = journal.map(|journal| journal.append(session, engine)) {
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
