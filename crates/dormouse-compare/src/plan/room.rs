//! The room that a row needs: threads and memory.

use crate::machine;
use crate::mode::Mode;
use crate::runner::Runner;
use crate::runtime::RuntimeName;
use crate::shortage::{Shortage, bytes_per_wait};
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
    let tasks_of_one = if about.name == "ping-pong" { 2 } else { 1 };
    let tasks = setup.n.saturating_mul(tasks_of_one).saturating_add(busy);
    if runner.built_in == Some(RuntimeName::Threads) && is_tasks && tasks > most {
        let fewer = most.saturating_sub(busy) / tasks_of_one;
        return Some(format!(
            "{tasks} threads are more than this machine has room for ({most}): ask for {fewer} or fewer"
        ));
    }
    let bytes = bytes_per_n(about, setup.mode.filter(|_| !is_tasks));
    let shortage = Shortage::of_bytes(setup.n.saturating_add(busy), bytes)?;
    Some(if busy > setup.n {
        format!(
            "with {busy} busy tasks they need {shortage}: lower {}",
            wording(&Input::Busy)
        )
    } else {
        format!("they need {shortage}: ask for {} or fewer", shortage.most)
    })
}

/// The bytes that each of n takes, a little more than the most that any runtime was measured to take at
/// n = 1,000,000. `waits` is the mode of waits without a task each.
fn bytes_per_n(about: &About, waits: Option<Mode>) -> u128 {
    match (about.name.as_str(), waits) {
        ("ping-pong", _) => 2000,
        ("timeout", _) => 900,
        ("interval", _) => 800,
        (_, waits) => bytes_per_wait(waits.unwrap_or(Mode::Spawn)),
    }
}
