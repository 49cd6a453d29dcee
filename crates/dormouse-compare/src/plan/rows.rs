//! Which rows a workload has, their names, and the room that they need.

use std::num::NonZeroUsize;

use crate::comparison::once;
use crate::engine::{Engine, Kind, Mode};
use crate::machine;
use crate::runner::{Place, Runner};
use crate::runtime::RuntimeName;
use crate::shortage::{Shortage, bytes_per_wait};
use crate::wording::{Input, Wording};
use crate::workload::{About, Setup};

/// The modes in which a workload is compared; none in the list is a workload without modes.
pub(super) fn modes(about: &About, asked: &[Mode], usual: &[Mode]) -> Vec<Option<Mode>> {
    if about.modes.is_empty() {
        return vec![None];
    }
    let modes = if asked.is_empty() { usual } else { asked };
    let modes = once(modes).into_iter();
    let modes = modes.filter(|mode| about.modes.contains(mode));
    modes.map(Some).collect()
}

/// Whether a runner has a row in this mode of this workload.
pub(super) fn has_row<W>(
    runner: &Runner<W>,
    about: &About,
    mode: Option<Mode>,
    runs_local: bool,
) -> bool {
    let is_sleep = about.name == "sleep";
    match runner.place {
        Place::Everywhere if is_sleep => match mode {
            Some(Mode::Spawn) => runner.spawns(),
            mode => mode.is_some(),
        },
        Place::Everywhere => runner.spawns() || runs_local,
        Place::Peer(way) => is_sleep && mode == Some(way),
        Place::Floor => is_sleep && mode.is_none(),
    }
}

/// The engine of a row; its name has the number of threads if several are compared.
pub(super) fn engine<W>(runner: &Runner<W>, setup: &Setup, scanned: bool) -> Engine {
    let [least, most] = [1, usize::MAX].map(|asked| (runner.threads)(NonZeroUsize::new(asked)));
    let runs_on = if scanned && least != most {
        format!("{} x{}", runner.name, setup.threads)
    } else {
        runner.name.clone()
    };
    let (kind, name, runtime) = match (runner.place, setup.mode) {
        (Place::Peer(_), _) => {
            let language = runner.name.split(' ').next();
            (Kind::Peer, runs_on, language.unwrap_or_default().into())
        }
        (Place::Floor, _) => (Kind::Floor, runs_on, "one thread".into()),
        (_, Some(mode)) => (Kind::Runtime, format!("{runs_on}/{mode}"), runs_on),
        (_, None) => (Kind::Runtime, runs_on.clone(), runs_on),
    };
    Engine {
        name,
        kind,
        runtime,
        mode: setup.mode,
        threads: setup.threads,
        version: runner.version.clone(),
    }
}

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
