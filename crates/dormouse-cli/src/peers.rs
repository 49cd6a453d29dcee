//! What people write by hand, as engines of the comparison.

use std::num::NonZeroUsize;
use std::path::Path;
use std::thread;

use dormouse_peers::{Peer, Scripts, Way};
use serde::Deserialize;

use crate::args::{Mode, Subject};
use crate::engine::{Asked, Engine, Kind, Source};
use crate::failure::Failure;
use crate::figures::{Figures, Lateness};
use crate::machine::Usage;
use crate::plan::Cell;
use crate::runtime::RuntimeName;

/// Every peer of these modes, the scripts unpacked into a folder; and a line for each one that is
/// missing.
pub(crate) fn engines(
    modes: &[Mode],
    threads: Option<NonZeroUsize>,
    folder: &Path,
) -> Result<(Vec<Asked>, Vec<String>), Failure> {
    let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let threads = threads.map_or_else(cores, NonZeroUsize::get);
    let mut engines: Vec<_> = Peer::ALL
        .into_iter()
        .map(|peer| {
            let engine = Engine {
                name: peer.name().into(),
                kind: Kind::Peer,
                runtime: peer.runtime().into(),
                mode: Some(mode(peer.way())),
                threads: if peer.is_current_thread() { 1 } else { threads },
                version: version(peer.runtime()),
            };
            (engine, Source::Worker(Subject::Peer(peer)))
        })
        .collect();
    let scripts = Scripts::unpack(folder).map_err(|error| {
        Failure::run(format_args!(
            "cannot write to {}: {error}",
            folder.display()
        ))
    })?;
    for script in scripts.ready {
        let language = script.name.split(' ').next().unwrap_or(script.name);
        let engine = Engine {
            name: script.name.into(),
            kind: Kind::Peer,
            runtime: language.into(),
            mode: Some(mode(script.way)),
            // Go alone takes threads; the loops of the others have one.
            threads: if language == "Go" { threads } else { 1 },
            version: script.version.clone(),
        };
        engines.push((engine, Source::Script(script)));
    }
    engines.retain(|(engine, _)| engine.mode.is_some_and(|mode| modes.contains(&mode)));
    let missing = scripts.missing.into_iter();
    let missing =
        missing.map(|missing| format!("{} is left out: {}", missing.name, missing.reason));
    Ok((engines, missing.collect()))
}

/// What a script prints.
#[derive(Deserialize)]
pub(crate) struct Printed {
    n: usize,
    total_s: f64,
    longest_s: f64,
    sum_s: f64,
    cpu_user_s: f64,
    cpu_system_s: f64,
    base_rss_bytes: u64,
    peak_rss_bytes: u64,
    out_of_order: u64,
    early: u64,
    lateness_ns: Vec<(u64, u64)>,
}

impl Printed {
    pub(crate) fn figures(self, cell: &Cell) -> Result<Box<Figures>, String> {
        if self.n != cell.n {
            return Err(format!("returned {} delays of {}", self.n, cell.n));
        }
        let n = self.n as f64;
        let lateness = Lateness::new(self.lateness_ns, self.early, 0);
        Ok(Box::new(Figures {
            total_s: self.total_s,
            per_wait_s: self.total_s / n,
            overhead_s: self.total_s - self.longest_s,
            overhead_per_wait_s: (self.total_s - self.longest_s) / n,
            concurrency: self.sum_s / self.total_s,
            out_of_order: self.out_of_order,
            lateness: lateness.map_err(|_| "said what is no histogram".to_owned())?,
            usage: Some(Usage {
                cpu_user_s: self.cpu_user_s,
                cpu_system_s: self.cpu_system_s,
                ..Usage::default()
            }),
            cpu_per_wait_s: Some((self.cpu_user_s + self.cpu_system_s) / n),
            base_rss_bytes: Some(self.base_rss_bytes),
            peak_rss_bytes: Some(self.peak_rss_bytes),
            ..Figures::default()
        }))
    }
}

fn mode(way: Way) -> Mode {
    match way {
        Way::Join => Mode::Join,
        Way::Spawn => Mode::Spawn,
        Way::Coalesced => Mode::Coalesced,
    }
}

fn version(runtime: &str) -> String {
    let name = RuntimeName::ALL
        .into_iter()
        .find(|name| name.name() == runtime);
    name.map_or("unknown", RuntimeName::version).into()
}
