//! `dormouse wait-random`, `wait-n` and `measure-time`

use dormouse::MeasureError;
use dormouse_compare::{Mode, RuntimeName, units};
use serde::Serialize;

use crate::args::{ManyWaits, WaitN, WaitRandom};
use crate::failure::Failure;
use crate::output::{print, print_json};
use crate::run::{Outcome, Run};

pub(crate) fn wait_random(args: &WaitRandom) -> Result<(), Failure> {
    let run = Run::asked(&args.common, Mode::Join, 1, args.max.max)?;
    let outcome = run.run()?;
    let (delay_s, total_s) = (outcome.delays[0], outcome.total.as_secs_f64());
    if !args.common.json {
        return print(|out| writeln!(out, "{delay_s}"));
    }
    print_json(&Waited {
        runtime: run.runtime,
        max_delay_s: run.max_delay.as_secs_f64(),
        seed: run.seed,
        delay_s,
        total_s,
        overhead_s: total_s - delay_s,
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
    let run = Run::asked(&args.common, args.mode, args.n, args.max.max)?;
    let outcome = run.run()?;
    if args.common.json {
        return print_json(&Waits::new(&run, &outcome, false));
    }
    let per_wait = outcome.total.as_secs_f64() / run.n as f64;
    print(|out| writeln!(out, "{per_wait}"))
}

pub(crate) fn wait_n(args: &WaitN) -> Result<(), Failure> {
    let ManyWaits {
        n,
        max,
        mode,
        common,
    } = &args.waits;
    let run = Run::asked(common, *mode, *n, max.max)?;
    let outcome = run.run()?;
    if common.json {
        return print_json(&Waits::new(&run, &outcome, !args.no_delays));
    }
    if args.no_delays {
        let waits = Waits::new(&run, &outcome, false);
        return print(|out| {
            writeln!(
                out,
                "{} waits in {}, overhead {}, CPU {}, peak memory {}",
                run.n,
                units::seconds(waits.total_s),
                units::seconds(waits.overhead_s),
                waits.cpu_s.map_or("unknown".into(), units::seconds),
                waits
                    .peak_rss_bytes
                    .map_or("unknown".into(), |bytes| units::bytes(bytes as f64)),
            )
        });
    }
    print(|out| {
        outcome
            .delays
            .iter()
            .try_for_each(|delay| writeln!(out, "{delay}"))
    })
}

/// The JSON object of `wait-n` and `measure-time`.
#[derive(Serialize)]
struct Waits<'a> {
    runtime: RuntimeName,
    mode: Mode,
    n: usize,
    max_delay_s: f64,
    seed: u64,
    threads: usize,
    total_s: f64,
    /// The total divided by n; null if n is 0.
    per_wait_s: Option<f64>,
    /// The total minus the largest delay.
    overhead_s: f64,
    startup_s: f64,
    cpu_s: Option<f64>,
    peak_rss_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delays_s: Option<&'a [f64]>,
}

impl<'a> Waits<'a> {
    fn new(run: &Run, outcome: &'a Outcome, delays: bool) -> Self {
        let total_s = outcome.total.as_secs_f64();
        Self {
            runtime: run.runtime,
            mode: run.mode,
            n: run.n,
            max_delay_s: run.max_delay.as_secs_f64(),
            seed: run.seed,
            threads: run.threads.get(),
            total_s,
            per_wait_s: (run.n > 0).then(|| total_s / run.n as f64),
            overhead_s: total_s - outcome.delays.last().copied().unwrap_or(0.0),
            startup_s: outcome.startup.as_secs_f64(),
            cpu_s: outcome.cpu_s,
            peak_rss_bytes: outcome.peak_rss_bytes,
            delays_s: delays.then_some(&outcome.delays),
        }
    }
}
