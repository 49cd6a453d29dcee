//! The rounds of a comparison, each run in a fresh process.

use std::io::{Read, Write};
use std::panic;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

use crate::comparison::Comparison;
use crate::engine::Kind;
use crate::error::Error;
use crate::figures::Figures;
use crate::machine::Usage;
use crate::plan::{Plan, PlannedRow, StopRule};
use crate::report::{RunReport, RunResult, Session};
use crate::runner::RunBy;
use crate::runtime::THREADS_OF_ASYNC_STD;
use crate::seed::Seed;
use crate::worker::{Job, VARIABLE};
use crate::workload::Workload;

/// Is told of the progress of a comparison; it is called only while nothing is measured.
pub trait Watch {
    /// The rows are known, and no run has begun.
    fn begins(&mut self, session: &Session) {
        let _ = session;
    }

    /// A run of the engine with this index is over; it is the last in the engine's list.
    fn ran(&mut self, session: &Session, engine: usize, took: Duration) {
        let _ = (session, engine, took);
    }
}

/// Ignores the progress.
impl Watch for () {}

/// Runs every row once a round, in a newly shuffled order, all with the round's seed.
pub(crate) fn run<W: Workload + 'static>(
    comparison: &Comparison<W>,
    plan: &Plan,
    session: &mut Session,
    stop: &AtomicUsize,
    watch: &mut dyn Watch,
) -> Result<(), Error> {
    let program = Program::new()?;
    let mut random = StdRng::seed_from_u64(plan.settings.seed.0);
    let mut order: Vec<usize> = (0..plan.rows.len()).collect();
    let began = Instant::now();
    let (mut waited, mut used) = (Duration::ZERO, 0.0);
    while goes_on(plan, session.rounds, began.elapsed()) {
        let seed = random.next_u64();
        order.shuffle(&mut random);
        session.round_seeds.push(Seed(seed));
        for (place, &number) in order.iter().enumerate() {
            let (start, before) = (Instant::now(), Usage::now());
            let row = &plan.rows[number];
            let result = program.run(comparison, plan, row, seed, stop);
            let took = start.elapsed();
            if stop.load(Relaxed) != 0 {
                // The run was ended with the session, so it says nothing about its engine.
                return Ok(());
            }
            waited += took;
            let usage = Usage::now().zip(before);
            used += usage.map_or(0.0, |(now, before)| now.since(before).cpu_s());
            session.coordinator_share = used / waited.as_secs_f64();
            session.engines[number].runs.push(RunReport {
                round: session.rounds,
                place,
                result: match result {
                    Ok(figures) => RunResult::Figures(Box::new(figures)),
                    Err(failure) => RunResult::Failure(failure),
                },
            });
            watch.ran(session, number, took);
        }
        session.rounds += 1;
    }
    Ok(())
}

/// Writes a worker's result, and returns the worker's exit status.
pub(crate) fn answer(result: Result<Figures, Error>) -> i32 {
    let said = match &result {
        Ok(figures) => serde_json::to_string(figures).map_err(Error::run),
        Err(error) => Err(error.clone()),
    };
    match said {
        Ok(text) => {
            let mut out = std::io::stdout().lock();
            // An error means that the coordinator has closed the pipe.
            i32::from(
                writeln!(out, "{MARK}{text}")
                    .and_then(|()| out.flush())
                    .is_err(),
            )
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{MARK}{error}");
            1
        }
    }
}

/// The beginning of a worker's result line, as the program may print other lines before it.
const MARK: &str = "dormouse-compare: ";

/// Whether to run another round; the first round always runs.
fn goes_on(plan: &Plan, finished: usize, elapsed: Duration) -> bool {
    match plan.settings.stop {
        StopRule::Rounds(rounds) => finished < rounds,
        StopRule::TimeBudgetS(_) if finished == 0 => true,
        // Another round is expected to take the mean time of those before it.
        StopRule::TimeBudgetS(budget) => {
            let round = elapsed.as_secs_f64() / finished as f64;
            elapsed.as_secs_f64() + round <= budget
        }
    }
}

/// The program that all workers run: this one, even if it is rebuilt meanwhile (on Linux).
struct Program {
    path: PathBuf,
    name: PathBuf,
}

impl Program {
    fn new() -> Result<Self, Error> {
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

    fn run<W: Workload + 'static>(
        &self,
        comparison: &Comparison<W>,
        plan: &Plan,
        row: &PlannedRow,
        seed: u64,
        stop: &AtomicUsize,
    ) -> Result<Figures, String> {
        let mut command = self.command(comparison, plan, row, seed);
        let worker = command.spawn();
        let worker = worker.map_err(|error| format!("did not start: {error}"))?;
        let generous = row.setup.max_delay.saturating_add(Duration::from_secs(60));
        let limit = comparison.options.limit.unwrap_or(generous);
        let said = watch(worker, limit, stop)?;
        match &comparison.runners[row.runner].run {
            RunBy::Worker(_) => {
                let line = said.lines().find_map(|line| line.strip_prefix(MARK));
                let line =
                    line.ok_or("printed no result: does the program reach its comparison?")?;
                serde_json::from_str(line).map_err(unread)
            }
            #[cfg(feature = "peers")]
            RunBy::Script(_) => {
                let printed: crate::peers::Printed = serde_json::from_str(&said).map_err(unread)?;
                let about = &plan.workloads[row.workload];
                printed.figures(row.setup.n, &about.operation)
            }
        }
    }

    fn command<W: Workload + 'static>(
        &self,
        comparison: &Comparison<W>,
        plan: &Plan,
        row: &PlannedRow,
        seed: u64,
    ) -> Command {
        let runner = &comparison.runners[row.runner];
        let threads = row.engine.threads.to_string();
        let mut command = match &runner.run {
            RunBy::Worker(_) => {
                let mut setup = row.setup.clone();
                setup.seed = seed;
                if let Some((name, fault)) = &comparison.options.fault
                    && *name == row.engine.name
                    && row.engine.kind != Kind::Control
                {
                    setup.fault = Some(*fault);
                }
                let job = Job {
                    workload: plan.workloads[row.workload].name.clone(),
                    row: runner.name.clone(),
                    setup,
                };
                let mut command = Command::new(&self.path);
                #[cfg(unix)]
                std::os::unix::process::CommandExt::arg0(&mut command, &self.name);
                let _ = &self.name;
                // A job consists of numbers and strings, which can't fail to become JSON.
                command.env(VARIABLE, serde_json::to_string(&job).unwrap_or_default());
                command
            }
            #[cfg(feature = "peers")]
            RunBy::Script(script) => script.command(row.setup.n, row.setup.max_delay, seed),
        };
        for variable in [THREADS_OF_ASYNC_STD, "SMOL_THREADS", "GOMAXPROCS"] {
            command.env(variable, &threads);
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

fn unread(error: serde_json::Error) -> String {
    format!("printed an invalid result: {error}")
}

/// Waits for a worker and returns its output; the coordinator does nothing else meanwhile.
fn watch(mut worker: Child, limit: Duration, stop: &AtomicUsize) -> Result<String, String> {
    let pipes = read(worker.stdout.take()).and_then(|said| Ok((said, read(worker.stderr.take())?)));
    let (said, complained) = match pipes {
        Ok(pipes) => pipes,
        Err(error) => {
            let _ = worker.kill();
            let _ = worker.wait();
            return Err(format!("cannot start a thread to read its output: {error}"));
        }
    };
    let start = Instant::now();
    let report = loop {
        match said.recv_timeout(Duration::from_millis(200)) {
            Ok(report) => break Some(report),
            Err(_) if start.elapsed() < limit && stop.load(Relaxed) == 0 => {}
            Err(_) => {
                // An error means that the worker has ended meanwhile.
                let _ = worker.kill();
                break None;
            }
        }
    };
    let status = worker
        .wait()
        .map_err(|error| format!("its process was lost: {error}"))?;
    match report {
        None => Err(format!("hung: it had not ended after {limit:?}")),
        Some(report) if status.success() => Ok(report),
        Some(_) => Err(failure(status, &complained.recv().unwrap_or_default())),
    }
}

/// Reads a pipe to its end in a thread of its own.
fn read(pipe: Option<impl Read + Send + 'static>) -> std::io::Result<Receiver<String>> {
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // An output that is cut off by an error is found not to be a report.
            let _ = pipe.read_to_end(&mut bytes);
        }
        // An error means that the receiver is gone, because the worker was killed.
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    })?;
    Ok(receiver)
}

/// Why a worker failed, in one line.
fn failure(status: ExitStatus, complained: &str) -> String {
    if let Some(said) = complained.lines().find_map(|line| line.strip_prefix(MARK)) {
        return said.to_owned();
    }
    let lines = complained
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let words: Vec<&str> = lines.take(2).collect();
    match words.join(" ") {
        line if line.is_empty() => format!("crashed: {status}"),
        line => format!("crashed: {status}: {line}"),
    }
}

/// Runs `work`, and ends the process at once if it panics on this thread.
///
/// Starting more threads than the system allows panics, for example. If that panic unwound, the
/// destructor of a runtime that is half made could wait forever. `end` takes the message of the panic
/// and returns the exit status.
pub fn ending<T>(work: impl FnOnce() -> T, end: fn(&str) -> i32) -> T {
    let usual = panic::take_hook();
    let mine = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        // Panics on other threads are those of tasks, which their runtime catches.
        if thread::current().id() == mine {
            let payload = info.payload();
            let words = payload
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| payload.downcast_ref::<&str>().copied())
                .unwrap_or("it panicked");
            std::process::exit(end(&words.lines().collect::<Vec<_>>().join(" ")));
        }
    }));
    let done = work();
    panic::set_hook(usual);
    done
}
