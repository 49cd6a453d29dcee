//! The plan of a comparison: its rows, and the session before its first run.

use std::any::TypeId;
use std::time::Duration;

use crate::comparison::{Comparison, once};
use crate::engine::{Engine, Kind};
use crate::environment::Environment;
use crate::error::Error;
use crate::plan::checks::{check_amounts, check_limit, check_modes, check_threads};
use crate::plan::names::{check_engines, check_rows, check_workloads};
use crate::plan::rows::{engine, has_row, modes, too_much};
use crate::report::{Row, Seed, Session, Settings};
use crate::runner::Place;
use crate::wording::Input;
use crate::workload::{About, Builtin, Setup, Workload};

mod checks;
mod names;
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
    pub(crate) fn new<W: Workload + 'static>(asked: &Comparison<W>) -> Result<Self, Error> {
        check_amounts(asked)?;
        check_rows(&asked.runners)?;
        check_threads(asked)?;
        let mut plan = Self {
            rows: Vec::new(),
            session: session(asked),
        };
        let workloads = plan.session.workloads.clone();
        let are_builtin = TypeId::of::<W>() == TypeId::of::<Builtin>();
        check_workloads(&workloads, are_builtin)?;
        check_limit(asked, &workloads)?;
        check_modes(asked, &workloads)?;
        for (number, about) in workloads.iter().enumerate() {
            plan.add(asked, number, about)?;
        }
        plan.tell_without_rows(asked)?;
        plan.session.settings.reference = plan.reference(asked)?;
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
        asked: &Comparison<W>,
        number: usize,
        about: &About,
    ) -> Result<(), Error> {
        let usual = (asked.usual_modes)(&asked.workloads[number]);
        let mut modes = modes(about, &asked.modes, &usual);
        // The floor has no mode; its rows come after those of all modes.
        let mut runners = asked.runners.iter();
        let has_floor = runners.any(|runner| runner.place == Place::Floor);
        if has_floor && about.name == "sleep" && !asked.is_virtual() {
            modes.push(None);
        }
        let runs_local = asked.workloads[number].runs_local();
        let mut heaviest = None;
        let before = self.rows.len();
        for max_delay in once(&asked.max_delays) {
            for n in once(&asked.n) {
                for mode in &modes {
                    for (place, runner) in asked.runners.iter().enumerate() {
                        if !has_row(runner, about, *mode, runs_local) {
                            continue;
                        }
                        for threads in &asked.threads_of(runner) {
                            let mut setup = Setup {
                                max_delay,
                                mode: *mode,
                                threads: *threads,
                                busy: asked.busy,
                                chunk: asked.chunk,
                                is_virtual: runner.is_virtual(),
                                ..Setup::new(n)
                            };
                            let engine = engine(runner, &setup, asked.threads.len() > 1);
                            let fault = asked.fault.as_ref();
                            let fault = fault.filter(|(name, _)| *name == engine.name);
                            setup.fault = fault.map(|(_, fault)| *fault);
                            // An equal engine must get equal work, also if its number is not told.
                            if setup.threads == 0 {
                                setup.threads = asked.usual_threads();
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
    fn tell_without_rows<W>(&mut self, asked: &Comparison<W>) -> Result<(), Error> {
        let has_row = |number: usize| self.rows.iter().any(|row| row.runner == number);
        let warnings = &self.session.warnings;
        let is_told = |name: &str| warnings.iter().any(|line| line.starts_with(name));
        let runners = asked.runners.iter().enumerate();
        let without = runners.filter(|(number, runner)| {
            let is_local = runner.place == Place::Everywhere && !runner.spawns();
            is_local && !has_row(*number) && !is_told(&runner.name)
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
    fn reference<W>(&self, asked: &Comparison<W>) -> Result<String, Error> {
        let named = asked.reference.as_deref();
        let first = asked.runners.first().map(|runner| runner.name.as_str());
        let reference = named.or(first).unwrap_or_default();
        let is_it = |row: &&PlannedRow| {
            row.engine.runtime == reference || asked.runners[row.runner].name == reference
        };
        match self.rows.iter().find(is_it) {
            Some(row) => Ok(row.engine.runtime.clone()),
            None if named.is_some() => Err(Error::usage(format_args!(
                "the reference {reference} is not compared: name it among the runtimes ({}) too",
                (self.session.wording)(&Input::Runtimes)
            ))),
            None => Ok(String::new()),
        }
    }

    /// Adds the reference a second time, in its first group for each workload, n and longest delay.
    fn add_controls(&mut self) {
        let mut done = Vec::new();
        for row in std::mem::take(&mut self.rows) {
            let is_it = row.engine.kind == Kind::Runtime
                && row.engine.runtime == self.session.settings.reference;
            let mut control = None;
            if is_it && !done.contains(&row.key()) {
                done.push(row.key());
                let engine = row.engine.control();
                let mut setup = row.setup.clone();
                setup.fault = None;
                control = Some(PlannedRow {
                    engine,
                    setup,
                    ..row
                });
            }
            self.rows.push(row);
            self.rows.extend(control);
        }
    }
}

impl PlannedRow {
    fn key(&self) -> (usize, usize, Duration) {
        (self.workload, self.setup.n, self.setup.max_delay)
    }
}

/// The session without its engines, and without the name of the reference.
fn session<W: Workload>(asked: &Comparison<W>) -> Session {
    let environment = Environment::before();
    let workloads: Vec<About> = asked.workloads.iter().map(Workload::about).collect();
    let max_delays = once(&asked.max_delays);
    Session {
        label: asked.label.clone().unwrap_or_else(|| environment.line()),
        settings: Settings {
            workloads: workloads.iter().map(|about| about.name.clone()).collect(),
            n: once(&asked.n),
            max_delay_s: max_delays.iter().map(Duration::as_secs_f64).collect(),
            reference: String::new(),
            seed: Seed(asked.seed.unwrap_or_else(rand::random)),
            stop: asked.stop_rule,
            busy_per_thread: asked.busy,
            chunk_s: asked.chunk.as_secs_f64(),
        },
        environment,
        warnings: asked.missing.clone(),
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
