//! `dormouse wait-random`, `wait-n` and `measure-time`

use dormouse::MeasureError;
use dormouse_compare::{Mode, RuntimeName, units};
use serde::Serialize;

use crate::args::{Common, ManyWaits, WaitN};
use crate::failure::Failure;
use crate::output::{print, print_json};
use crate::run::Run;

pub(crate) fn wait_random(common: &Common) -> Result<(), Failure> {
    let run = Run::asked(common, Mode::Join, 1)?;
    let (outcome, delays) = run.run()?;
    let delay_s = delays[0];
    if !common.json {
        return print(|out| writeln!(out, "{delay_s}"));
    }
    print_json(&Waited {
        runtime: run.runtime,
        max_delay_s: run.max_delay.as_secs_f64(),
        seed: run.seed,
        delay_s,
        total_s: outcome.total_s,
        overhead_s: outcome.overhead_s,
    })
}

/// The JSON object of `wait-random`.
#[derive(Serialize)]
struct Waited {
    runtime: RuntimeName,
    max_delay_s: f64,
    seed: u64,
    delay_s: f64,
    total_s: f64,
    overhead_s: f64,
}

pub(crate) fn measure_time(args: &ManyWaits) -> Result<(), Failure> {
    if args.n == 0 {
        return Err(Failure::usage(MeasureError::NoWaits));
    }
    let run = Run::asked(&args.common, args.mode, args.n)?;
    let (outcome, _) = run.run()?;
    if args.common.json {
        return print_json(&outcome);
    }
    print(|out| writeln!(out, "{}", outcome.total_s / run.n as f64))
}

pub(crate) fn wait_n(args: &WaitN) -> Result<(), Failure> {
    let waits = &args.waits;
    let run = Run::asked(&waits.common, waits.mode, waits.n)?;
    let (mut outcome, delays) = run.run()?;
    if waits.common.json {
        outcome.delays_s = (!args.no_delays).then_some(delays);
        return print_json(&outcome);
    }
    if !args.no_delays {
        let mut delays = delays.iter();
        return print(|out| delays.try_for_each(|delay| writeln!(out, "{delay}")));
    }
    let cpu = outcome.cpu_s.map(units::seconds);
    let peak = outcome.peak_rss_bytes;
    let peak = peak.map(|bytes| units::bytes(bytes as f64));
    let [cpu, peak] = [cpu, peak].map(|figure| figure.unwrap_or_else(|| "unknown".into()));
    let [total, overhead] = [outcome.total_s, outcome.overhead_s].map(units::seconds);
    print(|out| {
        writeln!(
            out,
            "{} waits in {total}, overhead {overhead}, CPU {cpu}, peak memory {peak}",
            run.n
        )
    })
}
