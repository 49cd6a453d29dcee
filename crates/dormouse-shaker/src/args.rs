//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::kind::Kind;
use crate::runtimes::{KINDS, find};

/// Runs random programs of tasks on every runtime, against a model of the contract.
#[derive(Debug, Parser)]
#[command(name = "shaker", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) many: Many,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run one program on a runtime, by its seed or from a file.
    Run(One),
    /// Print a program and the outcomes that are allowed.
    Show(Show),
    #[command(hide = true)]
    Worker,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Many {
    /// How many programs to draw.
    #[arg(long, default_value_t = 100)]
    pub(crate) programs: u64,
    /// The seed of the first program; the others count up from there.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Run on these runtimes only.
    #[arg(long = "runtime", value_delimiter = ',', num_args = 1.., value_parser = kind)]
    pub(crate) runtimes: Vec<&'static Kind>,
    /// How many processes to run at once.
    #[arg(long, default_value_t = 8)]
    pub(crate) jobs: usize,
    /// How many seconds a process may take.
    #[arg(long, default_value_t = 60)]
    pub(crate) limit: u64,
    /// Stop after this many failures.
    #[arg(long, default_value_t = 5)]
    pub(crate) failures: usize,
}

#[derive(Debug, clap::Args)]
pub(crate) struct One {
    #[arg(long, value_parser = kind)]
    pub(crate) runtime: &'static Kind,
    #[command(flatten)]
    pub(crate) which: Which,
    /// Run it this many times.
    #[arg(long, default_value_t = 1)]
    pub(crate) times: u32,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Print it as JSON, for `run --program`.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Which {
    /// The program of this seed.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// A program as JSON.
    #[arg(long)]
    pub(crate) program: Option<PathBuf>,
}

fn kind(name: &str) -> Result<&'static Kind, String> {
    find(name).ok_or_else(|| {
        let names: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
        format!(
            "no runtime is named `{name}`; there are: {}",
            names.join(", ")
        )
    })
}
