//! `dormouse compare`

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use textwrap::{Options, WordSplitter};

use crate::args::Compare;
use crate::engine::Engine;
use crate::environment::Environment;
use crate::failure::Failure;
use crate::output::{print, print_json};
use crate::report::{Report, Row};
use crate::run::Run;
use crate::session::{Rounds, Session};
use crate::table;

pub(crate) fn compare(args: &Compare) -> Result<(), Failure> {
    let session = prepare(args)?;
    let mut environment = Environment::before();
    let progress = progress(session.rounds * session.engines.len());
    let rounds = session.run(|| progress.inc(1));
    progress.finish_and_clear();
    environment.after();

    let stopped = session.stop.load(Relaxed);
    let report = report(args, session, rounds, environment);
    if args.json {
        print_json(&report)?;
    } else {
        show(&report)?;
    }
    match stopped {
        true => Err(Failure::stopped()),
        false if report.is_whole() => Ok(()),
        false => Err(Failure::said()),
    }
}

fn prepare(args: &Compare) -> Result<Session, Failure> {
    if args.n == 0 {
        return Err(Failure::usage(
            "0 waits have nothing to compare: give `--n` 1 or more",
        ));
    }
    let engines = Engine::asked(args)?;
    for engine in &engines {
        let run = Run {
            runtime: engine.runtime,
            mode: engine.mode,
            threads: engine.threads,
            n: args.n,
            max_delay: args.max_delay,
            seed: 0,
            recorded: true,
        };
        run.fits_in_memory()?;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let handler = Arc::clone(&stop);
    ctrlc::set_handler(move || handler.store(true, Relaxed)).map_err(Failure::run)?;
    let limit = args.limit.map(Duration::from_secs);
    Ok(Session {
        engines,
        n: args.n,
        max_delay: args.max_delay,
        rounds: args.rounds.get(),
        seed: args.seed.unwrap_or_else(rand::random),
        limit: limit.unwrap_or_else(|| {
            Duration::from(args.max_delay).saturating_add(Duration::from_secs(60))
        }),
        fault: args.fault.clone(),
        stop,
    })
}

/// A bar on a terminal; it is drawn when it is told, which is between two runs.
fn progress(runs: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} run {pos} of {len}, {eta} left");
    let bar = ProgressBar::new(runs as u64);
    bar.set_position(0);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn report(args: &Compare, session: Session, rounds: Rounds, environment: Environment) -> Report {
    let rows = session.engines.into_iter().zip(rounds.runs);
    let rows = rows.map(|(engine, runs)| Row {
        version: engine.runtime.version().into(),
        engine,
        runs,
    });
    Report {
        schema: Report::SCHEMA.into(),
        schema_version: Report::SCHEMA_VERSION,
        n: session.n,
        max_delay_s: args.max_delay.as_secs_f64(),
        seed: session.seed,
        rounds_planned: session.rounds,
        round_seeds: rounds.seeds,
        environment,
        engines: rows.collect(),
    }
}

fn show(report: &Report) -> Result<(), Failure> {
    let engines: Vec<Engine> = report
        .engines
        .iter()
        .map(|row| row.engine.clone())
        .collect();
    let rounds = report
        .engines
        .iter()
        .map(|row| row.runs.len())
        .max()
        .unwrap_or(0);
    for warning in report.environment.warnings(&engines, rounds) {
        eprintln!("warning: {warning}");
    }
    let threads = engines
        .iter()
        .map(|engine| engine.threads.get())
        .max()
        .unwrap_or(1);
    print(|out| {
        let title = format!(
            "{} waits of up to {} s, {rounds} rounds, {threads} threads, seed {}. Medians:",
            report.n, report.max_delay_s, report.seed
        );
        writeln!(out, "{}\n", textwrap::fill(&title, whole_words()))?;
        writeln!(out, "{}\n", table::table(report))?;
        for row in &report.engines {
            if let Some(failure) = row.failure() {
                writeln!(out, "{}: {failure}", row.engine)?;
            }
        }
        for sentence in table::sentences(report) {
            writeln!(out, "{}", textwrap::fill(&sentence, whole_words()))?;
        }
        Ok(())
    })
}

/// Lines of 80 columns; the name of a runtime is one word.
fn whole_words() -> Options<'static> {
    Options::new(80)
        .subsequent_indent("  ")
        .word_splitter(WordSplitter::NoHyphenation)
}
