//! How a run is started, and how its result is read.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::comparison::Comparison;
use crate::error::Error;
use crate::figures::Figures;
use crate::plan::PlannedRow;
use crate::rounds::child::{self, RunError};
use crate::runner::RunBy;
use crate::runtime::THREADS_OF_ASYNC_STD;
use crate::shortage::remedy;
use crate::worker::{Job, VARIABLE};
use crate::workload::Workload;

/// The program that all workers run: this one, even if it is rebuilt meanwhile (on Linux).
pub(super) struct Program {
    path: PathBuf,
    name: PathBuf,
}

impl Program {
    pub(super) fn new() -> Result<Self, Error> {
        let name = std::env::current_exe()
            .map_err(|error| Error::run(format_args!("cannot find this program: {error}")))?;
        let path = if cfg!(target_os = "linux") {
            // The running image itself, whatever file has its path by now.
            PathBuf::from("/proc/self/exe")
        } else {
            name.clone()
        };
        Ok(Self { path, name })
    }

    /// Does one run of a row, and returns its figures, or why it failed.
    pub(super) fn run<W: Workload + 'static>(
        &self,
        comparison: &Comparison<W>,
        row: &PlannedRow,
        seed: u64,
    ) -> Result<Figures, RunError> {
        let mark = format!("dormouse-compare {:016x}: ", rand::random::<u64>());
        let mut command = self.command(comparison, row, seed, &mark);
        let worker = command.spawn();
        let worker = worker.map_err(|error| format!("did not start: {error}{}", remedy(&error)))?;
        let generous = row.setup.max_delay.saturating_add(Duration::from_secs(60));
        let limit = comparison.limit.unwrap_or(generous);
        let said = child::watch(worker, &mark, limit, &comparison.stop, comparison.wording)?;
        match &comparison.runners[row.runner].run {
            RunBy::Worker(_) => {
                let line = said.lines().find_map(|line| line.strip_prefix(&mark));
                let line = line.ok_or_else(|| NO_RESULT.to_owned())?;
                Ok(serde_json::from_str(line).map_err(unread)?)
            }
            #[cfg(feature = "peers")]
            RunBy::Script(_) => {
                let printed: crate::peers::Printed =
                    serde_json::from_str(last_line(&said)).map_err(unread)?;
                let about = comparison.workloads[row.workload].about();
                Ok(printed.figures(row.setup.n, &about.operation)?)
            }
        }
    }

    fn command<W: Workload + 'static>(
        &self,
        comparison: &Comparison<W>,
        row: &PlannedRow,
        seed: u64,
        mark: &str,
    ) -> Command {
        let runner = &comparison.runners[row.runner];
        let threads = row.engine.threads.to_string();
        let mut setup = row.setup.clone();
        setup.seed = seed;
        let job = Job {
            comparison: comparison.number,
            workload: comparison.workloads[row.workload].about().name,
            row: runner.name.clone(),
            setup,
            mark: mark.to_owned(),
            script: None,
        };
        let mut command = match &runner.run {
            RunBy::Worker(_) => self.worker(&job),
            #[cfg(feature = "peers")]
            RunBy::Script(script) => {
                let script = script.command(row.setup.n, row.setup.max_delay, seed);
                if cfg!(target_os = "linux") {
                    // A script that was started as it is would outlive a coordinator that is killed.
                    let words = std::iter::once(script.get_program()).chain(script.get_args());
                    let script = Some(words.map(Into::into).collect());
                    self.worker(&Job { script, ..job })
                } else {
                    script
                }
            }
        };
        // Of a user's own row it may be unknown, which is written as 0: smol would take none.
        if row.engine.threads > 0 {
            for variable in [THREADS_OF_ASYNC_STD, "SMOL_THREADS", "GOMAXPROCS"] {
                command.env(variable, &threads);
            }
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// This program with a job.
    fn worker(&self, job: &Job) -> Command {
        let mut command = Command::new(&self.path);
        // A workload may depend on the arguments, and the path to its comparison, too.
        command.args(std::env::args_os().skip(1));
        #[cfg(unix)]
        std::os::unix::process::CommandExt::arg0(&mut command, &self.name);
        let _ = &self.name;
        // A job consists of numbers and strings, which can't fail to become JSON.
        command.env(VARIABLE, serde_json::to_string(job).unwrap_or_default());
        command
    }
}

/// What a program has printed before it became the script is not the result.
#[cfg(feature = "peers")]
fn last_line(said: &str) -> &str {
    let mut lines = said.lines().rev();
    lines.find(|line| !line.trim().is_empty()).unwrap_or(said)
}

fn unread(error: serde_json::Error) -> String {
    format!("printed an invalid result: {error}")
}

const NO_RESULT: &str = "printed no result: does the program reach its comparison, and does its work \
                         leave the process alone?";
