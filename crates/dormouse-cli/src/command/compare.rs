//! `dormouse compare`

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use dormouse_compare::program::is_same;
use dormouse_compare::{Against, Baseline, Builtin, Comparison, Report, RuntimeName, Session};

use crate::args::Compare;
use crate::command::compare::asked::{comparison, left_out};
use crate::command::compare::coordinator::Coordinator;
use crate::command::exports::keep;
use crate::command::merge::read;
use crate::failure::Failure;
use crate::output::tell;
use crate::signals;

mod asked;
mod coordinator;

/// In a worker process, does its run and ends the process.
pub(crate) fn worker() {
    let everything = Comparison::of_builtin(Builtin::ALL.to_vec())
        .built_in(RuntimeName::built_in())
        .floor();
    // Only the peers in Rust: scripts are not run by a worker.
    everything.with_peers().work_for_all();
}

pub(crate) fn compare(args: &Compare) -> Result<(), Failure> {
    let folder = args.peers.then(tempfile::tempdir).transpose();
    let folder = folder.map_err(|error| no_folder(&error))?;
    let mut comparison = comparison(args)?;
    if let Some(folder) = &folder {
        comparison = comparison.peers(folder.path())?;
    }
    let stop = signals::watch()?;
    let comparison = comparison.stop(Arc::clone(&stop));
    let planned = comparison.planned()?;
    let baseline = baseline(args, &planned)?;
    let (before, after) = (args.baseline.as_deref(), args.save_baseline.as_deref());
    args.exports.check(before, after)?;
    let _locks = args.exports.lock(after)?;
    for missing in left_out(args).iter().chain(planned.warnings()) {
        tell(format_args!("warning: {missing}"));
    }

    let mut coordinator = Coordinator::new(args.exports.journal());
    let mut session = comparison.run(&mut coordinator)?;
    coordinator.finish();
    let signal = stop.load(Relaxed);
    for warning in &session.warnings()[planned.warnings().len()..] {
        tell(format_args!("warning: {warning}"));
    }
    let against = baseline.map(|baseline| baseline.against(&session, args.fail_on_regression));
    for sentence in against.iter().flat_map(|against| &against.sentences) {
        session.say(sentence);
    }
    let report = session.report();

    let mut lost = args.exports.write(&report);
    let against = against.as_ref();
    let saved = save_baseline(args, signal, &session, against, &report);
    lost.extend(saved.err().map(|failure| (failure, None)));
    let journalled = coordinator.journalled();
    args.exports
        .all_written(lost, &report, journalled.as_deref())?;
    judge(args, signal, &session, against)
}

/// The scripts of the peers can't be unpacked.
fn no_folder(error: &std::io::Error) -> Failure {
    let folder = std::env::temp_dir();
    Failure::run(format_args!(
        "cannot make a folder in {} for the scripts of `--peers`: {}: set `TMPDIR` to a folder that can be \
         written",
        folder.display(),
        std::io::Error::from(error.kind())
    ))
}

/// The baseline, if one is given, which must be like the session that is planned.
fn baseline(args: &Compare, planned: &Session) -> Result<Option<Baseline>, Failure> {
    let Some(path) = &args.baseline else {
        return Ok(None);
    };
    let name = path.display().to_string();
    let report = read(path, "a file that `--save-baseline` wrote")?;
    let baseline = Baseline::new(report, &name)?;
    baseline.fits(planned, &name, args.baseline_strict)?;
    Ok(Some(baseline))
}

/// Whether the session passes, once everything is written.
fn judge(
    args: &Compare,
    signal: usize,
    session: &Session,
    against: Option<&Against>,
) -> Result<(), Failure> {
    if signal != 0 {
        return Err(Failure::stopped(signal));
    }
    let has_gate = args.fail_on_regression.is_some();
    let has_regressed = against.is_some_and(|against| against.has_regressed);
    if !session.is_whole() || has_gate && has_regressed {
        return Err(Failure::said());
    }
    // A gate that compares nothing always passes.
    let compares_nothing = against.is_some_and(|against| !against.has_compared);
    match &args.baseline {
        Some(path) if has_gate && compares_nothing => Err(Failure::run(format_args!(
            "nothing was compared with {}, so `--fail-on-regression` can't pass: run {} rounds or more, \
                 or save a new baseline",
            path.display(),
            Baseline::FEWEST_ROUNDS
        ))),
        _ => Ok(()),
    }
}

/// Keeps a session for `--save-baseline`, if it can be a baseline.
fn save_baseline(
    args: &Compare,
    signal: usize,
    session: &Session,
    against: Option<&Against>,
    report: &Report,
) -> Result<(), Failure> {
    let Some(path) = &args.save_baseline else {
        return Ok(());
    };
    // A session that has regressed must not replace the baseline that it was compared with.
    let is_itself = || {
        let before = args.baseline.as_ref();
        before.is_some_and(|other| is_same(path, other))
    };
    let reason = if signal != 0 {
        "this session was ended early"
    } else if !session.is_whole() {
        "a run has failed"
    } else if against.is_some_and(|against| against.has_regressed) && is_itself() {
        "this session is worse: replace it without `--baseline`"
    } else if against.is_some_and(|against| !against.has_compared) && is_itself() {
        "nothing of this session was compared with it: replace it without `--baseline`"
    } else {
        return keep(path, &report.json()?);
    };
    let fate = if path.exists() {
        "is kept as it was"
    } else {
        "is not written"
    };
    tell(format_args!(
        "warning: {} {fate}, as {reason}",
        path.display()
    ));
    Ok(())
}
