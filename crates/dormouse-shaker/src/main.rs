//! Random programs of tasks, the same on every runtime, compared with a model of the contract.
//!
//! `shaker --programs 200 --seed 1` draws programs and runs each on every runtime, in a process of
//! its own with a limit. One that fails is printed with its seed and cut down.

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};

mod args;
mod broken;
mod check;
mod drive;
mod ends;
mod generate;
mod kind;
mod log;
mod model;
mod program;
mod runtimes;
mod shake;
mod shrink;
mod stage;
mod worker;

fn main() -> ExitCode {
    let args = Args::parse();
    let clean = match args.command {
        None => Ok(shake::many(&args.many)),
        Some(Command::Run(one)) => shake::one(&one),
        Some(Command::Show(show)) => shake::show(&show).map(|()| true),
        Some(Command::Worker) => {
            let worked = worker::work().map(|()| true);
            worked.map_err(|error| format!("in a worker: {error}"))
        }
    };
    match clean {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
