//! The command line.

use std::num::NonZeroUsize;

use clap::{Parser, Subcommand, ValueEnum};
use dormouse::MaxDelay;
use serde::{Deserialize, Serialize};

use crate::runtime::RuntimeName;

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
    MeasureTime(MeasureTime),
    /// Compare the runtimes side by side, each run in a process of its own.
    Compare(Compare),
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
    /// How many waits.
    #[arg(allow_negative_numbers = true, value_parser = waits)]
    pub(crate) n: usize,
    #[command(flatten)]
    pub(crate) max: Max,
    /// What runs the waits.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) mode: Mode,
    /// Leave the delays out of what is printed.
    #[arg(long)]
    pub(crate) no_delays: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, clap::Args)]
pub(crate) struct MeasureTime {
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
pub(crate) struct Compare {
    /// How many waits in each run.
    #[arg(short, long, default_value = "1000", allow_negative_numbers = true, value_parser = waits)]
    pub(crate) n: usize,
    /// The longest delay in seconds; fractions are allowed.
    #[arg(long, value_name = "SECONDS", default_value = "0.1", allow_negative_numbers = true, value_parser = max_delay)]
    pub(crate) max_delay: MaxDelay,
    /// How many rounds; each runs every engine once, in an order shuffled anew.
    #[arg(long, default_value = "8", allow_negative_numbers = true, value_parser = rounds)]
    pub(crate) rounds: NonZeroUsize,
    /// The runtimes to compare, with commas in between; all that are built in unless given.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = RuntimeName::parse)]
    pub(crate) runtimes: Vec<RuntimeName>,
    /// The modes to compare, with commas in between.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Mode::Join, Mode::Spawn, Mode::Coalesced])]
    pub(crate) modes: Vec<Mode>,
    /// The number that delays and orders are drawn from. Drawn anew unless given.
    #[arg(long, allow_negative_numbers = true, value_parser = seed)]
    pub(crate) seed: Option<u64>,
    /// Threads of each runtime; one per core unless given.
    #[arg(long, allow_negative_numbers = true, value_parser = threads)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Print everything, every single run included, as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// Break an engine on purpose, to see what becomes of its row: `runtime/mode=fault`.
    #[arg(long, hide = true, value_name = "ENGINE=FAULT", value_parser = fault)]
    pub(crate) fault: Option<(String, Fault)>,
    /// Seconds until a run counts as hanging; the longest delay and a minute unless given.
    #[arg(long, hide = true)]
    pub(crate) limit: Option<u64>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Runtimes {
    /// Print one JSON array.
    #[arg(long)]
    pub(crate) json: bool,
}

/// One run, in a process of its own; what it found goes to standard output as JSON.
#[derive(Debug, clap::Args)]
pub(crate) struct Worker {
    #[arg(value_parser = RuntimeName::parse)]
    pub(crate) runtime: RuntimeName,
    #[arg(value_enum)]
    pub(crate) mode: Mode,
    pub(crate) threads: NonZeroUsize,
    pub(crate) n: usize,
    pub(crate) max_nanos: u64,
    pub(crate) seed: u64,
    #[arg(long, value_enum)]
    pub(crate) fault: Option<Fault>,
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

/// A way in which a worker is broken on purpose.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Fault {
    Crash,
    Hang,
    Disorder,
    Short,
}

fn waits(text: &str) -> Result<usize, String> {
    whole(text, "waits", 0)
}

fn rounds(text: &str) -> Result<NonZeroUsize, String> {
    whole(text, "rounds", 1)
}

fn threads(text: &str) -> Result<NonZeroUsize, String> {
    whole(text, "threads", 1)
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("a seed is a whole number from 0 to {}", u64::MAX))
}

fn whole<T: std::str::FromStr>(text: &str, what: &str, least: usize) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("give a whole number of {what}, {least} or more"))
}

fn max_delay(text: &str) -> Result<MaxDelay, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "give a number of seconds, such as 10 or 0.25".to_owned())?;
    MaxDelay::try_from(seconds).map_err(|error| error.to_string())
}

fn fault(text: &str) -> Result<(String, Fault), String> {
    let (engine, fault) = text.split_once('=').ok_or("give ENGINE=FAULT")?;
    Ok((engine.to_owned(), Fault::from_str(fault, true)?))
}
