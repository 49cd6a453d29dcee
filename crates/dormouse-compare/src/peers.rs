//! The peers, which is what people write by hand, as rows of a comparison.

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use dormouse_peers::{Peer, Scripts, Way};
use serde::Deserialize;

use crate::engine::Mode;
use crate::error::Error;
use crate::figures::{Figures, Lateness};
use crate::machine::Usage;
use crate::measure::{by_hand, set_usage, times};
use crate::recorder;
use crate::runner::{Place, RunBy, Runner};
use crate::runtime::RuntimeName;
use crate::workload::{Builtin, Done, Setup};

/// Every peer, with its script unpacked into a folder; and a line for each peer that is missing.
pub(crate) fn runners(folder: &Path) -> Result<(Vec<Runner<Builtin>>, Vec<String>), Error> {
    let mut runners: Vec<_> = in_rust().collect();
    let scripts = Scripts::unpack(folder).map_err(|error| {
        Error::run(format_args!(
            "cannot write to {}: {error}",
            folder.display()
        ))
    })?;
    for script in scripts.ready {
        // Only Go has several threads; the event loops of the others have one.
        let is_single = !script.name.starts_with("Go ");
        runners.push(Runner {
            name: script.name.into(),
            version: script.version.clone(),
            place: Place::Peer(mode(script.way)),
            threads: Box::new(threads(is_single)),
            built_in: None,
            run: RunBy::Script(script),
        });
    }
    let missing = scripts.missing.into_iter();
    let missing =
        missing.map(|missing| format!("{} is left out: {}", missing.name, missing.reason));
    Ok((runners, missing.collect()))
}

/// The peers in Rust.
pub(crate) fn in_rust() -> impl Iterator<Item = Runner<Builtin>> {
    Peer::ALL.into_iter().map(of_peer)
}

fn of_peer(peer: Peer) -> Runner<Builtin> {
    let version = RuntimeName::ALL
        .into_iter()
        .find(|name| name.name() == peer.runtime())
        .map_or("unknown", RuntimeName::version);
    let run = move |workload: &Builtin, setup: &Setup| {
        let delays = Box::new(setup.delays());
        peer.run(setup.threads, delays, recorder::record_delay, |waits| {
            by_hand(workload, setup, false, waits)
        })
    };
    Runner {
        place: Place::Peer(mode(peer.way())),
        ..Runner::new(peer.name(), version, threads(peer.is_current_thread()), run)
    }
}

/// The number of threads that is asked for, as of tokio; or always one.
fn threads(is_single: bool) -> impl Fn(Option<NonZeroUsize>) -> usize {
    let like = if is_single {
        RuntimeName::TokioCurrentThread
    } else {
        RuntimeName::Tokio
    };
    move |asked| like.threads(asked).get()
}

/// The figures that a script prints.
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
    pub(crate) fn figures(self, due: usize, operation: &str) -> Result<Figures, String> {
        if self.n != due {
            return Err(format!("did {} of {due}: not all waits were done", self.n));
        }
        let time = |seconds: f64| {
            Duration::try_from_secs_f64(seconds).map_err(|error| format!("{seconds} s: {error}"))
        };
        let done = Done::new(due as u64)
            .at_least(time(self.longest_s)?)
            .figure("delays_sum_s", self.sum_s)
            .figure("out_of_order", self.out_of_order as f64);
        let mut figures = times(&done, operation, time(self.total_s)?);
        let usage = Usage {
            cpu_user_s: self.cpu_user_s,
            cpu_system_s: self.cpu_system_s,
            ..Usage::default()
        };
        set_usage(&mut figures, usage, operation, done.operations);
        figures.set("base_rss_bytes", self.base_rss_bytes as f64);
        figures.set("peak_rss_bytes", self.peak_rss_bytes as f64);
        let lateness = Lateness {
            early: self.early,
            overflow: 0,
            histogram_ns: self.lateness_ns,
        };
        figures.set_lateness("late", lateness);
        Ok(figures)
    }
}

fn mode(way: Way) -> Mode {
    match way {
        Way::Join => Mode::Join,
        Way::Spawn => Mode::Spawn,
        Way::Coalesced => Mode::Coalesced,
    }
}
