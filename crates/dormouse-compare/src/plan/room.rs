//! The room that a row needs: threads and memory.

use crate::machine;
use crate::mode::Mode;
use crate::runner::Runner;
use crate::runtime::RuntimeName;
use crate::shortage::Shortage;
use crate::wording::{Input, Wording};
use crate::workload::{About, Setup};

/// Why the machine can't carry this row, if it can't.
pub(super) fn too_much<W>(
    runner: &Runner<W>,
    about: &About,
    setup: &Setup,
    wording: Wording,
) -> Option<String> {
    let is_tasks = setup.mode != Some(Mode::Join)
        && !(about.name == "sleep" && setup.mode == Some(Mode::Coalesced));
    let most = machine::most_threads();
    let busy = match about.name.as_str() {
        "load" => setup.busy.saturating_mul(setup.threads),
        _ => 0,
    };
    let tasks = match about.name.as_str() {
        "ping-pong" => setup.n.saturating_mul(2),
        _ => setup.n.saturating_add(busy),
    };
    if runner.built_in == Some(RuntimeName::Threads) && is_tasks && tasks > most {
        return Some(format!(
            "{tasks} threads are more than this machine has room for ({most}): ask for {most} or fewer"
        ));
    }
    let mode = match setup.mode {
        Some(mode) if !is_tasks => mode,
        _ => Mode::Spawn,
    };
    let shortage = Shortage::of_waits(setup.n.saturating_add(busy), mode)?;
    Some(if busy > setup.n {
        format!(
            "with {busy} busy tasks they need {shortage}: lower {}",
            wording(&Input::Busy)
        )
    } else {
        format!("they need {shortage}: ask for {} or fewer", shortage.most)
    })
}
