//! The command `dormouse`: runs the functions of the library, and compares the runtimes under them.

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::args::{Args, Command};
use crate::command::{compare, merge, shell, waits};
use crate::failure::Failure;

mod args;
mod command;
mod failure;
mod lock;
mod output;
mod run;
mod signals;
mod wording;

fn main() -> ExitCode {
    compare::worker();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            let text = error.render();
            let colours = anstream::AutoStream::choice(&std::io::stdout());
            let written = output::print(|out| match colours {
                anstream::ColorChoice::Never => write!(out, "{text}"),
                _ => write!(out, "{}", text.ansi()),
            });
            return match written {
                Ok(()) => ExitCode::SUCCESS,
                Err(failure) => output::tell_failure(&failure),
            };
        }
        Err(error) if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            return ExitCode::from(2);
        }
        Err(error) => {
            return output::tell_failure(&Failure::refused(&error, std::env::args_os()));
        }
    };
    signals::prepare();
    let done = match args.command {
        Command::WaitRandom(args) => waits::wait_random(&args),
        Command::WaitN(args) => waits::wait_n(&args),
        Command::MeasureTime(args) => waits::measure_time(&args),
        Command::Compare(args) => compare::compare(&args),
        Command::Merge(args) => merge::merge(&args),
        Command::Runtimes { json } => shell::runtimes(json),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man { command } => shell::man(command.as_deref()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output::tell_failure(&failure),
    }
}
