//! The commands.

pub(crate) mod compare;
mod exports;
pub(crate) mod merge;
pub(crate) mod shell;
pub(crate) mod waits;
