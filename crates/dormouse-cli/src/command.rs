//! The commands.

pub(crate) use crate::command::compare::{compare, worker};
pub(crate) use crate::command::merge::merge;
pub(crate) use crate::command::shell::{completions, man, runtimes};
pub(crate) use crate::command::waits::{measure_time, wait_n, wait_random};

mod compare;
mod exports;
mod merge;
mod shell;
mod waits;
