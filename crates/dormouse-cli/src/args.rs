//! The command line.

use std::num::NonZeroUsize;

use clap::{Parser, Subcommand};
use dormouse::MaxDelay;
use dormouse_compare::{Mode, RuntimeName};

pub(crate) use crate::args::compare::{Compare, Exports, Merge};
pub(crate) use crate::args::value::{Target, Workloads};
use crate::args::value::{command, max_delay, mode_of_waits, seed, text, threads, waits};

mod compare;
#[cfg(test)]
mod tests;
mod value;

/// Sleeps on every runtime: random waits, and a comparison of the executors under them.
#[derive(Debug, Parser)]
#[command(name = "dormouse", version = version(), max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Wait one random delay and print it, in seconds.
    WaitRandom(Common),
    /// Wait N random delays at once and print them, ascending, one per line.
    WaitN(WaitN),
    /// Wait N random delays at once and print the total time divided by N, in seconds.
    MeasureTime(ManyWaits),
    /// Compare the runtimes side by side, each run in a process of its own.
    Compare(Box<Compare>),
    /// Combine reports; machines stay separate.
    Merge(Merge),
    /// List the runtimes that are built in, with their versions.
    Runtimes {
        /// Print one JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page, of all commands or of one.
    Man {
        /// The command; all of them, on one page, unless given.
        #[arg(value_name = "COMMAND", value_parser = text(command))]
        command: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct WaitN {
    #[command(flatten)]
    pub(crate) waits: ManyWaits,
    /// Do not print the delays.
    #[arg(long)]
    pub(crate) no_delays: bool,
}

/// Arguments of the commands that wait many times.
#[derive(Debug, clap::Args)]
pub(crate) struct ManyWaits {
    /// How many waits.
    #[arg(allow_negative_numbers = true, value_parser = text(waits))]
    pub(crate) n: usize,
    /// How the waits run: join (one task), spawn (a task each) or coalesced (one timer for all).
    #[arg(long, value_name = "MODE", default_value = "join", value_parser = text(mode_of_waits))]
    pub(crate) mode: Mode,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Arguments of all commands that wait.
#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    /// The longest delay in seconds; fractions are allowed.
    #[arg(value_name = "MAX", default_value = "10", allow_negative_numbers = true, value_parser = text(max_delay))]
    pub(crate) max: MaxDelay,
    /// Which runtime waits; the first that is built in unless given.
    #[arg(long, value_name = "NAME", value_parser = text(RuntimeName::parse))]
    pub(crate) runtime: Option<RuntimeName>,
    /// The number that the delays are drawn from: one seed, one list. Drawn anew unless given. The
    /// JSON has it as a number; readers whose numbers are doubles round one above 2^53 - 1.
    #[arg(long, allow_negative_numbers = true, value_parser = text(seed))]
    pub(crate) seed: Option<u64>,
    /// Threads of the runtime; one per core unless given.
    #[arg(long, allow_negative_numbers = true, value_parser = text(threads))]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The version, the commit, and the runtimes that are built in.
fn version() -> String {
    let runtimes: Vec<String> = RuntimeName::built_in()
        .map(|name| format!("{name} {}", name.version()))
        .collect();
    let commit = env!("DORMOUSE_COMMIT");
    let peers = if cfg!(feature = "peers") {
        ", with peers"
    } else {
        ""
    };
    format!(
        "{} (commit {commit}{peers})\n{}",
        env!("CARGO_PKG_VERSION"),
        runtimes.join("\n")
    )
}
