//! The progress of a comparison, shown on a terminal.

use std::io::IsTerminal;
use std::time::Duration;

use dormouse_compare::Session;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar with the time left. It is only drawn between runs, never while something is measured.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// How long a run of each engine takes in seconds, an estimate and then that of its last run; and
    /// how many it has done.
    engines: Vec<(f64, usize)>,
    /// How many seconds all runs so far have taken.
    done: f64,
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
            engines: Vec::new(),
            done: 0.0,
        }
    }

    pub(crate) fn begins(&mut self, session: &Session) {
        let expected = session.expected_s().into_iter();
        self.engines = expected.map(|expected| (expected, 0)).collect();
        self.draw(session);
    }

    pub(crate) fn ran(&mut self, session: &Session, engine: usize, took: Duration) {
        let took = took.as_secs_f64();
        self.engines[engine] = (took, self.engines[engine].1 + 1);
        self.done += took;
        self.draw(session);
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn draw(&self, session: &Session) {
        let all: usize = self.engines.iter().map(|(_, runs)| runs).sum();
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
