//! How late a thousand waits are: through dormouse, and with the runtime's own timer.

use std::collections::HashMap;
use std::process::Command;
use std::time::Duration;

use clap::{Parser, Subcommand};
use dormouse_benches::lateness::{Lateness, Way, measure};
use dormouse_benches::measure::Run;
use dormouse_benches::ours::{On, THREADS};
use dormouse_benches::report::{median, table};
use dormouse_benches::{environment, worker};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;

/// Prints how late n waits are, through dormouse and with the runtime's own timer.
#[derive(Debug, Parser)]
struct Options {
    /// How many waits at once.
    #[arg(long, default_value_t = 1_000)]
    n: usize,
    /// The largest delay, in whole seconds.
    #[arg(long, default_value_t = 1)]
    max_delay: u64,
    /// How many times each runs, in an order shuffled anew.
    #[arg(long, default_value_t = 3)]
    rounds: u64,
    /// The seed of the first round; each next one has the next.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    #[command(subcommand)]
    worker: Option<Worker>,
}

#[derive(Debug, Subcommand)]
enum Worker {
    /// Runs one way in this process, and prints its lateness as JSON.
    #[command(hide = true)]
    Worker { number: usize },
}

fn main() {
    let options = Options::parse();
    let ways = ways();
    if let Some(Worker::Worker { number }) = options.worker {
        let (way, on) = ways[number];
        let lateness = measure(way, on, options.run(0));
        let json = serde_json::to_string(&lateness).expect("figures are JSON");
        println!("{json}");
        return;
    }
    let Options {
        n,
        max_delay,
        rounds,
        ..
    } = options;
    println!("{}", environment::describe());
    println!("n = {n} over {max_delay} s, {THREADS} threads, medians of {rounds} round(s)\n");
    let results = run_all(&options, ways.len());
    let mut table = table(["timer of", "way", "p50 ms", "p99 ms", "max ms", "target"]);
    for (number, (way, on)) in ways.into_iter().enumerate() {
        let runs = results.get(&number).map_or(&[][..], Vec::as_slice);
        let median = |figure: fn(&Lateness) -> f64| 1e3 * median(runs.iter().map(figure).collect());
        let p99 = median(|run| run.p99);
        let target = match on {
            // The floor alone has a target of its own.
            None if way == Way::Coalesced && p99 <= 0.2 => "p99 <= 0.2: met",
            None if way == Way::Coalesced => "p99 <= 0.2: MISSED",
            _ => "-",
        };
        table.add_row([
            on.map_or("a thread, by hand", On::name).to_owned(),
            way.name().to_owned(),
            format!("{:.3}", median(|run| run.p50)),
            format!("{p99:.3}"),
            format!("{:.3}", median(|run| run.max)),
            target.to_owned(),
        ]);
    }
    println!("{table}");
}

impl Options {
    fn run(&self, round: u64) -> Run {
        Run {
            n: self.n,
            max_delay: Duration::from_secs(self.max_delay),
            seed: self.seed.wrapping_add(round),
        }
    }
}

/// All ways on all runtimes, and those of the sleeper made by hand.
fn ways() -> Vec<(Way, Option<On>)> {
    let runtimes = On::ALL.into_iter();
    let mut ways: Vec<_> = runtimes
        .flat_map(|on| Way::ALL.map(|way| (way, Some(on))))
        .collect();
    ways.extend([(Way::WaitN, None), (Way::Coalesced, None)]);
    ways
}

fn run_all(options: &Options, ways: usize) -> HashMap<usize, Vec<Lateness>> {
    let own = std::env::current_exe().expect("this program has a path");
    let mut results: HashMap<_, Vec<_>> = HashMap::new();
    for round in 0..options.rounds {
        let run = options.run(round);
        let mut order: Vec<_> = (0..ways).collect();
        order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(run.seed));
        for number in order {
            let mut command = Command::new(&own);
            command
                .args(["--n", &options.n.to_string()])
                .args(["--max-delay", &options.max_delay.to_string()])
                .args(["--seed", &run.seed.to_string()])
                .args(["worker", &number.to_string()])
                .env("ASYNC_STD_THREAD_COUNT", THREADS.to_string());
            let limit = Duration::from_secs(60 + options.max_delay);
            match worker::run(&mut command, limit) {
                Ok(lateness) => results.entry(number).or_default().push(lateness),
                Err(error) => eprintln!("round {round}, number {number}: {error}"),
            }
        }
    }
    results
}
