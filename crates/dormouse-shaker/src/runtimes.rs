//! The runtimes that programs are run on.

use std::sync::Arc;

use crate::log::Log;
use crate::model::Profile;
use crate::program::{Program, Step};
use crate::worker::Job;

pub(crate) use crate::runtimes::kinds::KINDS;

mod kinds;

/// A runtime and its name.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) profile: Profile,
    /// How many threads of its own run its tasks; those of ambient runtimes are not counted.
    pub(crate) threads: usize,
    /// Its tasks stay on the thread that blocks on it.
    pub(crate) local: bool,
    /// Used unless other runtimes are named.
    pub(crate) usual: bool,
    pub(crate) run: fn(&Job, &Arc<Log>),
}

impl Kind {
    /// Whether a program can be run on it.
    pub(crate) fn takes(&self, program: &Program) -> bool {
        // Virtual time does not pass while other code works.
        let real = |step: &Step| matches!(step, Step::Inside { .. } | Step::BusyTimeout(_));
        !(self.profile.exact && program.any(real))
    }
}

pub(crate) fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
