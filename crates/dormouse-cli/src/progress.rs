//! The progress of a comparison, shown on a terminal.

use std::io::IsTerminal;
use std::time::Duration;

use dormouse_compare::Session;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar with the time left. It is only drawn between runs, never while something is measured.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// How long a run of each engine takes in seconds: an estimate, then the last run.
    expected: Vec<f64>,
    done: f64,
    runs: usize,
    rounds: Option<usize>,
    budget_s: f64,
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
            expected: Vec::new(),
            done: 0.0,
            runs: 0,
            rounds: None,
            budget_s: 0.0,
        }
    }

    pub(crate) fn begins(&mut self, session: &Session) {
        self.expected = session.expected_s();
        self.rounds = session.asked_rounds();
        self.budget_s = session.asked_seconds().unwrap_or_default();
        self.draw();
    }

    pub(crate) fn ran(&mut self, engine: usize, took: Duration) {
        self.expected[engine] = took.as_secs_f64();
        self.done += took.as_secs_f64();
        self.runs += 1;
        self.draw();
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn draw(&self) {
        let round: f64 = self.expected.iter().sum();
        let engines = self.expected.len();
        let (whole, runs) = match self.rounds {
            Some(rounds) => (round * rounds as f64, format!(" of {}", rounds * engines)),
            None => (self.budget_s, String::new()),
        };
        let left = (whole - self.done).max(0.0);
        self.bar
            .set_position((1000.0 * self.done / whole.max(self.done).max(1e-9)) as u64);
        self.bar
            .set_message(format!("run {}{runs}, {left:.0} s left", self.runs));
    }
}
