//! One run in a process of its own, which knows nothing of the runs before it.

use std::thread;
use std::time::{Duration, Instant};

use dormouse::MaxDelay;

use crate::args::{Fault, Subject, Worker};
use crate::failure::Failure;
use crate::figures::{Figures, Lateness};
use crate::machine::{self, Usage};
use crate::output::print_json;
use crate::run::{Outcome, Run};
use crate::runtime::RuntimeName;
use crate::{floor, recorder};

/// Runs, checks the list, and prints the figures.
pub(crate) fn work(args: &Worker) -> Result<(), Failure> {
    let recording_ns = recorder::cost();
    let mut outcome = match args.subject {
        Subject::Runtime(runtime) => run_of(args, runtime).run()?,
        Subject::Floor => by_hand(|| floor::wait(delays_of(args))),
        #[cfg(feature = "peers")]
        Subject::Peer(peer) => {
            let delays = Box::new(delays_of(args));
            let threads = args.threads.get();
            peer.run(threads, delays, recorder::record_delay, |waits| {
                by_hand(waits)
            })
        }
    };
    let is_ours = matches!(args.subject, Subject::Runtime(_) | Subject::Floor);
    commit(args.fault, &mut outcome);
    check(&outcome, args, is_ours)?;

    let record = recorder::finish();
    if is_ours && record.early > 0 {
        return Err(Failure::run(format_args!(
            "{} waits ended before their deadline",
            record.early
        )));
    }
    let total_s = outcome.total.as_secs_f64();
    let arm_s = record
        .armed
        .map(|armed| armed.saturating_duration_since(outcome.start).as_secs_f64());
    let largest = outcome.delays.iter().copied().fold(0.0, f64::max);
    let n = args.n as f64;
    let is_virtual = args.subject == Subject::Runtime(RuntimeName::Virtual);
    let real = |figure| (!is_virtual).then_some(figure);
    print_json(&Figures {
        startup_s: real(outcome.startup.as_secs_f64()),
        total_s,
        per_wait_s: total_s / n,
        overhead_s: total_s - largest,
        overhead_per_wait_s: (total_s - largest) / n,
        arm_s,
        drain_s: arm_s.map(|arm_s| total_s - arm_s),
        concurrency: outcome.delays.iter().sum::<f64>() / total_s,
        out_of_order: record.out_of_order,
        lateness: Lateness::new(record.lateness, record.early, record.overflow)?,
        usage: (!is_virtual).then_some(outcome.usage),
        cpu_per_wait_s: real(outcome.usage.cpu_s() / n),
        base_rss_bytes: (!is_virtual).then_some(outcome.base_rss_bytes),
        peak_rss_bytes: (!is_virtual).then_some(outcome.peak_rss_bytes),
        recording_ns: real(recording_ns),
    })
}

fn run_of(args: &Worker, runtime: RuntimeName) -> Run {
    Run {
        runtime,
        mode: args.mode,
        threads: args.threads,
        n: args.n,
        max_delay: MaxDelay::from(Duration::from_nanos(args.max_nanos)),
        seed: args.seed,
        recorded: true,
    }
}

fn delays_of(args: &Worker) -> impl Iterator<Item = Duration> + Send + 'static {
    let max_delay = MaxDelay::from(Duration::from_nanos(args.max_nanos));
    floor::delays(args.n, max_delay, args.seed)
}

/// Measures what is not a runtime of ours.
fn by_hand(waits: impl FnOnce() -> Vec<f64>) -> Outcome {
    recorder::start_by_hand();
    let base_rss_bytes = machine::rss_bytes();
    let before = Usage::now();
    let start = Instant::now();
    let delays = waits();
    let total = start.elapsed();
    Outcome {
        delays,
        startup: Duration::ZERO,
        start,
        total,
        usage: Usage::now().since(before),
        base_rss_bytes,
        peak_rss_bytes: machine::peak_rss_bytes(),
    }
}

/// What a list must be: complete, within its range, and not over before its time. Ours are
/// ascending besides.
fn check(outcome: &Outcome, args: &Worker, is_ours: bool) -> Result<(), Failure> {
    let delays = &outcome.delays;
    if delays.len() != args.n {
        return Err(Failure::run(format_args!(
            "returned {} delays of {}",
            delays.len(),
            args.n
        )));
    }
    let disorder = delays.windows(2).position(|pair| pair[0] > pair[1]);
    if let Some(place) = disorder.filter(|_| is_ours) {
        return Err(Failure::run(format_args!(
            "returned a list out of order: {} s stands before {} s",
            delays[place],
            delays[place + 1]
        )));
    }
    let max = Duration::from_nanos(args.max_nanos).as_secs_f64();
    if let Some(stray) = delays.iter().find(|delay| !(0.0..=max).contains(*delay)) {
        return Err(Failure::run(format_args!(
            "returned a delay of {stray} s, of at most {max} s"
        )));
    }
    let total = outcome.total.as_secs_f64();
    let largest = delays.iter().copied().fold(0.0, f64::max);
    if largest > total {
        return Err(Failure::run(format_args!(
            "was over after {total} s, before its longest wait of {largest} s"
        )));
    }
    let sum: f64 = delays.iter().sum();
    if sum - largest > SERIAL && total >= sum {
        return Err(Failure::run(format_args!(
            "ran one wait after the other: {total} s for delays of {sum} s in all"
        )));
    }
    Ok(())
}

/// Delays of less than this together may take as long as in a row, by overhead alone.
const SERIAL: f64 = 1.0;

/// Breaks what is to be broken, for the tests of the comparison itself.
fn commit(fault: Option<Fault>, outcome: &mut Outcome) {
    match fault {
        None => {}
        Some(Fault::Crash) => std::process::abort(),
        Some(Fault::Hang) => loop {
            thread::sleep(Duration::from_secs(60));
        },
        Some(Fault::Disorder) => outcome.delays.reverse(),
        Some(Fault::Short) => _ = outcome.delays.pop(),
        Some(Fault::Serial) => {
            outcome.total = Duration::from_secs_f64(outcome.delays.iter().sum::<f64>() + 0.001);
        }
    }
}
