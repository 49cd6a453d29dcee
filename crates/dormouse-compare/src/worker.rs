//! A worker: one run in a process of its own, which earlier runs can't affect.

use std::ffi::OsString;
use std::io::Write;
use std::panic::{self, PanicHookInfo};
use std::sync::OnceLock;
use std::thread;

use serde::{Deserialize, Serialize};

use crate::comparison::Comparison;
use crate::error::Error;
use crate::figures::Figures;
use crate::runner::RunBy;
use crate::workload::{Fault, Setup, Workload};

/// The job of a worker: which row runs which workload, and how.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Job {
    /// The number of its comparison.
    pub(crate) comparison: usize,
    pub(crate) workload: String,
    pub(crate) row: String,
    pub(crate) setup: Setup,
    /// The beginning of the line with the result. The program may print other lines, and none of them
    /// begins like it, as it is drawn for each run.
    pub(crate) mark: String,
    /// The program and the arguments of a peer in another language, which the worker becomes.
    pub(crate) script: Option<Vec<OsString>>,
}

/// The environment variable with the job of a worker; a process that has it is one.
pub(crate) const VARIABLE: &str = "DORMOUSE_COMPARE_JOB";

/// In a worker process whose run is of this comparison, does the run and ends the process; otherwise
/// returns.
pub(crate) fn work<W: Workload>(comparison: &Comparison<W>, of: Option<usize>) {
    let Some(job) = std::env::var_os(VARIABLE) else {
        return;
    };
    // If the coordinator is killed, the system kills this worker: nothing else would end it.
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL);
    match serde_json::from_str::<Job>(&job.to_string_lossy()) {
        #[cfg(unix)]
        Ok(job) if job.script.is_some() => std::process::exit(become_script(&job)),
        Ok(job) if of.is_some_and(|number| number != job.comparison) => {}
        Ok(job) => {
            if let Some(result) = do_job(comparison, &job) {
                std::process::exit(answer(&job.mark, result));
            }
        }
        // The coordinator takes it for a crash, with this line.
        Err(error) => std::process::exit(answer("", Err(Error::run(error)))),
    }
}

/// Replaces this process by the script, which the system then kills as it would have killed the worker.
/// Returns the exit status if that fails.
#[cfg(unix)]
fn become_script(job: &Job) -> i32 {
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    let mut words = job.script.iter().flatten();
    let mut script = Command::new(words.next().unwrap_or(&OsString::new()));
    let error = script.args(words).env_remove(VARIABLE).exec();
    answer(
        &job.mark,
        Err(Error::run(format_args!("did not start: {error}"))),
    )
}

/// Ends a worker whose run is not of this comparison: it must not start a comparison itself.
pub(crate) fn refuse_to_compare() {
    if let Some(job) = std::env::var_os(VARIABLE) {
        let lost = "its run is of another comparison of this program: make all of them first, and \
                    call `work` on each, before the first is run";
        let job = serde_json::from_str(&job.to_string_lossy());
        let mark = job.map_or(String::new(), |job: Job| job.mark);
        std::process::exit(answer(&mark, Err(Error::run(lost))));
    }
}

/// The first panic of a task, in one line.
static PANIC_OF_A_TASK: OnceLock<String> = OnceLock::new();

fn do_job<W: Workload>(comparison: &Comparison<W>, job: &Job) -> Option<Result<Figures, Error>> {
    let mut workloads = comparison.workloads.iter();
    let workload = workloads.find(|workload| workload.about().name == job.workload)?;
    let mut runners = comparison.runners.iter();
    let runner = runners.find(|runner| runner.name == job.row)?;
    match &runner.run {
        RunBy::Worker(run) => {
            match job.setup.fault {
                Some(Fault::Crash) => std::process::abort(),
                Some(Fault::Hang) => loop {
                    thread::park();
                },
                Some(Fault::Disorder | Fault::Short | Fault::Serial) | None => {}
            }
            let mark = job.mark.clone();
            let end = move |panic: &str| answer(&mark, Err(Error::run(panic)));
            let result = ending(|| run(workload, &job.setup), end);
            // The failure has the message of a task's panic, but not its place.
            Some(result.map_err(|error| match PANIC_OF_A_TASK.get() {
                Some(panic) => Error::run(format_args!("{error} (a task {panic})")),
                None => error,
            }))
        }
        #[cfg(feature = "peers")]
        RunBy::Script(_) => None,
    }
}

/// Writes a worker's result in one line, and returns the worker's exit status.
fn answer(mark: &str, result: Result<Figures, Error>) -> i32 {
    match result.and_then(|figures| serde_json::to_string(&figures).map_err(Error::run)) {
        Ok(text) => {
            let mut out = std::io::stdout().lock();
            // On a line of its own, whatever the work has printed. An error means that the
            // coordinator has closed the pipe.
            i32::from(
                writeln!(out, "\n{mark}{text}")
                    .and_then(|()| out.flush())
                    .is_err(),
            )
        }
        Err(error) => {
            let error = in_one_line(&error.to_string());
            let _ = writeln!(std::io::stderr(), "\n{mark}{error}");
            1
        }
    }
}

/// Runs `work`, and ends the process at once if it panics on this thread.
///
/// Starting more threads than the system allows panics, for example. If that panic unwound, the
/// destructor of a runtime that is not fully constructed could wait forever. `end` takes the message of
/// the panic in one line, with its place in the source, and returns the exit status.
pub fn ending<T>(work: impl FnOnce() -> T, end: impl Fn(&str) -> i32 + Send + Sync + 'static) -> T {
    let usual = panic::take_hook();
    let mine = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        let panic = told(info);
        if thread::current().id() == mine {
            std::process::exit(end(&panic));
        }
        // Panics on other threads are those of tasks, which their runtime catches.
        let _ = PANIC_OF_A_TASK.set(panic);
    }));
    let done = work();
    panic::set_hook(usual);
    done
}

/// A panic as `panicked at src/x.rs:1:2: its message`.
fn told(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map(|place| format!(" at {place}"));
    let payload = panic.payload();
    let message = payload.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
    let message = message.map(|message| format!(": {}", in_one_line(message)));
    let [place, message] = [place, message].map(Option::unwrap_or_default);
    format!("panicked{place}{message}")
}

fn in_one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    lines.join(" ")
}
