//! The comparison that a command line asks for.

use std::num::NonZeroUsize;
use std::time::Duration;

use dormouse_compare::{Baseline, Builtin, Comparison, RuntimeName, Setup};

use crate::args::{Compare, Workloads};
use crate::failure::Failure;
use crate::wording::by_option;

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
    let workloads = workloads(args);
    check_used(args, &workloads, &runtimes)?;
    let busy = args.busy.map_or(Setup::DEFAULT_BUSY, NonZeroUsize::get);
    let chunk = args.chunk.unwrap_or(Setup::DEFAULT_CHUNK);
    let mut comparison = Comparison::of_builtin(workloads)
        .built_in(runtimes)
        .floor()
        .n(args.n.clone())
        .modes(args.modes.clone())
        .threads(args.threads.clone())
        .rounds(rounds)
        .busy(busy, chunk)
        .fault(args.fault.clone())
        .wording(by_option);
    if !args.max_delay.is_empty() {
        let max_delays = args.max_delay.iter().copied().map(Duration::from);
        comparison = comparison.max_delays(max_delays.collect::<Vec<_>>());
    }
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

/// Refuses an option that nothing in this comparison uses.
fn check_used(
    args: &Compare,
    workloads: &[Builtin],
    runtimes: &[RuntimeName],
) -> Result<(), Failure> {
    let has_busy_tasks = workloads.iter().any(|workload| workload.has_busy_tasks());
    let busy = args.busy.map(|busy| format!("`--busy {busy}`"));
    let chunk = args.chunk;
    let chunk = chunk.map(|chunk| format!("`--chunk {}`", chunk.as_secs_f64()));
    let peers = args.peers.then(|| "`--peers`".to_owned());
    let delays = args.max_delay.iter().map(|delay| delay.as_secs_f64());
    let delays = option("--max-delay", delays);
    let threads = option("--threads", args.threads.iter());
    let sets_threads = args.peers || runtimes.iter().any(|runtime| runtime.has_threads());
    for (option, is_used, remedy) in [
        (busy, has_busy_tasks, "add load to `--workload`"),
        (chunk, has_busy_tasks, "add load to `--workload`"),
        (
            peers,
            workloads.contains(&Builtin::Sleep),
            "add sleep to `--workload`",
        ),
        (
            delays,
            workloads.iter().any(|workload| workload.uses_delays()),
            "add a workload that waits, such as sleep",
        ),
        (
            threads,
            sets_threads,
            "add a runtime whose threads can be set, such as tokio",
        ),
    ] {
        if let Some(option) = option.filter(|_| !is_used) {
            return Err(Failure::usage(format_args!(
                "nothing that is compared uses {option}: omit it, or {remedy}"
            )));
        }
    }
    Ok(())
}

/// An option with its values, as it was given; none without values.
fn option(name: &str, values: impl Iterator<Item = impl ToString>) -> Option<String> {
    let values: Vec<String> = values.map(|value| value.to_string()).collect();
    (!values.is_empty()).then(|| format!("`{name} {}`", values.join(",")))
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
