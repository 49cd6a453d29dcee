//! The progress of a comparison, shown on a terminal.

use std::io::IsTerminal;
use std::time::Duration;

use dormouse_compare::Session;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar with the time left. It is only drawn between runs, never while something is measured.
pub(crate) struct Progress {
    bar: ProgressBar,
    rows: Vec<Row>,
    /// How many seconds all runs so far have taken.
    done: f64,
    runs: usize,
    rounds: Option<usize>,
    budget_s: f64,
}

/// What is known of the further runs of an engine.
struct Row {
    /// How long one takes in seconds: an estimate, then the last run.
    expected: f64,
    runs: usize,
    is_left_out: bool,
}

impl Progress {
    pub(crate) fn new() -> Self {
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
            rows: Vec::new(),
            done: 0.0,
            runs: 0,
            rounds: None,
            budget_s: 0.0,
        }
    }

    pub(crate) fn begins(&mut self, session: &Session) {
        let expected = session.expected_s().into_iter();
        let rows = expected.map(|expected| Row {
            expected,
            runs: 0,
            is_left_out: false,
        });
        self.rows = rows.collect();
        self.rounds = session.asked_rounds();
        self.budget_s = session.asked_seconds().unwrap_or_default();
        self.draw();
    }

    pub(crate) fn ran(&mut self, session: &Session, engine: usize, took: Duration) {
        let row = &mut self.rows[engine];
        row.expected = took.as_secs_f64();
        row.runs += 1;
        row.is_left_out = session.is_left_out(engine);
        self.done += took.as_secs_f64();
        self.runs += 1;
        self.draw();
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn draw(&self) {
        let (left, runs) = match self.rounds {
            Some(rounds) => {
                let (runs, seconds) = self.left(rounds);
                (seconds, format!(" of {}", self.runs + runs))
            }
            None => ((self.budget_s - self.done).max(0.0), String::new()),
        };
        let whole = self.done + left;
        self.bar
            .set_position((1000.0 * self.done / whole.max(1e-9)) as u64);
        self.bar
            .set_message(format!("run {}{runs}, {left:.0} s left", self.runs));
    }

    /// How many runs are left of these rounds, and how many seconds they take.
    fn left(&self, rounds: usize) -> (usize, f64) {
        let rows = self.rows.iter().filter(|row| !row.is_left_out);
        rows.fold((0, 0.0), |(runs, seconds), row| {
            let left = rounds.saturating_sub(row.runs);
            (runs + left, seconds + left as f64 * row.expected)
        })
    }
}
