//! The rounds of a comparison, each run in a fresh process.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

use crate::engine::Source;
use crate::figures::Figures;
use crate::machine::Usage;
use crate::plan::{Cell, Plan, StopRule};
use crate::report::{RunReport, RunResult};
use crate::runtime::THREADS_OF_ASYNC_STD;

/// What the rounds gave.
#[derive(Clone)]
pub(crate) struct Rounds {
    /// How many were finished.
    pub(crate) finished: usize,
    /// The seed of the delays of each round that was begun.
    pub(crate) seeds: Vec<u64>,
    /// By cell.
    pub(crate) runs: Vec<Vec<RunReport>>,
    /// What the coordinator took of one core while workers ran.
    pub(crate) coordinator_share: f64,
}

/// Who is told how far the rounds have come, when nothing is measured.
pub(crate) trait Watch {
    /// A run is over.
    fn ran(&mut self, cell: usize, took: Duration);
    /// A round is over.
    fn finished(&mut self, rounds: &Rounds);
}

/// Runs every cell once a round, in an order shuffled anew, all with the round's seed.
pub(crate) fn run(plan: &Plan, watch: &mut impl Watch) -> Rounds {
    let mut random = StdRng::seed_from_u64(plan.settings.seed);
    let mut order: Vec<usize> = (0..plan.cells.len()).collect();
    let mut rounds = Rounds {
        finished: 0,
        seeds: Vec::new(),
        runs: plan.cells.iter().map(|_| Vec::new()).collect(),
        coordinator_share: 0.0,
    };
    let began = Instant::now();
    let (mut waited, mut used) = (Duration::ZERO, 0.0);
    while goes_on(plan, rounds.finished, began.elapsed()) {
        let seed = random.next_u64();
        order.shuffle(&mut random);
        rounds.seeds.push(seed);
        for (place, &number) in order.iter().enumerate() {
            let (start, before) = (Instant::now(), Usage::now());
            let result = plan.run_one(&plan.cells[number], seed);
            let took = start.elapsed();
            if plan.stop.load(Relaxed) {
                // The run was ended with the session: it says nothing of its engine.
                return rounds;
            }
            waited += took;
            used += Usage::now().since(before).cpu_s();
            rounds.coordinator_share = used / waited.as_secs_f64();
            rounds.runs[number].push(RunReport {
                round: rounds.finished,
                place,
                result,
            });
            watch.ran(number, took);
        }
        rounds.finished += 1;
        watch.finished(&rounds);
    }
    rounds
}

/// Whether there is to be another round; the first one always is.
fn goes_on(plan: &Plan, finished: usize, elapsed: Duration) -> bool {
    match plan.settings.stop {
        StopRule::Rounds(rounds) => finished < rounds,
        StopRule::TimeBudgetS(_) if finished == 0 => true,
        // Another one takes as long as those before it.
        StopRule::TimeBudgetS(budget) => {
            let round = elapsed.as_secs_f64() / finished as f64;
            elapsed.as_secs_f64() + round <= budget
        }
    }
}

impl Plan {
    fn run_one(&self, cell: &Cell, seed: u64) -> RunResult {
        let result = self
            .command(cell, seed)
            .and_then(|mut command| command.spawn())
            .map(|worker| self.watch(cell, worker));
        match result {
            Ok(Ok(figures)) => RunResult::Figures(figures),
            Ok(Err(failure)) => RunResult::Failure(failure),
            Err(error) => RunResult::Failure(format!("its process did not start: {error}")),
        }
    }

    fn command(&self, cell: &Cell, seed: u64) -> std::io::Result<Command> {
        let threads = cell.engine.threads.to_string();
        let mut command = match &cell.source {
            Source::Worker(subject) => {
                let mut command = Command::new(std::env::current_exe()?);
                let mode = cell.engine.mode.unwrap_or_default();
                command
                    .args(["__worker", subject.name(), mode.name()])
                    .args([threads.clone(), cell.n.to_string()])
                    .args([cell.max_delay.as_nanos().to_string(), seed.to_string()]);
                if let Some((name, fault)) = &self.fault
                    && *name == cell.engine.name
                    && let Some(fault) = fault.to_possible_value()
                {
                    command.args(["--fault", fault.get_name()]);
                }
                command
            }
            #[cfg(feature = "peers")]
            Source::Script(script) => script.command(cell.n, cell.max_delay.into(), seed),
        };
        for variable in [THREADS_OF_ASYNC_STD, "SMOL_THREADS", "GOMAXPROCS"] {
            command.env(variable, &threads);
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Ok(command)
    }

    /// Waits for a worker and reads what it says; nothing is done meanwhile.
    fn watch(&self, cell: &Cell, mut worker: Child) -> Result<Box<Figures>, String> {
        let said = read(worker.stdout.take());
        let complained = read(worker.stderr.take());
        let limit = self.limit(cell);
        let start = Instant::now();
        let report = loop {
            match said.recv_timeout(Duration::from_millis(200)) {
                Ok(report) => break Some(report),
                Err(_) if start.elapsed() < limit && !self.stop.load(Relaxed) => {}
                Err(_) => {
                    // An error here is a worker that has ended meanwhile.
                    let _ = worker.kill();
                    break None;
                }
            }
        };
        let status = worker
            .wait()
            .map_err(|error| format!("its process was lost: {error}"))?;
        let Some(report) = report else {
            return Err(format!("hung: it had not ended after {limit:?}"));
        };
        if !status.success() {
            return Err(failure(status, &complained.recv().unwrap_or_default()));
        }
        let unread = |error| format!("said what is no report: {error}");
        match &cell.source {
            Source::Worker(_) => serde_json::from_str(&report).map_err(unread),
            #[cfg(feature = "peers")]
            Source::Script(_) => serde_json::from_str::<crate::peers::Printed>(&report)
                .map_err(unread)?
                .figures(cell),
        }
    }
}

/// Reads a pipe to its end in a thread of its own.
fn read(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        if let Some(mut pipe) = pipe {
            // What is no text, or ends early, is found to be no report.
            let _ = pipe.read_to_string(&mut text);
        }
        // Nobody waits for it where the worker was ended.
        let _ = sender.send(text);
    });
    receiver
}

/// One line of why a worker did not end well.
fn failure(status: ExitStatus, complained: &str) -> String {
    let lines = complained
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let words: Vec<&str> = lines.take(2).collect();
    let line = words.join(" ");
    match line.strip_prefix("dormouse: ") {
        Some(words) => words.to_owned(),
        None if words.is_empty() => format!("crashed: {status}"),
        None => format!("crashed: {status}: {line}"),
    }
}
