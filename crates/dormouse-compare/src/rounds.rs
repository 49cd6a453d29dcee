//! The rounds of a comparison, each run in a fresh process.

use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

use crate::comparison::Comparison;
use crate::error::Error;
use crate::machine::Usage;
use crate::plan::PlannedRow;
use crate::report::{RunReport, RunResult, Seed, Session, StopRule};
use crate::rounds::child::RunError;
use crate::rounds::program::Program;
use crate::workload::Workload;

mod child;
mod program;

/// Is told of the progress of a comparison; it is called only while nothing is measured.
pub trait Observer {
    /// The rows are known, and no run has begun.
    fn begins(&mut self, session: &Session) {
        let _ = session;
    }

    /// A run of the engine with this index is over; it is the last in the engine's list.
    fn ran(&mut self, session: &Session, engine: usize, took: Duration) {
        let _ = (session, engine, took);
    }
}

/// Ignores the progress.
impl Observer for () {}

/// Runs every row once a round, in a newly shuffled order, all with the round's seed.
pub(crate) fn run<W: Workload + 'static>(
    comparison: &Comparison<W>,
    planned: &[PlannedRow],
    session: &mut Session,
    observer: &mut dyn Observer,
) -> Result<(), Error> {
    let program = Program::new()?;
    let mut random = StdRng::seed_from_u64(session.settings.seed.0);
    let mut order: Vec<usize> = (0..planned.len()).collect();
    let began = Instant::now();
    let mut waited = vec![Duration::ZERO; planned.len()];
    let mut used = 0.0;
    while goes_on(session, began.elapsed(), &waited) {
        let seed = random.next_u64();
        order.shuffle(&mut random);
        session.round_seeds.push(Seed(seed));
        // The order is shuffled with the rows that are left out, so that each order of the others is as
        // likely as any other.
        let mut runs = order.clone();
        runs.retain(|number| !session.engines[*number].is_left_out());
        for (place, number) in runs.into_iter().enumerate() {
            let (start, before) = (Instant::now(), Usage::now());
            let row = &planned[number];
            let mut result = program.run(comparison, row, seed);
            for _ in 0..MOST_AGAIN {
                if !matches!(result, Err(RunError::Stopped)) {
                    break;
                }
                remark(session);
                result = program.run(comparison, row, seed);
            }
            let took = start.elapsed();
            if comparison.stop.load(Relaxed) != 0 {
                // The run was ended with the session, so it says nothing about its engine.
                return Ok(());
            }
            waited[number] += took;
            let usage = Usage::now().zip(before);
            used += usage.map_or(0.0, |(now, before)| now.since(before).cpu_s());
            let all: Duration = waited.iter().sum();
            session.coordinator_share = used / all.as_secs_f64();
            session.engines[number].runs.push(RunReport {
                round: session.rounds,
                place,
                result: match result {
                    Ok(figures) => RunResult::Figures(Box::new(figures)),
                    Err(RunError::Failed(failure)) => RunResult::Failure(failure),
                    Err(RunError::Stopped) => RunResult::Failure(
                        "stood still each time: it was stopped, or the machine is too busy".into(),
                    ),
                },
            });
            observer.ran(session, number, took);
        }
        session.rounds += 1;
    }
    Ok(())
}

/// Says once that runs were made again.
fn remark(session: &mut Session) {
    let words = "the comparison stood still for 0.5 to 0.7 s or more, as it was stopped or the machine was \
                 too busy: the runs of that time were made again";
    if !session.warnings.iter().any(|warning| warning == words) {
        session.warnings.push(words.into());
    }
}

/// How often a run that was stopped is made again.
const MOST_AGAIN: usize = 10;

/// Whether to run another round; the first round always runs. `waited` is how long all runs of each
/// row took.
fn goes_on(session: &Session, elapsed: Duration, waited: &[Duration]) -> bool {
    let rows = session.engines.iter().zip(waited);
    let mut rows = rows.filter(|(row, _)| !row.is_left_out()).peekable();
    if rows.peek().is_none() {
        return false;
    }
    match session.settings.stop {
        StopRule::Rounds(rounds) => session.rounds < rounds,
        StopRule::TimeBudgetS(_) if session.rounds == 0 => true,
        // Each row is expected to take the mean time of its runs so far.
        StopRule::TimeBudgetS(budget) => {
            let round = rows.map(|(row, waited)| waited.as_secs_f64() / row.runs.len() as f64);
            elapsed.as_secs_f64() + round.sum::<f64>() <= budget
        }
    }
}
