//! The command `dormouse`: runs the functions of the library, and compares the runtimes under them.

// Without a runtime all it can do is to say so, and without one whose tasks can be sent there is
// no mode spawn.
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

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::args::{Args, Command};
use crate::failure::Failure;

mod args;
mod baseline;
mod command;
mod engine;
mod environment;
mod export;
mod failure;
mod figures;
mod floor;
mod machine;
mod output;
#[cfg(feature = "peers")]
mod peers;
mod plan;
mod progress;
mod recorder;
mod report;
mod rounds;
mod run;
mod runtime;
mod show;
mod summary;
mod table;
mod units;
mod verdict;
mod worker;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            // A closed pipe is no failure.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            return ExitCode::from(2);
        }
        Err(error) => return Failure::from(error).report(),
    };
    let done = match args.command {
        Command::WaitRandom(args) => command::wait_random(&args),
        Command::WaitN(args) => command::wait_n(&args),
        Command::MeasureTime(args) => command::measure_time(&args),
        Command::Compare(args) => command::compare(&args),
        Command::Merge(args) => command::merge(&args),
        Command::Runtimes(args) => command::runtimes(&args),
        Command::Worker(args) => worker::work(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
