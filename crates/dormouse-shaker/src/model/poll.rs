//! What a poll does to each kind of step.

use crate::model::run::{Polled, Run, State, Work};
use crate::model::world::World;
use crate::model::{TICK, Time};
use crate::program::{Id, Node, Other, Payload, Step, Ticks};

impl<'p> World<'p> {
    pub(super) fn poll_work(&mut self, work: &mut Work<'p>) -> Polled {
        match work {
            Work::Body(run) => self.poll_run(run),
            Work::Until(deadline) => self.until(*deadline),
            Work::Await(task) => self.ready_if(self.tasks[*task].ended.is_some()),
        }
    }

    pub(super) fn poll_run(&mut self, run: &mut Run<'p>) -> Polled {
        while let Some(node) = run.body.get(run.at) {
            match self.poll_step(node, &mut run.state, &mut run.bombs) {
                Polled::Ready => {
                    run.state = None;
                    run.at += 1;
                }
                other => return other,
            }
        }
        run.bombs.clear();
        Polled::Ready
    }

    /// The deadline of a sleep that is made now. Of two sleeps that are made one after the other,
    /// the second may be due a moment later.
    pub(super) fn after(&mut self, ticks: Ticks) -> Time {
        let moment = !self.profile.exact && ticks > 0 && self.coin(2);
        self.now + u64::from(ticks) * TICK + u64::from(moment)
    }

    pub(super) fn until(&self, deadline: Time) -> Polled {
        self.ready_if(self.now >= deadline)
    }

    pub(super) fn ready_if(&self, ready: bool) -> Polled {
        if ready {
            Polled::Ready
        } else {
            Polled::Pending
        }
    }

    /// Records an outcome if the poll was ready.
    pub(super) fn seen_if_ready(&mut self, id: Id, what: &str, word: &str, poll: Polled) -> Polled {
        if matches!(poll, Polled::Ready) {
            self.see(id, what, word);
        }
        poll
    }

    fn poll_step(
        &mut self,
        node: &'p Node,
        state: &mut Option<State<'p>>,
        bombs: &mut Vec<Id>,
    ) -> Polled {
        let (id, now) = (node.id, self.now);
        match &node.step {
            Step::Sleep(ticks) | Step::Reset { to: ticks, .. } => {
                let deadline = sleep_state(state, self.after(*ticks));
                let poll = self.until(deadline);
                self.seen_if_ready(id, "sleep", "done", poll)
            }
            Step::Yield(times) => {
                let State::Yields(left) = state.get_or_insert(State::Yields(*times)) else {
                    unreachable!("the state of this step");
                };
                if *left == 0 {
                    return Polled::Ready;
                }
                // With several threads, all turns may be over before anything else happens.
                *left = if self.coin(2) { 0 } else { *left - 1 };
                self.again = true;
                Polled::Pending
            }
            Step::Spend | Step::BrokenYield => Polled::Ready,
            Step::Block(_) if self.profile.exact => Polled::Ready,
            Step::Block(ticks) => match state {
                Some(State::Busy(until)) if *until <= now => Polled::Ready,
                Some(State::Busy(until)) => Polled::Busy(*until),
                _ => {
                    let until = now + u64::from(*ticks) * TICK;
                    *state = Some(State::Busy(until));
                    Polled::Busy(until)
                }
            },
            Step::Forever => Polled::Pending,
            Step::Panic(payload) => Polled::Panicked(match payload {
                Payload::Text => format!("text {id}"),
                Payload::Bomb => format!("payload {id}"),
            }),
            Step::Bomb => {
                bombs.push(id);
                Polled::Ready
            }
            Step::BlockOn => self.seen_if_ready(id, "block_on", "refused", Polled::Ready),
            Step::Timeout(ticks, body) => self.timeout(id, *ticks, body, state),
            Step::BusyTimeout(ticks) => {
                let new = state.is_none();
                let deadline = sleep_state(state, self.after(*ticks));
                if new {
                    self.hogs.push(deadline);
                }
                let poll = self.until(deadline);
                self.seen_if_ready(id, "timeout", "elapsed", poll)
            }
            Step::Interval(interval) => self.interval(id, *interval, state),
            Step::Select(bodies) => self.select(id, bodies, state),
            Step::Join(bodies) => self.join(bodies, state),
            Step::Kept(kept) => self.kept(id, kept, state),
            Step::Spawn(spawn) => self.spawned(id, spawn, state),
            Step::Blocking(blocking) => self.blocking(id, *blocking, state),
            Step::Inside {
                other,
                sleep,
                after,
            } => {
                let undriven = *other == Other::TokioCurrentThread;
                let begun = self.later();
                let inner = (!undriven).then_some(begun + u64::from(*sleep) * TICK);
                let until = self.after(*after);
                self.inside(id, inner, until, state)
            }
        }
    }
}

/// The deadline in the state of a step that sleeps.
fn sleep_state(state: &mut Option<State<'_>>, deadline: Time) -> Time {
    match state.get_or_insert(State::Until(deadline)) {
        State::Until(deadline) => *deadline,
        _ => unreachable!("the state of this step"),
    }
}
