//! Ours and the peers in turn, each run in a process of its own; one table of figures, and one of
//! ratios with the targets beside them.

use std::collections::HashMap;
use std::process::Command;
use std::time::Duration;

use clap::{Parser, Subcommand};
use dormouse_benches::engines::Engine;
use dormouse_benches::measure::{Figures, Run};
use dormouse_benches::ours::THREADS;
use dormouse_benches::{environment, report, worker};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;

/// Runs dormouse and its peers in turn, and prints their figures and ratios.
#[derive(Debug, Parser)]
struct Options {
    /// How many waits at once.
    #[arg(long, default_value_t = 1_000_000)]
    n: usize,
    /// The largest delay, in seconds.
    #[arg(long, default_value = "10", value_parser = seconds)]
    max_delay: Duration,
    /// How many times each engine runs, in an order shuffled anew.
    #[arg(long, default_value_t = 1)]
    rounds: u64,
    /// The seed of the first round; each next one has the next.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Only engines with this in their name; may be given several times.
    #[arg(long, value_name = "PATTERN")]
    only: Vec<String>,
    /// Kills a run after so many seconds.
    #[arg(long, default_value = "300", value_parser = seconds)]
    limit: Duration,
    /// Prints the names of the engines, and runs none.
    #[arg(long)]
    list: bool,
    #[command(subcommand)]
    worker: Option<Worker>,
}

#[derive(Debug, Subcommand)]
enum Worker {
    /// Runs one engine in this process, and prints its figures as JSON.
    #[command(hide = true)]
    Worker { engine: String },
}

fn main() {
    let options = Options::parse();
    if let Some(Worker::Worker { engine }) = &options.worker {
        let run = options.run(0);
        let figures = Engine::measure(engine, run).unwrap_or_else(|| panic!("no {engine:?}"));
        println!("{}", json(&figures));
        return;
    }
    let folder = tempfile::tempdir().expect("a folder for the scripts");
    let (mut engines, missing) = Engine::all(folder.path()).expect("a folder to write to");
    for missing in missing {
        eprintln!("skipped: {}: {}", missing.name, missing.reason);
    }
    let chosen = |name: &str| options.only.iter().any(|pattern| name.contains(pattern));
    engines.retain(|engine| options.only.is_empty() || chosen(&engine.name()));
    if options.list {
        engines
            .iter()
            .for_each(|engine| println!("{}", engine.name()));
        return;
    }
    print(&options, &engines);
}

impl Options {
    fn run(&self, round: u64) -> Run {
        Run {
            n: self.n,
            max_delay: self.max_delay,
            seed: self.seed.wrapping_add(round),
        }
    }
}

fn print(options: &Options, engines: &[Engine]) {
    let Options { n, max_delay, .. } = options;
    let rounds = options.rounds;
    println!("{}", environment::describe());
    println!("n = {n} over {max_delay:?}, {THREADS} threads, {rounds} round(s)\n");
    let results = measure(options, engines);
    println!("{}\n", report::figures(engines, &results));
    if (*n, max_delay.as_secs_f64()) != (1_000_000, 10.0) {
        println!("The targets are those of 1000000 waits over 10s.\n");
    }
    println!("{}", report::ratios(&results));
}

fn measure(options: &Options, engines: &[Engine]) -> report::Results {
    let mut results: HashMap<_, _> = HashMap::new();
    let runs = engines.len() as u64 * options.rounds;
    let mut number = 0;
    for round in 0..options.rounds {
        let run = options.run(round);
        let mut order: Vec<_> = engines.iter().collect();
        order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(run.seed));
        for engine in order {
            number += 1;
            let name = engine.name();
            let mut command = engine.command(own_command(), run);
            let figures = worker::run::<Figures>(&mut command, options.limit);
            match &figures {
                Ok(figures) => eprintln!("{number}/{runs} {name}: {}", json(figures)),
                Err(error) => eprintln!("{number}/{runs} {name}: {error}"),
            }
            results
                .entry(name)
                .or_insert_with(Vec::new)
                .push(figures.ok());
        }
    }
    results.into_iter().collect()
}

fn own_command() -> Command {
    Command::new(std::env::current_exe().expect("this program has a path"))
}

fn json(figures: &Figures) -> String {
    serde_json::to_string(figures).expect("figures are JSON")
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().map_err(|error| error.to_string())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
