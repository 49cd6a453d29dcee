//! The commands.

pub(crate) use crate::command::compare::{compare, worker};
pub(crate) use crate::command::measure_time::measure_time;
pub(crate) use crate::command::merge::merge;
pub(crate) use crate::command::runtimes::runtimes;
pub(crate) use crate::command::shell::{completions, man};
pub(crate) use crate::command::wait_n::wait_n;
pub(crate) use crate::command::wait_random::wait_random;

mod compare;
mod exports;
mod measure_time;
mod merge;
mod runtimes;
mod shell;
mod wait_n;
mod wait_random;
