//! The checks of what is asked for, before any row is planned.

use std::time::Duration;

use crate::comparison::Comparison;
use crate::engine::Mode;
use crate::error::Error;
use crate::report::StopRule;
use crate::shortage::too_many_threads;
use crate::units::counted;
use crate::wording::Input;
use crate::workload::About;

/// Checks that there is something to compare, and time to do it.
pub(super) fn check_amounts<W>(asked: &Comparison<W>) -> Result<(), Error> {
    if asked.n.contains(&0) {
        return Err(Error::usage(
            "n = 0 leaves nothing to compare: give 1 or more",
        ));
    }
    for (what, is_missing) in [
        ("n", asked.n.is_empty()),
        ("longest delay", asked.max_delays.is_empty()),
        ("workload", asked.workloads.is_empty()),
        ("round", asked.stop_rule == StopRule::Rounds(0)),
    ] {
        if is_missing {
            return Err(Error::usage(format_args!(
                "there is no {what}: give one or more"
            )));
        }
    }
    if asked.limit == Some(Duration::ZERO) || asked.stop_rule == StopRule::TimeBudgetS(0.0) {
        return Err(Error::usage(
            "there is no time to run anything: give more than zero",
        ));
    }
    if asked.runners.is_empty() {
        return Err(Error::usage(
            "no runtime is compared: name one that is built in",
        ));
    }
    Ok(())
}

/// Checks that the machine has room for the threads of each runtime.
pub(super) fn check_threads<W>(asked: &Comparison<W>) -> Result<(), Error> {
    let runners = asked.runners.iter();
    let most = runners.flat_map(|runner| asked.threads_of(runner)).max();
    let most = most.unwrap_or(0);
    match too_many_threads(most, counted(most, "thread")) {
        Some(line) => Err(Error::usage(line)),
        None => Ok(()),
    }
}

/// Refuses a limit within which a run that waits for the longest delay can't end.
pub(super) fn check_limit<W>(asked: &Comparison<W>, workloads: &[About]) -> Result<(), Error> {
    let longest = asked.max_delays.iter().max();
    match asked.limit.zip(longest) {
        Some((limit, longest)) if limit < *longest && workloads.iter().any(About::uses_delays) => {
            Err(Error::usage(format_args!(
                "the limit of a run, {} s, is less than the longest delay of {} s: raise the limit \
                 ({}) or lower the delay",
                limit.as_secs_f64(),
                longest.as_secs_f64(),
                (asked.wording)(&Input::Limit)
            )))
        }
        _ => Ok(()),
    }
}

/// Checks that each workload has one of the modes that were asked for, and each of these some workload.
pub(super) fn check_modes<W>(comparison: &Comparison<W>, workloads: &[About]) -> Result<(), Error> {
    let asked = &comparison.modes;
    if asked.is_empty() {
        return Ok(());
    }
    let names = |modes: &[Mode]| {
        let names: Vec<_> = modes.iter().map(|mode| mode.name()).collect();
        names.join(", ")
    };
    let has_none = |about: &&About| !about.modes.iter().any(|mode| asked.contains(mode));
    if let Some(about) = workloads.iter().find(has_none) {
        let name = &about.name;
        return Err(Error::usage(if about.modes.is_empty() {
            let modes = (comparison.wording)(&Input::Modes);
            format!("the workload {name} has no modes: compare it without {modes}")
        } else {
            let has = names(&about.modes);
            format!("the workload {name} has none of these modes: name one of {has}")
        }));
    }
    let is_of = |mode: Mode| workloads.iter().any(|about| about.modes.contains(&mode));
    match asked.iter().find(|mode| !is_of(**mode)) {
        Some(mode) => {
            let all: Vec<Mode> = Mode::ALL.into_iter().filter(|mode| is_of(*mode)).collect();
            Err(Error::usage(format_args!(
                "no workload that is compared has the mode {mode}: name modes of {}",
                names(&all)
            )))
        }
        None => Ok(()),
    }
}
