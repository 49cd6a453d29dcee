//! A runtime that programs are run on, and its job.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::log::Log;
use crate::model::Profile;
use crate::program::{End, Program, Step};

/// A runtime and its name.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) profile: Profile,
    /// How many threads of its own run its tasks; those of ambient runtimes are not counted.
    pub(crate) threads: usize,
    /// Used unless other runtimes are named.
    pub(crate) usual: bool,
    pub(crate) run: fn(&Self, &Job, &Arc<Log>),
}

impl Kind {
    /// Whether a program can be run on it.
    pub(crate) fn takes(&self, program: &Program) -> bool {
        // Virtual time does not pass while other code works.
        let real = |step: &Step| matches!(step, Step::Inside { .. } | Step::BusyTimeout(_));
        // A thread of futures' pool polls a task that wakes itself until it waits, as the docs of
        // `FuturesPool` say. With one thread, the task that drops the owner waits for that, too,
        // which the model does not know.
        let wakes_itself = |step: &Step| matches!(step, Step::BusyTimeout(_));
        let one_thread = self.threads == 1 && self.name.ends_with("futures-1");
        let waits = one_thread && program.end == End::InOwnTask && program.any(wakes_itself);
        !(self.profile.exact && program.any(real) || waits)
    }
}

/// The job of a worker.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Job {
    pub(crate) runtime: String,
    pub(crate) tick: Duration,
    pub(crate) program: Program,
    /// For an ambient runtime: how many tasks never end, and when the others must have ended.
    pub(crate) unended: usize,
    pub(crate) end: Duration,
}
