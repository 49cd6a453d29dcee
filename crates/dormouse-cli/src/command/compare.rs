//! `dormouse compare`

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use dormouse_compare::{
    Baseline, Builtin, Comparison, Journal, RuntimeName, Session, Watch, is_same,
};

use crate::args::{Compare, Workloads};
use crate::command::exports::keep;
use crate::command::merge::read;
use crate::failure::Failure;
use crate::output::{show, tell};
use crate::progress::Progress;
use crate::signals;

/// In a worker process, does its run and ends the process.
pub(crate) fn worker() {
    let everything = Comparison::of_builtin(Builtin::ALL.to_vec())
        .built_in(RuntimeName::built_in())
        .floor();
    // Only the peers in Rust: scripts are not run by a worker.
    everything.with_peers().work_for_all();
}

pub(crate) fn compare(args: &Compare) -> Result<(), Failure> {
    let folder = match args.peers {
        true => Some(tempfile::tempdir().map_err(Failure::run)?),
        false => None,
    };
    let mut comparison = comparison(args)?;
    if let Some(folder) = &folder {
        comparison = comparison.peers(folder.path())?;
    }
    let stop = signals::watch()?;
    let comparison = comparison.stop(Arc::clone(&stop));
    comparison.check()?;
    let planned = comparison.planned()?;
    let baseline = match &args.baseline {
        Some(path) => {
            let name = path.display().to_string();
            let baseline = Baseline::new(read(path)?, &name)?;
            baseline.fits(&planned, &name, args.baseline_strict)?;
            Some(baseline)
        }
        None => None,
    };
    let (before, after) = (args.baseline.as_deref(), args.save_baseline.as_deref());
    args.exports.check(before, after)?;
    for missing in planned.warnings() {
        tell(format_args!("warning: {missing}"));
    }

    let mut coordinator = Coordinator {
        progress: Progress::new(),
        journal: None,
        args,
        is_full: false,
    };
    let mut session = comparison.run(&mut coordinator)?;
    coordinator.progress.finish();
    let signal = stop.load(Relaxed);
    for warning in &session.warnings()[planned.warnings().len()..] {
        tell(format_args!("warning: {warning}"));
    }
    let against = baseline.map(|baseline| baseline.against(&session, args.fail_on_regression));
    for sentence in against.iter().flat_map(|against| &against.sentences) {
        session.say(sentence);
    }
    let report = session.report();

    let mut exported = args.exports.write(&report);
    if !args.exports.take_stdout() {
        exported = show(&report).and(exported);
    }
    let regressed = against.is_some_and(|against| against.has_regressed);
    if let Some(path) = args.save_baseline.as_ref().filter(|_| signal == 0) {
        // A session that has regressed must not replace the baseline that it was compared with.
        let held_against = args.baseline.as_ref();
        let is_itself = regressed && held_against.is_some_and(|other| is_same(path, other));
        if is_itself {
            tell(format_args!(
                "warning: {} is kept as it was, as this session has regressed from it",
                path.display()
            ));
        } else {
            exported = exported.and(keep(path, &report.json()?, &report));
        }
    }
    exported?;
    match signal {
        0 if session.is_whole() && !regressed => Ok(()),
        0 => Err(Failure::said()),
        signal => Err(Failure::stopped(signal)),
    }
}

/// The comparison that the command line asks for.
fn comparison(args: &Compare) -> Result<Comparison<Builtin>, Failure> {
    RuntimeName::default_one()?;
    let rounds = args.rounds.get();
    if args.fail_on_regression.is_some() && rounds < Baseline::FEWEST_ROUNDS {
        return Err(Failure::usage(format_args!(
            "`--fail-on-regression` finds nothing in {rounds} rounds: ask for {} or more",
            Baseline::FEWEST_ROUNDS
        )));
    }
    // A workload that was not named is left out if it has none of the modes.
    let unnamed = |workloads: &[Builtin]| -> Vec<Builtin> {
        let has_one = |workload: &Builtin| args.modes.iter().any(|mode| workload.has(*mode));
        let with: Vec<Builtin> = workloads.iter().copied().filter(has_one).collect();
        if with.is_empty() {
            workloads.to_vec()
        } else {
            with
        }
    };
    let mut workloads: Vec<Builtin> = args
        .workload
        .iter()
        .flat_map(|workloads| match workloads {
            Workloads::All => unnamed(&Builtin::ALL),
            Workloads::One(workload) => vec![*workload],
        })
        .collect();
    if workloads.is_empty() {
        workloads = unnamed(&[Builtin::Sleep, Builtin::Load]);
    }
    let runtimes: Vec<RuntimeName> = match args.runtimes.as_slice() {
        [] => RuntimeName::compared().collect(),
        runtimes => runtimes.to_vec(),
    };
    let max_delays: Vec<Duration> = args.max_delay.iter().copied().map(Duration::from).collect();
    let mut comparison = Comparison::of_builtin(workloads)
        .built_in(runtimes)
        .floor()
        .n(args.n.clone())
        .max_delays(max_delays)
        .modes(args.modes.clone())
        .threads(args.threads.clone())
        .rounds(rounds)
        .busy(args.busy.get(), args.chunk)
        .fault(args.fault.clone());
    if let Some(reference) = args.reference {
        comparison = comparison.reference(reference.name());
    }
    if let Some(budget) = args.time_budget {
        comparison = comparison.time_budget(budget);
    }
    if let Some(seed) = args.seed {
        comparison = comparison.seed(seed);
    }
    if let Some(label) = &args.label {
        comparison = comparison.label(label);
    }
    if let Some(limit) = args.limit {
        comparison = comparison.limit(limit);
    }
    Ok(comparison)
}

/// What the coordinator does between runs: shows the progress and writes the journal.
struct Coordinator<'a> {
    progress: Progress,
    journal: Option<Journal>,
    args: &'a Compare,
    /// Whether a run could not be written, which is reported once.
    is_full: bool,
}

impl Watch for Coordinator<'_> {
    fn begins(&mut self, session: &Session) {
        self.progress.begins(session);
        let Some(path) = self.args.exports.journal() else {
            return;
        };
        match Journal::begin(path, session) {
            Ok(journal) => self.journal = journal,
            Err(error) => self.complain(&error),
        }
    }

    fn ran(&mut self, session: &Session, engine: usize, took: Duration) {
        self.progress.ran(engine, took);
        if let Some(journal) = &mut self.journal
            && let Err(error) = journal.append(session, engine)
        {
            self.complain(&error);
        }
    }
}

impl Coordinator<'_> {
    fn complain(&mut self, error: &std::io::Error) {
        if !self.is_full {
            self.is_full = true;
            tell(format_args!(
                "warning: cannot append to the JSON file: {error}; all runs are kept in memory"
            ));
        }
    }
}
