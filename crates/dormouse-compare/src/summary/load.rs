//! Engines with fewer threads than others: under load, they have fewer busy tasks.

use crate::engine::Kind;
use crate::report::{Row, Session};
use crate::summary::findings::Concern;
use crate::summary::words::{add, listed};

impl Session {
    /// Which engines have a smaller load than others.
    pub(super) fn unlike_load(&self) -> Option<String> {
        let most = self.of_load().map(|row| row.engine.threads).max()?;
        let fewer = self.with_smaller_load();
        (!fewer.is_empty()).then(|| {
            let has = if fewer.len() == 1 { "has" } else { "have" };
            format!(
                "Under load every thread of a runtime has its busy tasks. {} {has} fewer threads, so a smaller load \
                 than runtimes with {most}: for equal loads, use `--threads 1`.",
                listed(&fewer)
            )
        })
    }

    /// Which of these have a smaller load, in brackets, if the concern is about nothing but load.
    pub(super) fn lighter(&self, concern: &Concern, names: &[String]) -> String {
        if concern.places().any(|place| place.workload != LOAD) {
            return String::new();
        }
        let mut lighter = self.with_smaller_load();
        lighter.retain(|name| names.contains(name));
        if lighter.is_empty() {
            String::new()
        } else if lighter.len() == names.len() {
            " (with a smaller load)".into()
        } else {
            format!(" ({} with a smaller load)", listed(&lighter))
        }
    }

    /// The engines that are known to have fewer threads than another one under load.
    fn with_smaller_load(&self) -> Vec<String> {
        let most = self.of_load().map(|row| row.engine.threads).max();
        let mut fewer = Vec::new();
        for row in self.of_load() {
            if (1..most.unwrap_or(0)).contains(&row.engine.threads) {
                add(&mut fewer, &[row.engine.line()]);
            }
        }
        fewer
    }

    fn of_load(&self) -> impl Iterator<Item = &Row> {
        let is_of_load = |row: &&Row| row.workload == LOAD && row.engine.kind == Kind::Runtime;
        self.engines.iter().filter(is_of_load)
    }
}

const LOAD: &str = "load";
