//! One run in a process of its own, which knows nothing of the runs before it.

use std::thread;
use std::time::Duration;

use dormouse::MaxDelay;

use crate::args::{Fault, Worker};
use crate::failure::Failure;
use crate::output::print_json;
use crate::recorder;
use crate::report::{Figures, Lateness};
use crate::run::{Outcome, Run};

/// Runs, checks the list, and prints the figures.
pub(crate) fn work(args: &Worker) -> Result<(), Failure> {
    let max_delay = MaxDelay::from(Duration::from_nanos(args.max_nanos));
    let run = Run {
        runtime: args.runtime,
        mode: args.mode,
        threads: args.threads,
        n: args.n,
        max_delay,
        seed: args.seed,
        recorded: true,
    };
    let recording_ns = recorder::cost();
    let mut outcome = run.run()?;
    commit(args.fault, &mut outcome);
    check(&outcome, &run)?;

    let record = recorder::finish();
    let total_s = outcome.total.as_secs_f64();
    let largest = outcome.delays.last().copied().unwrap_or(0.0);
    let n = run.n as f64;
    print_json(&Figures {
        startup_s: outcome.startup.as_secs_f64(),
        total_s,
        per_wait_s: total_s / n,
        overhead_s: total_s - largest,
        arm_s: record
            .armed
            .map(|armed| armed.saturating_duration_since(outcome.start).as_secs_f64()),
        concurrency: outcome.delays.iter().sum::<f64>() / total_s,
        out_of_order: record.out_of_order,
        lateness: Lateness::new(&record)?,
        usage: outcome.usage,
        cpu_per_wait_s: outcome.usage.cpu_s() / n,
        base_rss_bytes: outcome.base_rss_bytes,
        peak_rss_bytes: outcome.peak_rss_bytes,
        recording_ns,
    })
}

/// What a list must be: complete, ascending, within its range, and not over before its time.
fn check(outcome: &Outcome, run: &Run) -> Result<(), Failure> {
    let delays = &outcome.delays;
    if delays.len() != run.n {
        return Err(Failure::run(format_args!(
            "returned {} delays of {}",
            delays.len(),
            run.n
        )));
    }
    if let Some(place) = delays.windows(2).position(|pair| pair[0] > pair[1]) {
        return Err(Failure::run(format_args!(
            "returned a list out of order: {} s stands before {} s",
            delays[place],
            delays[place + 1]
        )));
    }
    let max = run.max_delay.as_secs_f64();
    if let Some(stray) = delays.iter().find(|delay| !(0.0..=max).contains(*delay)) {
        return Err(Failure::run(format_args!(
            "returned a delay of {stray} s, of at most {max} s"
        )));
    }
    let total = outcome.total.as_secs_f64();
    match delays.last() {
        Some(largest) if *largest > total => Err(Failure::run(format_args!(
            "was over after {total} s, before its longest wait of {largest} s"
        ))),
        _ => Ok(()),
    }
}

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
    }
}
