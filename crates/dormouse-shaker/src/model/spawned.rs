//! Spawning tasks and closures that block, and what is done with their handles.

use crate::model::TICK;
use crate::model::run::{Blocked, Phase, Polled, Run, Spawned, State, Work};
use crate::model::world::World;
use crate::program::{Blocking, BlockingFate, Fate, Id, Poll, Spawn};

impl<'p> World<'p> {
    /// Spawns a task; on a runtime that is gone, it is cancelled.
    pub(super) fn spawn(&mut self, id: Option<Id>, work: Work<'p>) -> usize {
        let task = self.add(id, work);
        // A runtime that is dropped within this poll may refuse from then on.
        if self.is_gone() || self.gone.is_some() && !self.profile.exact && self.coin(2) {
            self.cancel(task);
        } else if let (true, Some(gone)) = (self.profile.ends, self.gone) {
            self.tasks[task].dropped = Some(self.later().max(gone));
            self.elsewhere(task);
        } else {
            self.elsewhere(task);
        }
        task
    }

    pub(super) fn abort(&mut self, task: usize) {
        if self.tasks[task].ended.is_some() {
            return;
        }
        if !self.tasks[task].aborted {
            let before = self.coin(2);
            self.tasks[task].cut = !before;
            self.elsewhere(task);
        }
        self.tasks[task].cut = self.tasks[task].busy.is_some();
        self.tasks[task].in_flight = self.is_being_polled(task);
        self.tasks[task].aborted = true;
        self.wake(task);
        self.elsewhere(task);
    }

    /// May poll a task on another thread during the poll of this one.
    pub(super) fn elsewhere(&mut self, task: usize) {
        let mut turns = !self.profile.exact && self.coin(4);
        while turns && self.tasks[task].ended.is_none() {
            self.poll(task);
            turns = self.coin(2);
        }
    }

    /// Whether another thread may have begun a poll of this task.
    fn is_being_polled(&mut self, task: usize) -> bool {
        let due = self.later();
        let task = &self.tasks[task];
        let may_be = task.busy.is_none() && task.wake.is_some_and(|wake| wake <= due);
        may_be && !self.profile.exact && self.coin(4)
    }

    pub(super) fn spawned(
        &mut self,
        id: Id,
        spawn: &'p Spawn,
        state: &mut Option<State<'p>>,
    ) -> Polled {
        if state.is_none() {
            let task = self.spawn(Some(id), Work::Body(Run::new(&spawn.body)));
            let known = spawn.poll != Poll::Never && self.tasks[task].ended.is_some();
            *state = Some(State::Spawned(Spawned {
                task,
                phase: Phase::Meanwhile(Box::new(Run::new(&spawn.meanwhile))),
                guarded: matches!(spawn.fate, Fate::Guard | Fate::Cancel),
                known,
            }));
        }
        let Some(State::Spawned(spawned)) = state else {
            unreachable!("the state of this step");
        };
        let task = spawned.task;
        if let Phase::Meanwhile(meanwhile) = &mut spawned.phase {
            match self.poll_run(meanwhile) {
                Polled::Ready => {}
                other => return other,
            }
            spawned.phase = Phase::Awaited;
            match spawn.fate {
                Fate::Abort { .. } | Fate::Cancel => self.abort(task),
                Fate::Guard => self.abort(task),
                Fate::Elsewhere if !spawned.known => {
                    spawned.phase = Phase::Courier(self.spawn(None, Work::Await(task)));
                }
                Fate::Keep => self.bag.push((id, task)),
                _ => {}
            }
        }
        match spawn.fate {
            Fate::Drop | Fate::Detach | Fate::Forget | Fate::Guard | Fate::Keep => {
                spawned.guarded = false;
                return Polled::Ready;
            }
            _ => {}
        }
        self.elsewhere(task);
        let ended = match spawned.phase {
            Phase::Courier(courier) => match &self.tasks[courier].ended {
                Some(ended) if ended.word() != "value" => Some("lost".into()),
                Some(_) => self.tasks[task].ended.as_ref().map(|ended| ended.word()),
                None => None,
            },
            _ => self.tasks[task].ended.as_ref().map(|ended| ended.word()),
        };
        let Some(word) = ended else {
            return Polled::Pending;
        };
        spawned.guarded = false;
        self.see(id, "join", word);
        if spawn.fate == Fate::Again {
            self.see(id, "again", "refused");
        }
        Polled::Ready
    }

    pub(super) fn blocking(
        &mut self,
        id: Id,
        of: Blocking,
        state: &mut Option<State<'p>>,
    ) -> Polled {
        let now = self.now;
        let work = if self.profile.exact { 0 } else { of.ticks };
        let mut begin = self.later();
        if of.after == 0 && self.coin(2) {
            // Aborted before a thread takes it.
            begin += 1;
        }
        let after = self.after(of.after);
        let moment = if self.coin(2) {
            0
        } else {
            self.later() - now + 1
        };
        let new = || {
            State::Blocked(Blocked {
                begin,
                end: begin + u64::from(work) * TICK + moment,
                after,
                cancelled: false,
                settled: false,
            })
        };
        let gone = self.unbegun_is_cancelled();
        let State::Blocked(blocked) = state.get_or_insert_with(new) else {
            unreachable!("the state of this step");
        };
        if gone.is_some_and(|gone| blocked.begin >= gone) && now < blocked.end {
            blocked.cancelled = true;
            blocked.end = blocked.end.min(now + moment);
        }
        if now < blocked.after {
            return Polled::Pending;
        }
        if of.fate == BlockingFate::Drop {
            return Polled::Ready;
        }
        let aborts =
            of.fate == BlockingFate::Abort && !std::mem::replace(&mut blocked.settled, true);
        if aborts && now < blocked.begin {
            blocked.cancelled = true;
            blocked.end = now + moment;
        }
        let word = match (blocked.cancelled, of.panics) {
            _ if now < blocked.end => return Polled::Pending,
            (true, _) => "cancelled".into(),
            (false, true) => format!("panicked: text {id}"),
            (false, false) => "value".into(),
        };
        self.see(id, "join", word);
        Polled::Ready
    }
}
