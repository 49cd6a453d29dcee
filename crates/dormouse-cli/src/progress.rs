//! How far a comparison has come, shown on a terminal between two runs.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::plan::{Plan, StopRule};

/// A bar with the time left. It is drawn when it is told to, never while something is measured.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// What a run of each cell takes, as far as is known, in seconds.
    expected: Vec<f64>,
    done: f64,
    runs: usize,
    stop: StopRule,
}

impl Progress {
    pub(crate) fn new(plan: &Plan) -> Self {
        let bar = match std::io::stderr().is_terminal() {
            true => ProgressBar::new(1000),
            false => ProgressBar::hidden(),
        };
        let style = ProgressStyle::with_template("{bar:40} {msg}");
        let progress = Self {
            bar: match style {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            },
            // A process starts and ends in some 20 ms.
            expected: plan
                .cells
                .iter()
                .map(|cell| cell.max_delay.as_secs_f64() + 0.02)
                .collect(),
            done: 0.0,
            runs: 0,
            stop: plan.settings.stop,
        };
        progress.draw();
        progress
    }

    pub(crate) fn ran(&mut self, cell: usize, took: Duration) {
        self.expected[cell] = took.as_secs_f64();
        self.done += took.as_secs_f64();
        self.runs += 1;
        self.draw();
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn draw(&self) {
        let round: f64 = self.expected.iter().sum();
        let cells = self.expected.len();
        let (whole, runs) = match self.stop {
            StopRule::Rounds(rounds) => (round * rounds as f64, format!(" of {}", rounds * cells)),
            StopRule::TimeBudgetS(budget) => (budget, String::new()),
        };
        let left = (whole - self.done).max(0.0);
        self.bar
            .set_position((1000.0 * self.done / whole.max(self.done)) as u64);
        self.bar
            .set_message(format!("run {}{runs}, {left:.0} s left", self.runs));
    }
}
