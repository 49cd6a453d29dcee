//! The handles of tasks and of closures that block.

use crate::model::poll::{Polled, Run, State};
use crate::model::world::{Work, World};
use crate::model::{TICK, Time};
use crate::program::{Blocking, BlockingFate, Fate, Id, Poll, Spawn};

/// A spawned task, seen from the task that has its handle.
pub(super) struct Spawned<'p> {
    pub(super) task: usize,
    pub(super) phase: Phase<'p>,
    /// The task is aborted when its handle is dropped.
    pub(super) guarded: bool,
    /// Its handle resolved at the first poll.
    known: bool,
}

pub(super) enum Phase<'p> {
    Meanwhile(Box<Run<'p>>),
    Awaited,
    /// Another task, with this number, has its handle.
    Courier(usize),
}

/// A closure that blocks.
pub(super) struct Blocked {
    begin: Time,
    end: Time,
    /// When the fate of the handle is carried out.
    after: Time,
    cancelled: bool,
    settled: bool,
}

impl Blocked {
    /// The times at which something happens to it.
    pub(super) fn times(&self) -> [Time; 2] {
        [self.after, self.end]
    }
}

impl<'p> World<'p> {
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
