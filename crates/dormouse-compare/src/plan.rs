//! The plan of a comparison: its rows and its settings.

use std::any::TypeId;
use std::time::Duration;

use crate::engine::{Engine, Kind};
use crate::environment::Environment;
use crate::error::Error;
use crate::machine;
use crate::plan::names::{check_engines, check_rows, check_workloads};
use crate::plan::room::too_much;
use crate::plan::rows::{engine, has_row, modes};
use crate::report::{Row, Session, Settings, StopRule};
use crate::request::{Request, once};
use crate::runner::{Place, Runner};
use crate::seed::Seed;
use crate::workload::{About, Builtin, Setup, Workload};

mod names;
mod room;
mod rows;

/// The rows and the settings of a comparison.
pub(crate) struct Plan {
    /// The name of the machine, if one was given.
    label: Option<String>,
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

impl Plan {
    pub(crate) fn new<W: Workload + 'static>(request: &Request<W>) -> Result<Self, Error> {
        let asked = &request.options;
        if asked.n.contains(&0) {
            return Err(Error::usage(
                "n = 0 leaves nothing to compare: give 1 or more",
            ));
        }
        for (what, is_missing) in [
            ("n", asked.n.is_empty()),
            ("longest delay", asked.max_delays.is_empty()),
            ("workload", request.workloads.is_empty()),
            ("round", asked.stop == StopRule::Rounds(0)),
        ] {
            if is_missing {
                return Err(Error::usage(format_args!(
                    "there is no {what}: give one or more"
                )));
            }
        }
        if asked.limit == Some(Duration::ZERO) || asked.stop == StopRule::TimeBudgetS(0.0) {
            return Err(Error::usage(
                "there is no time to run anything: give more than zero",
            ));
        }
        let first = request
            .runners
            .first()
            .ok_or_else(|| Error::usage("no runtime is compared: name one that is built in"))?;
        check_rows(&request.runners)?;
        for runner in &request.runners {
            let (threads, most) = (most_asked(request, runner), machine::most_threads());
            if threads > most {
                return Err(Error::usage(format_args!(
                    "{threads} threads are more than this machine has room for: ask for {most} or fewer"
                )));
            }
        }
        let mut plan = Self {
            label: asked.label.clone(),
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
            workloads: request.workloads.iter().map(Workload::about).collect(),
            missing: request.missing.clone(),
        };
        check_workloads(
            &plan.workloads,
            TypeId::of::<W>() == TypeId::of::<Builtin>(),
        )?;
        plan.settings.workloads = plan
            .workloads
            .iter()
            .map(|about| about.name.clone())
            .collect();
        for (number, about) in plan.workloads.clone().iter().enumerate() {
            plan.add(request, number, about)?;
        }
        let reference = asked.reference.as_deref().unwrap_or(&first.name);
        let is_it = |row: &PlannedRow| {
            row.engine.runtime == reference || request.runners[row.runner].name == reference
        };
        let runtime = plan.rows.iter().find(|row| is_it(row));
        plan.settings.reference = match runtime {
            Some(row) => row.engine.runtime.clone(),
            None if asked.reference.is_some() => {
                return Err(Error::usage(format_args!(
                    "the reference {reference} is not compared: name it among the runtimes (`--runtimes`) too"
                )));
            }
            None => String::new(),
        };
        plan.add_controls();
        check_engines(&plan.rows)?;
        Ok(plan)
    }

    /// The session as it is before its first run.
    pub(crate) fn session(&self) -> Session {
        let environment = Environment::before();
        let label = self.label.clone();
        let rows = self.rows.iter().map(|row| {
            let workload = self.workloads[row.workload].name.clone();
            let max_delay_s = row.setup.max_delay.as_secs_f64();
            Row::new(row.engine.clone(), workload, row.setup.n, max_delay_s)
        });
        Session {
            label: label.unwrap_or_else(|| environment.line()),
            settings: self.settings.clone(),
            environment,
            warnings: self.missing.clone(),
            rounds: 0,
            round_seeds: Vec::new(),
            coordinator_share: 0.0,
            workloads: self.workloads.clone(),
            engines: rows.collect(),
            memory: Vec::new(),
            summary: Vec::new(),
        }
    }

    /// Adds the rows of a workload that the machine can carry.
    fn add<W: Workload>(
        &mut self,
        request: &Request<W>,
        number: usize,
        about: &About,
    ) -> Result<(), Error> {
        let asked = &request.options;
        let mut modes = modes(about, &asked.modes, request.usual_modes[number].clone())?;
        // The floor has no mode; its rows come after those of all modes.
        let has_floor = about.name == "sleep" && !request.is_virtual();
        if has_floor
            && request
                .runners
                .iter()
                .any(|runner| runner.place == Place::Floor)
        {
            modes.push(None);
        }
        let runs_local = request.workloads[number].runs_local();
        let mut heaviest = None;
        let before = self.rows.len();
        for max_delay in once(&asked.max_delays) {
            for n in once(&asked.n) {
                for mode in &modes {
                    for (place, runner) in request.runners.iter().enumerate() {
                        if !has_row(runner, about, *mode, runs_local) {
                            continue;
                        }
                        for threads in &request.threads_of(runner) {
                            let mut setup = Setup::new(n);
                            setup.max_delay = max_delay;
                            setup.mode = *mode;
                            setup.threads = *threads;
                            setup.busy = asked.busy;
                            setup.chunk = asked.chunk;
                            setup.is_virtual = runner.is_virtual();
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
}

fn most_asked<W>(request: &Request<W>, runner: &Runner<W>) -> usize {
    request.threads_of(runner).into_iter().max().unwrap_or(1)
}
