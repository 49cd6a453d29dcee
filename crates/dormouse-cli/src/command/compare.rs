//! `dormouse compare`

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::args::Compare;
use crate::baseline::Baseline;
use crate::environment::Environment;
use crate::export::{self, save, unwritten};
use crate::failure::Failure;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::report::{Report, Row, Session};
use crate::rounds::{self, Rounds, Watch};
use crate::show;

pub(crate) fn compare(args: &Compare) -> Result<(), Failure> {
    args.exports.check()?;
    let plan = Plan::new(args)?;
    let environment = Environment::before();
    let baseline = match &args.baseline {
        Some(path) => Some(Baseline::read(path, &plan, &environment)?),
        None => None,
    };
    for missing in &plan.missing {
        eprintln!("warning: {missing}");
    }
    let stop = Arc::clone(&plan.stop);
    ctrlc::set_handler(move || stop.store(true, Relaxed)).map_err(Failure::run)?;

    let mut desk = Desk {
        progress: Progress::new(&plan),
        session: session(args, &plan, environment),
        journal: args.exports.journal(),
        is_full: false,
    };
    let rounds = rounds::run(&plan, &mut desk);
    desk.progress.finish();
    let stopped = plan.stop.load(Relaxed);
    let mut session = desk.session;
    take(&mut session, rounds);
    session.environment.after();
    session.summarise();
    let warnings = session.warn();
    for warning in &warnings {
        eprintln!("warning: {warning}");
    }
    session.warnings.extend(warnings);
    let against = baseline.map(|baseline| baseline.against(&session, args.fail_on_regression));
    if let Some(against) = &against {
        session.summary.extend(against.sentences.iter().cloned());
    }
    let report = Report::new(vec![session]);

    let exported = args.exports.write(&report);
    if !args.exports.take_stdout() {
        show::show(&report)?;
    }
    exported?;
    if let Some(path) = args.save_baseline.as_ref().filter(|_| !stopped) {
        save(path, &export::json(&report)?).map_err(|error| unwritten(path, &error))?;
    }
    let regressed = against.is_some_and(|against| against.has_regressed);
    match stopped {
        true => Err(Failure::stopped()),
        false if report.sessions[0].is_whole() && !regressed => Ok(()),
        false => Err(Failure::said()),
    }
}

/// Where the coordinator keeps what it has.
struct Desk<'a> {
    progress: Progress,
    session: Session,
    /// The file that every finished round is written to.
    journal: Option<&'a Path>,
    /// Whether a round could not be written; it is told once.
    is_full: bool,
}

impl Watch for Desk<'_> {
    fn ran(&mut self, cell: usize, took: Duration) {
        self.progress.ran(cell, took);
    }

    fn finished(&mut self, rounds: &Rounds) {
        let Some(path) = self.journal else {
            return;
        };
        let mut session = self.session.clone();
        take(&mut session, rounds.clone());
        let Ok(text) = export::json(&Report::new(vec![session])) else {
            return;
        };
        if let Err(error) = save(path, &text)
            && !self.is_full
        {
            self.is_full = true;
            eprintln!(
                "warning: {}, which holds the rounds before; all of them are kept in memory",
                unwritten(path, &error)
            );
        }
    }
}

fn session(args: &Compare, plan: &Plan, environment: Environment) -> Session {
    let cells = plan.cells.iter();
    let label = args.label.clone();
    Session {
        label: label.unwrap_or_else(|| environment.line()),
        settings: plan.settings.clone(),
        environment,
        warnings: plan.missing.clone(),
        rounds: 0,
        round_seeds: Vec::new(),
        coordinator_share: 0.0,
        engines: cells.map(Row::new).collect(),
        memory: Vec::new(),
        summary: Vec::new(),
    }
}

/// Puts the runs into the rows.
fn take(session: &mut Session, rounds: Rounds) {
    session.rounds = rounds.finished;
    session.round_seeds = rounds.seeds;
    session.coordinator_share = rounds.coordinator_share;
    for (row, runs) in session.engines.iter_mut().zip(rounds.runs) {
        row.runs = runs;
    }
}
