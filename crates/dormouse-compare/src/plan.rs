//! The plan of a comparison: its rows, and the session before its first run.

use std::any::TypeId;
use std::time::Duration;

use crate::engine::{Engine, Kind};
use crate::environment::Environment;
use crate::error::Error;
use crate::plan::checks::{check_amounts, check_limit, check_modes, check_threads};
use crate::plan::names::{check_engines, check_rows, check_workloads};
use crate::plan::room::too_much;
use crate::plan::rows::{engine, has_row, modes};
use crate::report::{Row, Session, Settings};
use crate::request::{Request, once};
use crate::runner::Place;
use crate::seed::Seed;
use crate::wording::Input;
use crate::workload::{About, Builtin, Setup, Workload};

mod checks;
mod names;
mod room;
mod rows;

/// The rows of a comparison, and its session as it is before the first run.
pub(crate) struct Plan {
    pub(crate) rows: Vec<PlannedRow>,
    /// Its warnings are what was asked for and is left out.
    pub(crate) session: Session,
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
        check_amounts(request)?;
        check_rows(&request.runners)?;
        check_threads(request)?;
        let mut plan = Self {
            rows: Vec::new(),
            session: session(request),
        };
        let workloads = plan.session.workloads.clone();
        let are_builtin = TypeId::of::<W>() == TypeId::of::<Builtin>();
        check_workloads(&workloads, are_builtin)?;
        check_limit(&request.options, &workloads)?;
        check_modes(&request.options, &workloads)?;
        for (number, about) in workloads.iter().enumerate() {
            plan.add(request, number, about)?;
        }
        plan.tell_without_rows(request)?;
        plan.session.settings.reference = plan.reference(request)?;
        plan.add_controls();
        check_engines(&plan.rows)?;
        let rows = plan.rows.iter().map(|row| {
            let workload = workloads[row.workload].name.clone();
            let max_delay_s = row.setup.max_delay.as_secs_f64();
            Row::new(row.engine.clone(), workload, row.setup.n, max_delay_s)
        });
        plan.session.engines = rows.collect();
        Ok(plan)
    }

    /// Adds the rows of a workload that the machine can carry.
    fn add<W: Workload>(
        &mut self,
        request: &Request<W>,
        number: usize,
        about: &About,
    ) -> Result<(), Error> {
        let asked = &request.options;
        let usual = (request.usual_modes)(&request.workloads[number]);
        let mut modes = modes(about, &asked.modes, &usual);
        // The floor has no mode; its rows come after those of all modes.
        let mut runners = request.runners.iter();
        let has_floor = runners.any(|runner| runner.place == Place::Floor);
        if has_floor && about.name == "sleep" && !request.is_virtual() {
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
                            let fault = asked.fault.as_ref();
                            let fault = fault.filter(|(name, _)| *name == engine.name);
                            setup.fault = fault.map(|(_, fault)| *fault);
                            // An equal engine must get equal work, also if its number is not told.
                            if setup.threads == 0 {
                                setup.threads = request.usual_threads();
                            }
                            if let Some(reason) =
                                too_much(runner, about, &setup, self.session.wording)
                            {
                                let line =
                                    format!("{}, n = {n}, is left out: {reason}", engine.name);
                                heaviest = heaviest.or(Some((n, reason)));
                                self.session.warnings.push(line);
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

    /// Tells which runtimes have no row, because their tasks stay on their thread.
    fn tell_without_rows<W>(&mut self, request: &Request<W>) -> Result<(), Error> {
        let has_row = |number: usize| self.rows.iter().any(|row| row.runner == number);
        let runners = request.runners.iter().enumerate();
        let without = runners.filter(|(number, runner)| {
            let name = runner.name.as_str();
            let is_told = self
                .session
                .warnings
                .iter()
                .any(|line| line.starts_with(name));
            runner.place == Place::Everywhere && !runner.spawns() && !has_row(*number) && !is_told
        });
        let lines = without.map(|(_, runner)| {
            format!(
                "{} is left out: its tasks stay on their thread, which neither the workloads nor the modes allow",
                runner.name
            )
        });
        let lines: Vec<String> = lines.collect();
        if !self.rows.iter().any(|row| row.engine.kind == Kind::Runtime)
            && let Some(line) = lines.first()
        {
            return Err(Error::usage(format_args!(
                "{line}: name another runtime, workload or mode"
            )));
        }
        self.session.warnings.extend(lines);
        Ok(())
    }

    /// The name of the runtime that the others are compared with; none if nothing is compared.
    fn reference<W>(&self, request: &Request<W>) -> Result<String, Error> {
        let asked = request.options.reference.as_deref();
        let first = request.runners.first().map(|runner| runner.name.as_str());
        let reference = asked.or(first).unwrap_or_default();
        let is_it = |row: &&PlannedRow| {
            row.engine.runtime == reference || request.runners[row.runner].name == reference
        };
        match self.rows.iter().find(is_it) {
            Some(row) => Ok(row.engine.runtime.clone()),
            None if asked.is_some() => Err(Error::usage(format_args!(
                "the reference {reference} is not compared: name it among the runtimes ({}) too",
                (self.session.wording)(&Input::Runtimes)
            ))),
            None => Ok(String::new()),
        }
    }

    /// Adds the reference a second time, in its first group for each workload, n and longest delay.
    fn add_controls(&mut self) {
        let mut place = 0;
        let mut done = Vec::new();
        while place < self.rows.len() {
            let row = &self.rows[place];
            let key = (row.workload, row.setup.n, row.setup.max_delay);
            let is_it = row.engine.kind == Kind::Runtime
                && row.engine.runtime == self.session.settings.reference;
            if is_it && !done.contains(&key) {
                done.push(key);
                let mut setup = row.setup.clone();
                setup.fault = None;
                let control = PlannedRow {
                    engine: row.engine.control(),
                    setup,
                    ..*row
                };
                self.rows.insert(place + 1, control);
            }
            place += 1;
        }
    }
}

/// The session without its engines, and without the name of the reference.
fn session<W: Workload>(request: &Request<W>) -> Session {
    let asked = &request.options;
    let environment = Environment::before();
    let workloads: Vec<About> = request.workloads.iter().map(Workload::about).collect();
    let max_delays = once(&asked.max_delays);
    Session {
        label: asked.label.clone().unwrap_or_else(|| environment.line()),
        settings: Settings {
            workloads: workloads.iter().map(|about| about.name.clone()).collect(),
            n: once(&asked.n),
            max_delay_s: max_delays.iter().map(Duration::as_secs_f64).collect(),
            reference: String::new(),
            seed: Seed(asked.seed.unwrap_or_else(rand::random)),
            stop: asked.stop,
            busy_per_thread: asked.busy,
            chunk_s: asked.chunk.as_secs_f64(),
        },
        environment,
        warnings: request.missing.clone(),
        rounds: 0,
        round_seeds: Vec::new(),
        coordinator_share: 0.0,
        workloads,
        engines: Vec::new(),
        memory: Vec::new(),
        summary: Vec::new(),
        wording: asked.wording,
    }
}
