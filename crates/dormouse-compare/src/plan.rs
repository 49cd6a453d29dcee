//! The plan of a comparison: its rows and its settings.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::comparison::Comparison;
use crate::engine::{Engine, Kind};
use crate::error::Error;
use crate::machine;
use crate::mode::Mode;
use crate::runner::{Place, Runner};
use crate::seed::Seed;
use crate::units;
use crate::workload::{About, Setup, Workload};

/// The rows and the settings of a comparison.
pub(crate) struct Plan {
    pub(crate) rows: Vec<PlannedRow>,
    pub(crate) settings: Settings,
    pub(crate) workloads: Vec<About>,
    /// What was asked for and is left out, a line each.
    pub(crate) missing: Vec<String>,
}

/// An engine with a workload and its parameters; it runs once a round.
pub(crate) struct PlannedRow {
    pub(crate) engine: Engine,
    /// The index of its runner, and of its workload below.
    pub(crate) runner: usize,
    pub(crate) workload: usize,
    pub(crate) setup: Setup,
}

/// The settings of a session, as asked for.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Settings {
    pub(crate) workloads: Vec<String>,
    pub(crate) n: Vec<usize>,
    pub(crate) max_delay_s: Vec<f64>,
    /// The name of the runtime that the others are compared with.
    pub(crate) reference: String,
    pub(crate) seed: Seed,
    /// The rule by which the session ends.
    pub(crate) stop: StopRule,
    /// For the workload load: busy tasks per thread, and in `chunk_s` how long each computes at once.
    pub(crate) busy_per_thread: usize,
    pub(crate) chunk_s: f64,
}

/// The rule by which a session ends, set before it begins.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum StopRule {
    /// After this number of rounds.
    Rounds(usize),
    /// Before the round that would end later than this number of seconds after the start.
    TimeBudgetS(f64),
}

impl Plan {
    pub(crate) fn new<W: Workload>(comparison: &Comparison<W>) -> Result<Self, Error> {
        let asked = &comparison.options;
        if asked.n.contains(&0) {
            return Err(Error::usage(
                "n = 0 leaves nothing to compare: give 1 or more",
            ));
        }
        let first = comparison
            .runners
            .first()
            .ok_or_else(|| Error::usage("no runtime is compared: name one that is built in"))?;
        for runner in &comparison.runners {
            let (threads, most) = (most_asked(comparison, runner), machine::most_threads());
            if threads > most {
                return Err(Error::usage(format_args!(
                    "{threads} threads are more than this machine has room for: ask for {most} or fewer"
                )));
            }
        }
        let mut plan = Self {
            rows: Vec::new(),
            settings: Settings {
                workloads: Vec::new(),
                n: once(&asked.n),
                max_delay_s: once(&asked.max_delays)
                    .iter()
                    .map(Duration::as_secs_f64)
                    .collect(),
                reference: String::new(),
                seed: Seed(asked.seed.unwrap_or_else(rand::random)),
                stop: asked.stop,
                busy_per_thread: asked.busy,
                chunk_s: asked.chunk.as_secs_f64(),
            },
            workloads: comparison.workloads.iter().map(Workload::about).collect(),
            missing: comparison.missing.clone(),
        };
        plan.settings.workloads = plan
            .workloads
            .iter()
            .map(|about| about.name.clone())
            .collect();
        for (number, about) in plan.workloads.clone().iter().enumerate() {
            plan.add(comparison, number, about)?;
        }
        let reference = asked.reference.as_deref().unwrap_or(&first.name);
        let is_it = |row: &PlannedRow| {
            row.engine.runtime == reference || comparison.runners[row.runner].name == reference
        };
        let runtime = plan.rows.iter().find(|row| is_it(row));
        plan.settings.reference = match runtime {
            Some(row) => row.engine.runtime.clone(),
            None if asked.reference.is_some() => {
                return Err(Error::usage(format_args!(
                    "`--reference {reference}` is not compared: name it in `--runtimes` too"
                )));
            }
            None => String::new(),
        };
        plan.add_controls();
        plan.check_names()?;
        Ok(plan)
    }

    /// Adds the rows of a workload that the machine can carry.
    fn add<W: Workload>(
        &mut self,
        comparison: &Comparison<W>,
        number: usize,
        about: &About,
    ) -> Result<(), Error> {
        let asked = &comparison.options;
        let mut modes = modes(about, &asked.modes, comparison.modes_of(number))?;
        // The floor has no mode; its rows come after those of all modes.
        let has_floor = about.name == "sleep" && !comparison.is_virtual();
        if has_floor
            && comparison
                .runners
                .iter()
                .any(|runner| runner.place == Place::Floor)
        {
            modes.push(None);
        }
        let runs_local = comparison.workloads[number].runs_local();
        let mut heaviest = None;
        let before = self.rows.len();
        for max_delay in once(&asked.max_delays) {
            for n in once(&asked.n) {
                for mode in &modes {
                    for (place, runner) in comparison.runners.iter().enumerate() {
                        if !stands(runner, about, *mode, runs_local) {
                            continue;
                        }
                        for threads in &comparison.threads_of(runner) {
                            let mut setup = Setup::new(n);
                            setup.max_delay = max_delay;
                            setup.mode = *mode;
                            setup.threads = *threads;
                            setup.busy = asked.busy;
                            setup.chunk = asked.chunk;
                            setup.is_virtual = runner.is_virtual;
                            let engine = engine(runner, &setup, asked.threads.len() > 1);
                            if let Some(reason) = too_much(runner, about, &setup) {
                                let line =
                                    format!("{}, n = {n}, is left out: {reason}", engine.name);
                                heaviest = heaviest.or(Some((n, reason)));
                                self.missing.push(line);
                                continue;
                            }
                            self.rows.push(PlannedRow {
                                engine,
                                runner: place,
                                workload: number,
                                setup,
                            });
                        }
                    }
                }
            }
        }
        match heaviest {
            Some((n, reason)) if self.rows.len() == before => {
                Err(Error::usage(format_args!("{n} {}: {reason}", about.things)))
            }
            _ => Ok(()),
        }
    }

    /// Adds the reference a second time, in its first group for each workload, n and longest delay.
    fn add_controls(&mut self) {
        let mut place = 0;
        let mut done = Vec::new();
        while place < self.rows.len() {
            let row = &self.rows[place];
            let key = (row.workload, row.setup.n, row.setup.max_delay);
            let is_it =
                row.engine.kind == Kind::Runtime && row.engine.runtime == self.settings.reference;
            if is_it && !done.contains(&key) {
                done.push(key);
                let control = PlannedRow {
                    engine: row.engine.control(),
                    setup: row.setup.clone(),
                    ..*row
                };
                self.rows.insert(place + 1, control);
            }
            place += 1;
        }
    }

    /// Refuses two rows of one name, which could not be told apart.
    fn check_names(&self) -> Result<(), Error> {
        for (place, row) in self.rows.iter().enumerate() {
            let same = self.rows[..place].iter().any(|other| {
                (&other.engine.name, other.workload, &other.setup)
                    == (&row.engine.name, row.workload, &row.setup)
            });
            if same {
                return Err(Error::usage(format_args!(
                    "two rows are called {}: give each a name of its own",
                    row.engine.name
                )));
            }
        }
        Ok(())
    }
}

/// The modes in which a workload is compared; none in the list is a workload without modes.
fn modes(
    about: &About,
    asked: &[Mode],
    usual: Option<Vec<Mode>>,
) -> Result<Vec<Option<Mode>>, Error> {
    if about.modes.is_empty() {
        return Ok(vec![None]);
    }
    let usual = usual.unwrap_or_else(|| about.modes.clone());
    let modes = if asked.is_empty() { &usual } else { asked };
    let modes = once(modes)
        .into_iter()
        .filter(|mode| about.modes.contains(mode));
    let modes: Vec<_> = modes.map(Some).collect();
    if modes.is_empty() {
        let names: Vec<_> = about.modes.iter().map(|mode| mode.name()).collect();
        return Err(Error::usage(format_args!(
            "the workload {} has none of these modes: name one of {}",
            about.name,
            names.join(", ")
        )));
    }
    Ok(modes)
}

/// Whether a runner has a row in this mode of this workload.
fn stands<W>(runner: &Runner<W>, about: &About, mode: Option<Mode>, runs_local: bool) -> bool {
    let is_sleep = about.name == "sleep";
    match runner.place {
        Place::Everywhere if is_sleep => match mode {
            Some(Mode::Spawn) => runner.spawns,
            mode => mode.is_some(),
        },
        Place::Everywhere => runner.spawns || runs_local,
        Place::Peer(way) => is_sleep && mode == Some(way),
        Place::Floor => is_sleep && mode.is_none(),
    }
}

fn engine<W>(runner: &Runner<W>, setup: &Setup, scanned: bool) -> Engine {
    if runner.place == Place::Floor {
        return Engine::floor();
    }
    let has_threads = (runner.threads)(std::num::NonZeroUsize::new(usize::MAX)) > 1;
    let runs_on = if scanned && has_threads {
        format!("{} x{}", runner.name, setup.threads)
    } else {
        runner.name.clone()
    };
    match runner.place {
        Place::Peer(_) => Engine {
            name: runner.name.clone(),
            kind: Kind::Peer,
            runtime: runner.name.split(' ').next().unwrap_or_default().into(),
            mode: setup.mode,
            threads: setup.threads,
            version: runner.version.clone(),
        },
        _ => Engine {
            name: match setup.mode {
                Some(mode) => format!("{runs_on}/{mode}"),
                None => runs_on.clone(),
            },
            kind: Kind::Runtime,
            runtime: runs_on,
            mode: setup.mode,
            threads: setup.threads,
            version: runner.version.clone(),
        },
    }
}

/// Why the machine can't carry this row, if it can't.
fn too_much<W>(runner: &Runner<W>, about: &About, setup: &Setup) -> Option<String> {
    let is_tasks = setup.mode != Some(Mode::Join)
        && !(about.name == "sleep" && setup.mode == Some(Mode::Coalesced));
    let most = machine::most_threads();
    let busy = match about.name.as_str() {
        "load" => setup.busy.saturating_mul(setup.threads.max(1)),
        _ => 0,
    };
    let tasks = match about.name.as_str() {
        "ping-pong" => setup.n.saturating_mul(2),
        _ => setup.n.saturating_add(busy),
    };
    if runner.is_threads && is_tasks && tasks > most {
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

fn most_asked<W>(comparison: &Comparison<W>, runner: &Runner<W>) -> usize {
    comparison.threads_of(runner).into_iter().max().unwrap_or(1)
}

/// The values without repetitions, in their order.
pub(crate) fn once<T: Copy + PartialEq>(values: &[T]) -> Vec<T> {
    let mut seen = Vec::new();
    for value in values {
        if !seen.contains(value) {
            seen.push(*value);
        }
    }
    seen
}

/// The name of an engine, with its n and longest delay.
pub(crate) fn title(engine: &str, about: Option<&About>, n: usize, max_delay_s: f64) -> String {
    let things = about.map_or("waits", |about| about.things.as_str());
    format!(
        "{engine}, {n} {things} of up to {}",
        units::seconds(max_delay_s)
    )
}
