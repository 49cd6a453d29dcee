//! Dropping what has not ended, and when a task has to be polled next.

use crate::model::Time;
use crate::model::run::{Phase, Run, State, Work};
use crate::model::world::World;

impl<'p> World<'p> {
    pub(super) fn drop_work(&mut self, work: &mut Work<'p>, loud: bool) -> Option<String> {
        match work {
            Work::Body(run) => self.drop_run(run, loud),
            Work::Until(_) | Work::Await(_) => None,
        }
    }

    /// Drops a body: the first destructor that panics gives the payload; those that follow do not
    /// panic, as the thread unwinds.
    pub(super) fn drop_run(&mut self, run: &mut Run<'p>, loud: bool) -> Option<String> {
        let mut payload = None;
        match run.state.take() {
            Some(State::Timeout(_, inner) | State::Kept(_, inner)) => {
                payload = self.drop_all([*inner], loud);
            }
            Some(State::Select(arms, _)) => payload = self.drop_all(arms, loud),
            Some(State::Join(arms, _)) => {
                payload = self.drop_all(arms.into_iter().flatten(), loud);
            }
            Some(State::Spawned(spawned)) => {
                if let Phase::Meanwhile(meanwhile) = spawned.phase {
                    payload = self.drop_all([*meanwhile], loud);
                }
                if spawned.guarded {
                    self.tasks[spawned.task].muffled |= !loud || payload.is_some();
                    self.abort(spawned.task);
                }
            }
            _ => {}
        }
        let bombs = std::mem::take(&mut run.bombs);
        payload.or_else(|| {
            bombs
                .first()
                .filter(|_| loud)
                .map(|id| format!("bomb {id}"))
        })
    }

    fn drop_all(&mut self, runs: impl IntoIterator<Item = Run<'p>>, loud: bool) -> Option<String> {
        let mut payload = None;
        for mut run in runs {
            let burst = self.drop_run(&mut run, loud && payload.is_none());
            payload = payload.or(burst);
        }
        payload
    }

    /// The next deadline that this waits for.
    pub(super) fn next_timer(&self, work: &Work<'p>) -> Option<Time> {
        let mut times = Vec::new();
        match work {
            Work::Body(run) => timers(run, &mut times),
            Work::Until(deadline) => times.push(*deadline),
            Work::Await(_) => {}
        }
        times.into_iter().filter(|time| *time > self.now).min()
    }
}

fn timers(run: &Run<'_>, times: &mut Vec<Time>) {
    match &run.state {
        Some(State::Until(deadline)) => times.push(*deadline),
        Some(State::Timeout(deadline, inner) | State::Kept(deadline, inner)) => {
            times.push(*deadline);
            timers(inner, times);
        }
        Some(State::Ticks(due, _, work)) => times.push(work.unwrap_or(*due)),
        Some(State::Select(arms, _)) => arms.iter().for_each(|arm| timers(arm, times)),
        Some(State::Join(arms, _)) => {
            arms.iter().flatten().for_each(|arm| timers(arm, times));
        }
        Some(State::Spawned(spawned)) => {
            if let Phase::Meanwhile(meanwhile) = &spawned.phase {
                timers(meanwhile, times);
            }
        }
        Some(State::Blocked(blocked)) => times.extend([blocked.after, blocked.end]),
        Some(State::Inside(_, until) | State::Settling(until, _)) => times.push(*until),
        _ => {}
    }
}
