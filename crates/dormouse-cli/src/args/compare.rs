//! The options of `compare` and of `merge`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use dormouse::MaxDelay;
use dormouse_compare::program::Fault;
use dormouse_compare::{Mode, RuntimeName};

use crate::args::value::{
    Target, Workloads, fault, max_delay, mode, percent, seed, some, target, text, threads, time,
    workload,
};

#[derive(Debug, clap::Args)]
pub(crate) struct Compare {
    /// The workloads, separated by commas, or `all`: sleep, timeout, spawn, ping-pong, load, interval
    /// [default: sleep,load].
    #[arg(short, long, value_name = "NAMES", value_delimiter = ',', value_parser = text(workload))]
    pub(crate) workload: Vec<Workloads>,
    /// How many waits, tasks, pairs or tickers in each run; several, separated by commas, are compared one by one.
    #[arg(short, long, value_name = "LIST", value_delimiter = ',', default_value = "1000", allow_negative_numbers = true, value_parser = text(|text| some(text, "waits").map(NonZeroUsize::get)))]
    pub(crate) n: Vec<usize>,
    /// The longest delay in seconds, fractions allowed; or several, separated by commas [default: 0.05].
    #[arg(long, value_name = "LIST", value_delimiter = ',', allow_negative_numbers = true, value_parser = text(max_delay))]
    pub(crate) max_delay: Vec<MaxDelay>,
    /// The runtimes to compare, separated by commas; all that are built in unless given.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = text(RuntimeName::parse))]
    pub(crate) runtimes: Vec<RuntimeName>,
    /// The modes to compare, separated by commas, of join, spawn, native and coalesced; those that
    /// say most about each workload unless given.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = text(mode))]
    pub(crate) modes: Vec<Mode>,
    /// Threads of each runtime, or several numbers separated by commas; one per core unless given.
    #[arg(long, value_name = "LIST", value_delimiter = ',', allow_negative_numbers = true, value_parser = text(threads))]
    pub(crate) threads: Vec<NonZeroUsize>,
    /// The runtime that the others are compared with; the first of them unless given.
    #[arg(long, value_name = "NAME", value_parser = text(RuntimeName::parse))]
    pub(crate) reference: Option<RuntimeName>,
    /// Compare with what people write by hand as well: JoinSet, FuturesUnordered, asyncio, Go, Node.
    #[arg(long)]
    pub(crate) peers: bool,
    /// How many rounds; each runs every engine once, in a new random order.
    #[arg(long, default_value = "12", allow_negative_numbers = true, value_parser = text(|text| some(text, "rounds")))]
    pub(crate) rounds: NonZeroUsize,
    /// Seconds that the rounds may take together, instead of a number of rounds.
    #[arg(long, value_name = "SECONDS", conflicts_with = "rounds", allow_negative_numbers = true, value_parser = text(|text| time(text, "60")))]
    pub(crate) time_budget: Option<Duration>,
    /// The number that delays and orders are drawn from. Drawn anew unless given.
    #[arg(long, allow_negative_numbers = true, value_parser = text(seed))]
    pub(crate) seed: Option<u64>,
    /// For the workload load: busy tasks for each thread [default: 1].
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true, value_parser = text(|text| some(text, "tasks")))]
    pub(crate) busy: Option<NonZeroUsize>,
    /// For the workload load: how many seconds a busy task computes before it yields [default: 0.001].
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = text(|text| time(text, "0.001")))]
    pub(crate) chunk: Option<Duration>,
    /// What the report calls this machine.
    #[arg(long, value_name = "TEXT", value_parser = text(|text| Ok(text.to_owned())))]
    pub(crate) label: Option<String>,
    #[command(flatten)]
    pub(crate) exports: Exports,
    /// Keep what was measured in a file, for `--baseline`.
    #[arg(long, value_name = "FILE")]
    pub(crate) save_baseline: Option<PathBuf>,
    /// Compare with this baseline, from the same machine; only engines in both are compared.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Refuse a baseline that does not have exactly the same engines.
    #[arg(long, requires = "baseline")]
    pub(crate) baseline_strict: bool,
    /// End with the status 1 where a figure is proven worse than the baseline's by more than this.
    #[arg(long, value_name = "PERCENT", requires = "baseline", allow_negative_numbers = true, value_parser = text(percent))]
    pub(crate) fail_on_regression: Option<f64>,
    /// Seconds until a run counts as hanging; the longest delay and a minute unless given.
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = text(|text| time(text, "10")))]
    pub(crate) limit: Option<Duration>,
    /// Inject a fault into an engine, to see how its row is reported: `runtime/mode=fault`.
    #[arg(long, hide = true, value_name = "ENGINE=FAULT", value_parser = text(fault))]
    pub(crate) fault: Option<(String, Fault)>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Merge {
    /// Reports that `compare --json` or `merge --json` made; `-` is standard input.
    #[arg(required = true, value_name = "FILES")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) exports: Exports,
}

/// Without a file each goes to standard output, in place of the table.
#[derive(Debug, clap::Args)]
pub(crate) struct Exports {
    /// Write everything, every single run included, as one JSON object.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", value_parser = target())]
    pub(crate) json: Option<Target>,
    /// Write CSV, one line for each run.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", value_parser = target())]
    pub(crate) csv: Option<Target>,
    /// Write the tables for a page in Markdown.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", value_parser = target())]
    pub(crate) markdown: Option<Target>,
    /// Write one page with plots, which needs no network.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", value_parser = target())]
    pub(crate) html: Option<Target>,
}
