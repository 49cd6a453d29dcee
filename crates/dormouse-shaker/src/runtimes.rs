//! What programs are run on.

use std::sync::Arc;

use crate::log::Log;
use crate::model::Profile;
use crate::program::{Program, Step};
use crate::worker::Job;

pub(crate) use crate::runtimes::kinds::KINDS;

mod kinds;

/// A runtime by its name.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) profile: Profile,
    /// How many threads run its tasks by themselves; those of a runtime that is simply there are
    /// not counted.
    pub(crate) threads: usize,
    /// Its tasks stay on the thread that blocks on it.
    pub(crate) local: bool,
    /// It takes part unless others are named.
    pub(crate) usual: bool,
    pub(crate) run: fn(&Job, &Arc<Log>),
}

impl Kind {
    /// Whether a program can be run on it.
    pub(crate) fn takes(&self, program: &Program) -> bool {
        // Virtual time does not pass while something else works.
        let real = |step: &Step| matches!(step, Step::Inside { .. } | Step::BusyTimeout(_));
        !(self.profile.exact && program.any(real))
    }
}

pub(crate) fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
