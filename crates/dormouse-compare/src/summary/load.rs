//! Engines with fewer threads than others: under load they have fewer busy tasks.

use crate::engine::Kind;
use crate::report::{Row, Session};
use crate::summary::findings::Concern;
use crate::summary::words::{add, listed};
use crate::wording::Input;

impl Session {
    /// Which engines have a smaller load than others, and which may have another one, as their number
    /// of threads is unknown.
    pub(super) fn unlike_load(&self) -> Option<String> {
        let most = self.of_load().map(|row| row.engine.threads).max()?;
        let have = |names: &[String]| {
            let has = if names.len() == 1 { "has" } else { "have" };
            (!names.is_empty()).then(|| format!("{} {has}", listed(names)))
        };
        let fewer = have(&self.with_smaller_load()).map(|have| {
            format!(
                "{have} fewer threads, so a smaller load than runtimes with {most}: for equal loads, use \
                 {}.",
                self.worded(&Input::OneThread)
            )
        });
        let unknown = have(&self.under_load(|threads| threads == 0)).map(|have| {
            format!(
                "{have} an unknown number of threads, so the load of a runtime whose number can be set: \
                 tell the number by `OwnRuntime::threads` or `configuration_with_threads`."
            )
        });
        let all: Vec<String> = fewer.into_iter().chain(unknown).collect();
        (!all.is_empty()).then(|| {
            let rule = "Under load every thread of a runtime has its busy tasks.";
            format!("{rule} {}", all.join(" "))
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
        self.under_load(|threads| (1..most.unwrap_or(0)).contains(&threads))
    }

    /// The engines under load whose number of threads is such a one.
    fn under_load(&self, is_such: impl Fn(usize) -> bool) -> Vec<String> {
        let mut names = Vec::new();
        for row in self.of_load().filter(|row| is_such(row.engine.threads)) {
            add(&mut names, &[row.engine.line()]);
        }
        names
    }

    fn of_load(&self) -> impl Iterator<Item = &Row> {
        let is_of_load = |row: &&Row| row.workload == LOAD && row.engine.kind == Kind::Runtime;
        self.engines.iter().filter(is_of_load)
    }
}

const LOAD: &str = "load";
