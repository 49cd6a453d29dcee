//! The command `dormouse`: runs the functions of the library, and compares the runtimes under them.

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::args::{Args, Command};
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
    command::worker();
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
        Command::WaitRandom(args) => command::wait_random(&args),
        Command::WaitN(args) => command::wait_n(&args),
        Command::MeasureTime(args) => command::measure_time(&args),
        Command::Compare(args) => command::compare(&args),
        Command::Merge(args) => command::merge(&args),
        Command::Runtimes { json } => command::runtimes(json),
        Command::Completions { shell } => command::completions(shell),
        Command::Man { command } => command::man(command.as_deref()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output::tell_failure(&failure),
    }
}
