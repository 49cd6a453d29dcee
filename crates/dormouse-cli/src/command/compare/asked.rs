//! The comparison that a command line asks for.

use std::time::Duration;

use dormouse_compare::{Baseline, Builtin, Comparison, RuntimeName};

use crate::args::{Compare, Workloads};
use crate::failure::Failure;

/// The comparison that the command line asks for.
pub(super) fn comparison(args: &Compare) -> Result<Comparison<Builtin>, Failure> {
    RuntimeName::default_one()?;
    let rounds = args.rounds.get();
    if args.fail_on_regression.is_some() && rounds < Baseline::FEWEST_ROUNDS {
        return Err(Failure::usage(format_args!(
            "`--fail-on-regression` finds nothing in {rounds} rounds: ask for {} or more",
            Baseline::FEWEST_ROUNDS
        )));
    }
    // A workload that was not named is left out if it has none of the modes.
    let unnamed = |workloads: &[Builtin]| -> Vec<Builtin> {
        let has_one = |workload: &Builtin| args.modes.iter().any(|mode| workload.has(*mode));
        let with: Vec<Builtin> = workloads.iter().copied().filter(has_one).collect();
        if with.is_empty() {
            workloads.to_vec()
        } else {
            with
        }
    };
    let mut workloads: Vec<Builtin> = args
        .workload
        .iter()
        .flat_map(|workloads| match workloads {
            Workloads::All => unnamed(&Builtin::ALL),
            Workloads::One(workload) => vec![*workload],
        })
        .collect();
    if workloads.is_empty() {
        workloads = unnamed(&[Builtin::Sleep, Builtin::Load]);
    }
    let runtimes: Vec<RuntimeName> = match args.runtimes.as_slice() {
        [] => RuntimeName::compared().collect(),
        runtimes => runtimes.to_vec(),
    };
    let max_delays: Vec<Duration> = args.max_delay.iter().copied().map(Duration::from).collect();
    let mut comparison = Comparison::of_builtin(workloads)
        .built_in(runtimes)
        .floor()
        .n(args.n.clone())
        .max_delays(max_delays)
        .modes(args.modes.clone())
        .threads(args.threads.clone())
        .rounds(rounds)
        .busy(args.busy.get(), args.chunk)
        .fault(args.fault.clone());
    if let Some(reference) = args.reference {
        comparison = comparison.reference(reference.name());
    }
    if let Some(budget) = args.time_budget {
        comparison = comparison.time_budget(budget);
    }
    if let Some(seed) = args.seed {
        comparison = comparison.seed(seed);
    }
    if let Some(label) = &args.label {
        comparison = comparison.label(label);
    }
    if let Some(limit) = args.limit {
        comparison = comparison.limit(limit);
    }
    Ok(comparison)
}
