#![doc = include_str!("../README.md")]
// Without a runtime, the crate can only report that there is none.
#![cfg_attr(
    not(any(
        feature = "async-std",
        feature = "futures",
        feature = "smol",
        feature = "threads",
        feature = "tokio"
    )),
    allow(dead_code, unused_variables, unreachable_code)
)]

pub use crate::baseline::{Against, Baseline};
pub use crate::comparison::Comparison;
pub use crate::engine::{Engine, Kind, Mode};
pub use crate::error::Error;
pub use crate::export::Format;
pub use crate::figures::{Better, Figure, Figures, Lateness, Unit};
pub use crate::journal::Journal;
pub use crate::report::{Report, Session};
pub use crate::rounds::Observer;
pub use crate::runner::OwnRuntime;
pub use crate::runtime::RuntimeName;
pub use crate::wording::{Input, Wording};
pub use crate::workload::{About, Builtin, Done, Setup, Workload};
pub use dormouse_verdict::{Outcome, Verdict, median};

mod baseline;
mod comparison;
mod engine;
mod environment;
mod error;
mod escape;
mod export;
mod figures;
mod files;
mod floor;
mod journal;
pub mod machine;
mod measure;
mod others;
#[cfg(feature = "peers")]
mod peers;
mod plan;
mod proc;
pub mod program;
mod read;
mod recorded;
mod recorder;
mod report;
mod rounds;
mod run;
mod runner;
mod runtime;
mod shortage;
mod summary;
mod table;
mod text;
pub mod units;
mod warnings;
mod wording;
mod worker;
mod workload;
