//! The command line.

use std::num::NonZeroUsize;

use clap::{Parser, Subcommand, ValueEnum};
use dormouse::MaxDelay;
use serde::{Deserialize, Serialize};

pub(crate) use crate::args::compare::{Compare, Exports, Merge, Target};
use crate::args::value::{max_delay, seed, threads, waits};
pub(crate) use crate::args::worker::{Fault, Subject, Worker};
use crate::runtime::RuntimeName;

mod compare;
#[cfg(test)]
mod tests;
mod value;
mod worker;

/// Sleeps on every runtime: random waits, and an honest comparison of the executors under them.
#[derive(Debug, Parser)]
#[command(name = "dormouse", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Wait one random delay and print it, in seconds.
    WaitRandom(WaitRandom),
    /// Wait N random delays at once and print them, ascending, one a line.
    WaitN(WaitN),
    /// Wait N random delays at once and print the total time divided by N, in seconds.
    MeasureTime(ManyWaits),
    /// Compare the runtimes side by side, each run in a process of its own.
    Compare(Box<Compare>),
    /// Show reports of many machines in one, each machine apart.
    Merge(Merge),
    /// List the runtimes that are built in, with their versions.
    Runtimes(Runtimes),
    #[command(name = "__worker", hide = true)]
    Worker(Worker),
}

#[derive(Debug, clap::Args)]
pub(crate) struct WaitRandom {
    #[command(flatten)]
    pub(crate) max: Max,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, clap::Args)]
pub(crate) struct WaitN {
    #[command(flatten)]
    pub(crate) waits: ManyWaits,
    /// Leave the delays out of what is printed.
    #[arg(long)]
    pub(crate) no_delays: bool,
}

/// What every command says of its waits that has many.
#[derive(Debug, clap::Args)]
pub(crate) struct ManyWaits {
    /// How many waits.
    #[arg(allow_negative_numbers = true, value_parser = waits)]
    pub(crate) n: usize,
    #[command(flatten)]
    pub(crate) max: Max,
    /// What runs the waits.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) mode: Mode,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Max {
    /// The longest delay in seconds; fractions are allowed.
    #[arg(value_name = "MAX", default_value = "10", allow_negative_numbers = true, value_parser = max_delay)]
    pub(crate) max: MaxDelay,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    /// Which runtime waits; the first that is built in unless given.
    #[arg(long, value_name = "NAME", value_parser = RuntimeName::parse)]
    pub(crate) runtime: Option<RuntimeName>,
    /// The number that the delays are drawn from: one seed, one list. Drawn anew unless given.
    #[arg(long, allow_negative_numbers = true, value_parser = seed)]
    pub(crate) seed: Option<u64>,
    /// Threads of the runtime; one per core unless given.
    #[arg(long, allow_negative_numbers = true, value_parser = threads)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Runtimes {
    /// Print one JSON array.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What runs the waits.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    Deserialize,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
    Serialize,
    ValueEnum,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    /// All in one task: `wait_n`.
    #[default]
    Join,
    /// A task each: `task_wait_n`.
    Spawn,
    /// On one timer of the runtime: `Coalesced::wait_n`.
    Coalesced,
}

impl Mode {
    /// Its name, and what it stands for.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Join => "join: all waits in one task",
            Self::Spawn => "spawn: a task per wait",
            Self::Coalesced => "coalesced: all waits on one timer",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Spawn => "spawn",
            Self::Coalesced => "coalesced",
        }
    }
}
