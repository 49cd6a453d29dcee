//! dormouse compared with what people write by hand, at a million waits over 10 s, with a line for
//! each target that says whether dormouse is better by enough.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use dormouse::{Coalesced, Runtime, task_wait_n_with, wait_n_with};
use dormouse_compare::{
    About, Builtin, Comparison, Done, Error, Figure, Mode, RuntimeName, Session, Setup, Unit,
    Workload,
};

/// Runs dormouse and its peers in turn, and holds each function to its targets.
#[derive(Debug, Parser)]
struct Options {
    /// How many waits at once; the targets are those of a million.
    #[arg(long, default_value_t = 1_000_000)]
    n: usize,
    /// The longest delay, in seconds.
    #[arg(long, default_value_t = 10.0)]
    max_delay: f64,
    /// How many times each engine runs.
    #[arg(long, default_value_t = 1)]
    rounds: usize,
    /// Ends a run after so many seconds.
    #[arg(long, default_value_t = 300)]
    limit: u64,
}

/// `wait_n` and `task_wait_n` over the timer of a `Coalesced`.
struct OverCoalesced;

impl Workload for OverCoalesced {
    fn about(&self) -> About {
        let mut about = About::new("over-coalesced", "wait")
            .title("waits over one timer")
            .figure(Figure::new("overhead_s", "overhead", Unit::Seconds));
        about.modes = vec![Mode::Join, Mode::Spawn];
        about
    }

    async fn run<R: Runtime>(&self, runtime: &R, setup: &Setup) -> Result<Done, Error> {
        let runtime = Coalesced::new(runtime.clone());
        let Setup {
            n, max_delay, seed, ..
        } = *setup;
        let delays = match setup.mode {
            Some(Mode::Spawn) => task_wait_n_with(&runtime, n, max_delay, seed).await,
            _ => wait_n_with(&runtime, n, max_delay, seed).await,
        };
        let longest = delays.last().copied().unwrap_or_default();
        Ok(Done::new(delays.len() as u64).at_least(Duration::from_secs_f64(longest)))
    }
}

/// An engine of dormouse, its peer, and the largest figures that meet the target.
///
/// These are bytes per wait (a number below 1 is a ratio to the peer's), and the ratios to the peer's
/// CPU time and overhead.
///
/// What is recorded of each wait is among the bytes: 24 B of a task, which is the difference between a
/// run here and one of `task_wait_n` alone. So 400 B on tokio are 424 here.
type Target = (&'static str, &'static str, f64, f64, f64);

#[rustfmt::skip] // A table.
const PLAIN: [Target; 12] = [
    ("tokio/join", "tokio FuturesUnordered", 165.0, 0.9, 0.1),
    ("tokio-current-thread/join", "tokio FuturesUnordered, current thread", 165.0, 0.9, 0.1),
    ("smol/join", "smol FuturesUnordered", 170.0, 0.9, 0.1),
    ("async-std/join", "smol FuturesUnordered", 170.0, 0.9, 0.1),
    ("tokio/spawn", "tokio JoinSet", 424.0, 0.9, 0.05),
    ("tokio-current-thread/spawn", "tokio JoinSet, current thread", 424.0, 0.9, 0.05),
    ("smol/spawn", "smol spawn", 289.0, 0.7, 0.05),
    ("async-std/spawn", "async-std spawn", 359.0, 0.8, 0.05),
    ("tokio/coalesced", "tokio DelayQueue", 24.0, 0.35, 0.2),
    ("tokio-current-thread/coalesced", "tokio DelayQueue", 24.0, 0.35, 0.2),
    ("smol/coalesced", "tokio DelayQueue", 24.0, 0.35, 0.2),
    ("async-std/coalesced", "tokio DelayQueue", 24.0, 0.35, 0.2),
];

#[rustfmt::skip] // A table.
const OVER_COALESCED: [Target; 8] = [
    ("tokio/join", "tokio FuturesUnordered", 100.0, 0.5, 0.1),
    ("tokio-current-thread/join", "tokio FuturesUnordered", 100.0, 0.5, 0.1),
    ("smol/join", "tokio FuturesUnordered", 100.0, 0.5, 0.1),
    ("async-std/join", "tokio FuturesUnordered", 100.0, 0.5, 0.1),
    ("tokio/spawn", "tokio JoinSet", 0.7, 0.6, 0.1),
    ("tokio-current-thread/spawn", "tokio JoinSet, current thread", 0.7, 0.6, 0.1),
    ("smol/spawn", "smol spawn", 0.7, 0.4, 0.1),
    ("async-std/spawn", "async-std spawn", 0.7, 0.4, 0.1),
];

fn main() -> ExitCode {
    match run() {
        Ok(all_met) => ExitCode::from(u8::from(!all_met)),
        Err(error) => {
            eprintln!("targets: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, Error> {
    // Each comparison below is a part of one of these, so a worker's run is here, and it ends here.
    let waits = Comparison::of_builtin(vec![Builtin::Sleep]).built_in(RUNTIMES);
    let over = Comparison::new(vec![OverCoalesced]).built_in(RUNTIMES);
    over.work_for_all();
    waits.with_peers().work_for_all();

    let options = Options::parse();
    let max_delay = Duration::try_from_secs_f64(options.max_delay).map_err(Error::usage)?;
    let folder = tempfile::tempdir().map_err(Error::run)?;
    let waits = Comparison::of_builtin(vec![Builtin::Sleep])
        .built_in(RUNTIMES)
        .peers(folder.path())?;
    let session = options.apply(waits, options.n, max_delay).run(&mut ())?;
    print!("{}", session.report().text(100));
    let over = options.apply(over, options.n, max_delay).run(&mut ())?;
    print!("\n{}", over.report().text(100));
    // Ten times as many waits, to see that the cost grows no faster than n.
    let ten = Comparison::of_builtin(vec![Builtin::Sleep])
        .built_in(RUNTIMES)
        .modes([Mode::Coalesced]);
    let ten = options.apply(ten, 10 * options.n, max_delay).run(&mut ())?;
    print!("\n{}\n", ten.report().text(100));

    let mut all_met = true;
    for (ours, targets) in [(&session, &PLAIN[..]), (&over, &OVER_COALESCED[..])] {
        for target in targets {
            all_met &= hold(ours, &session, target, options.n as f64);
        }
    }
    for runtime in RUNTIMES {
        let name = format!("{runtime}/coalesced");
        let n = 10.0 * options.n as f64;
        let bytes = bytes(&ten, &name, n);
        let overhead = ten.median(&name, "overhead_s");
        all_met &= say(&format!("{name}, 10 n: bytes a wait"), bytes, 24.0);
        all_met &= say(&format!("{name}, 10 n: overhead, s"), overhead, 0.5);
    }
    Ok(all_met)
}

const RUNTIMES: [RuntimeName; 4] = [
    RuntimeName::Tokio,
    RuntimeName::TokioCurrentThread,
    RuntimeName::Smol,
    RuntimeName::AsyncStd,
];

impl Options {
    fn apply<W: Workload + 'static>(
        &self,
        comparison: Comparison<W>,
        n: usize,
        max_delay: Duration,
    ) -> Comparison<W> {
        comparison
            .n([n])
            .max_delays([max_delay])
            .rounds(self.rounds)
            .limit(Duration::from_secs(self.limit))
    }
}

/// Compares an engine of dormouse with its peer, and prints whether it meets its target.
fn hold(ours: &Session, peers: &Session, target: &Target, n: f64) -> bool {
    let (name, peer, most_bytes, most_cpu, most_overhead) = *target;
    let ratio = |key: &str| Some(ours.median(name, key)? / peers.median(peer, key)?);
    let (bytes, of_what) = if most_bytes < 1.0 {
        let bytes = bytes(ours, name, n).zip(bytes(peers, peer, n));
        let ratio = bytes.map(|(ours, theirs)| ours / theirs);
        (ratio, "bytes by those of")
    } else {
        (bytes(ours, name, n), "bytes a wait, beside")
    };
    let (cpu, overhead) = (ratio("cpu_per_wait_s"), ratio("overhead_s"));
    let met = [
        (of_what, bytes, most_bytes),
        ("CPU by that of", cpu, most_cpu),
        ("overhead by that of", overhead, most_overhead),
    ]
    .map(|(what, figure, most)| say(&format!("{name}: {what} {peer}"), figure, most));
    met == [true; 3]
}

/// Peak memory minus that at the start, per wait.
fn bytes(session: &Session, name: &str, n: f64) -> Option<f64> {
    let above = session.median(name, "peak_rss_bytes")? - session.median(name, "base_rss_bytes")?;
    Some(above / n)
}

fn say(what: &str, figure: Option<f64>, most: f64) -> bool {
    let met = figure.is_some_and(|figure| figure <= most);
    let figure = figure.map_or("unknown".into(), |figure| format!("{figure:.3}"));
    let word = if met { "met" } else { "MISSED" };
    println!("{what}: {figure} of at most {most}: {word}");
    met
}
