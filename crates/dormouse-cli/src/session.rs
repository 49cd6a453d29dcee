//! The rounds of a comparison, each run in a fresh process.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use dormouse::MaxDelay;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

use crate::args::Fault;
use crate::engine::Engine;
use crate::report::{Figures, RunReport, RunResult};
use crate::runtime::THREADS_OF_ASYNC_STD;

/// What is to be compared.
pub(crate) struct Session {
    pub(crate) engines: Vec<Engine>,
    pub(crate) n: usize,
    pub(crate) max_delay: MaxDelay,
    pub(crate) rounds: usize,
    pub(crate) seed: u64,
    /// How long a run may take.
    pub(crate) limit: Duration,
    pub(crate) fault: Option<(String, Fault)>,
    /// Set where the session is to end with what it has.
    pub(crate) stop: Arc<AtomicBool>,
}

/// What the rounds gave.
pub(crate) struct Rounds {
    /// The seed of the delays of each round that was begun.
    pub(crate) seeds: Vec<u64>,
    /// By engine.
    pub(crate) runs: Vec<Vec<RunReport>>,
}

impl Session {
    /// Runs every engine once a round, in an order shuffled anew, all with the round's seed;
    /// `between` is called after each run, when nothing is measured.
    pub(crate) fn run(&self, mut between: impl FnMut()) -> Rounds {
        let mut random = StdRng::seed_from_u64(self.seed);
        let mut order: Vec<usize> = (0..self.engines.len()).collect();
        let mut rounds = Rounds {
            seeds: Vec::new(),
            runs: self.engines.iter().map(|_| Vec::new()).collect(),
        };
        for round in 0..self.rounds {
            let seed = random.next_u64();
            order.shuffle(&mut random);
            rounds.seeds.push(seed);
            for (place, &number) in order.iter().enumerate() {
                let result = self.run_one(&self.engines[number], seed);
                if self.stop.load(Relaxed) {
                    // The run was ended with the session: it says nothing of its engine.
                    return rounds;
                }
                rounds.runs[number].push(RunReport {
                    round,
                    place,
                    result,
                });
                between();
            }
        }
        rounds
    }

    fn run_one(&self, engine: &Engine, seed: u64) -> RunResult {
        match self.start(engine, seed).map(|worker| self.watch(worker)) {
            Ok(Ok(figures)) => RunResult::Figures(figures),
            Ok(Err(failure)) => RunResult::Failure(failure),
            Err(error) => RunResult::Failure(format!("its process did not start: {error}")),
        }
    }

    fn start(&self, engine: &Engine, seed: u64) -> std::io::Result<Child> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["__worker", engine.runtime.name(), engine.mode.name()])
            .args([engine.threads.to_string(), self.n.to_string()])
            .args([self.max_delay.as_nanos().to_string(), seed.to_string()])
            .env(THREADS_OF_ASYNC_STD, engine.threads.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some((name, fault)) = &self.fault
            && *name == engine.to_string()
            && let Some(fault) = fault.to_possible_value()
        {
            command.args(["--fault", fault.get_name()]);
        }
        command.spawn()
    }

    /// Waits for a worker and reads what it says; nothing is done meanwhile.
    fn watch(&self, mut worker: Child) -> Result<Box<Figures>, String> {
        let said = read(worker.stdout.take());
        let complained = read(worker.stderr.take());
        let end = Instant::now() + self.limit;
        let report = loop {
            match said.recv_timeout(Duration::from_millis(200)) {
                Ok(report) => break Some(report),
                Err(_) if Instant::now() < end && !self.stop.load(Relaxed) => {}
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
            return Err(format!("hung: it had not ended after {:?}", self.limit));
        };
        if !status.success() {
            return Err(failure(status, &complained.recv().unwrap_or_default()));
        }
        serde_json::from_str(&report).map_err(|error| format!("said what is no report: {error}"))
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
