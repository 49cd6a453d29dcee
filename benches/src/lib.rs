//! What the programs of this crate share: the engines that they compare, and how one run of an
//! engine is measured.
//!
//! `benches/README.md` says what each program measures and how to read it.

pub mod cases;
pub mod engines;
pub mod environment;
pub mod lateness;
pub mod measure;
pub mod ours;
pub mod process;
pub mod report;
pub mod targets;
pub mod thread_sleeper;
pub mod worker;
