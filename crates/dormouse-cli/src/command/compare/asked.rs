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
    let runtimes: Vec<RuntimeName> = match args.runtimes.as_slice() {
        [] => RuntimeName::compared().collect(),
        runtimes => runtimes.to_vec(),
    };
    let max_delays: Vec<Duration> = args.max_delay.iter().copied().map(Duration::from).collect();
    let mut comparison = Comparison::of_builtin(workloads(args))
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

/// The line that tells which workloads are left out, if some are.
pub(super) fn left_out(args: &Compare) -> Option<String> {
    let used = workloads(args);
    let spare = all_or_usual(args).iter();
    let spare = spare.filter(|workload| !used.contains(workload));
    let spare: Vec<&str> = spare.map(|workload| workload.name()).collect();
    let modes: Vec<&str> = args.modes.iter().map(|mode| mode.name()).collect();
    let modes = modes.join(" or ");
    match spare.as_slice() {
        [] => None,
        [one] => Some(format!(
            "the workload {one} is left out, as it has no mode {modes}"
        )),
        [some @ .., last] => Some(format!(
            "the workloads {} and {last} are left out, as they have no mode {modes}",
            some.join(", ")
        )),
    }
}

/// The workloads to compare: those that were named, and of the others those that have a mode.
fn workloads(args: &Compare) -> Vec<Builtin> {
    let has_one = |workload: &&Builtin| args.modes.iter().any(|mode| workload.has(*mode));
    let mut unnamed: Vec<Builtin> = all_or_usual(args).iter().filter(has_one).copied().collect();
    if unnamed.is_empty() {
        unnamed = all_or_usual(args).to_vec();
    }
    if args.workload.is_empty() {
        unnamed
    } else {
        let asked = args.workload.iter().flat_map(|workload| match workload {
            Workloads::All => unnamed.clone(),
            Workloads::One(workload) => vec![*workload],
        });
        asked.collect()
    }
}

/// The workloads that are meant although they were not named.
fn all_or_usual(args: &Compare) -> &'static [Builtin] {
    match args.workload.as_slice() {
        [] => &[Builtin::Sleep, Builtin::Load],
        some if some.contains(&Workloads::All) => &Builtin::ALL,
        _ => &[],
    }
}
