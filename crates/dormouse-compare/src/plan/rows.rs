//! Which rows a workload has, and their names.

use std::num::NonZeroUsize;

use crate::engine::{Engine, Kind};
use crate::mode::Mode;
use crate::request::once;
use crate::runner::{Place, Runner};
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
    if runner.place == Place::Floor {
        return Engine::floor();
    }
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
