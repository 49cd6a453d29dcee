//! The room that a row needs: threads and memory.

use crate::machine;
use crate::mode::Mode;
use crate::runner::Runner;
use crate::runtime::RuntimeName;
use crate::units;
use crate::workload::{About, Setup};

/// Why the machine can't carry this row, if it can't.
pub(super) fn too_much<W>(runner: &Runner<W>, about: &About, setup: &Setup) -> Option<String> {
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
    // A little more than the most that any runtime was measured to take.
    let bytes_per_wait = match setup.mode {
        Some(Mode::Join) => 200,
        Some(Mode::Coalesced) if about.name == "sleep" => 16,
        _ => 480,
    };
    let needed = (setup.n as u128 + busy as u128) * bytes_per_wait;
    let free = machine::available_bytes()?;
    if busy > setup.n && needed > u128::from(free) {
        return Some(format!(
            "with {busy} busy tasks they need some {} of memory, and {} are free: lower `--busy`",
            units::bytes(needed as f64),
            units::bytes(free as f64)
        ));
    }
    (needed > u128::from(free)).then(|| {
        format!(
            "they need some {} of memory, and {} are free: ask for {} or fewer",
            units::bytes(needed as f64),
            units::bytes(free as f64),
            u128::from(free) / bytes_per_wait,
        )
    })
}
