//! The tasks of a program, and the order in which they are polled.

use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

use crate::model::poll::{Polled, Run};
use crate::model::{Outcomes, Profile, Time};
use crate::program::{Id, Program};

/// What is drawn in a schedule.
pub(super) struct Chance {
    pub(super) rng: Xoshiro256PlusPlus,
    /// By how much a wake-up may be late.
    pub(super) jitter: Time,
    pub(super) crowd: Crowd,
}

/// Whom a task that keeps its thread holds up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Crowd {
    Free,
    OneThread,
    AtRandom,
}

/// How a task has ended.
#[derive(Clone, Debug)]
pub(super) enum Ended {
    Value,
    Cancelled,
    Panicked(String),
}

impl Ended {
    pub(super) fn word(&self) -> String {
        match self {
            Self::Value => "value".into(),
            Self::Cancelled => "cancelled".into(),
            Self::Panicked(payload) => format!("panicked: {payload}"),
        }
    }
}

pub(super) enum Work<'p> {
    Body(Run<'p>),
    /// A task that was given a sleep.
    Until(Time),
    /// A task that was given the handle of another one.
    Await(usize),
}

pub(super) struct Task<'p> {
    /// Of the place that spawned it, if its end is looked at.
    id: Option<Id>,
    /// Taken while it is polled.
    work: Option<Work<'p>>,
    pub(super) ended: Option<Ended>,
    started: bool,
    aborted: bool,
    /// The abort came while it was being polled: if it ends by that poll, it may have been
    /// cancelled.
    cut: bool,
    wake: Option<Time>,
    /// It keeps its thread until then.
    busy: Option<Time>,
    /// It is dropped while a thread unwinds, or with its runtime: a bomb may not be heard.
    pub(super) muffled: bool,
    /// When its runtime drops it.
    dropped: Option<Time>,
}

pub(super) struct World<'p> {
    pub(super) now: Time,
    pub(super) profile: Profile,
    pub(super) chance: Chance,
    pub(super) seen: Outcomes,
    pub(super) tasks: Vec<Task<'p>>,
    /// Handles that are awaited when the runtime is gone.
    pub(super) bag: Vec<(Id, usize)>,
    /// What is polled now wants to be polled again at once.
    pub(super) again: bool,
    /// Loops that leave others little time, and when they end.
    pub(super) hogs: Vec<Time>,
    /// When the root ended, and from when on a spawn is refused.
    root_end: Option<Time>,
    gone: Option<Time>,
    pub(super) hung: bool,
}

impl<'p> World<'p> {
    pub(super) fn new(profile: Profile, chance: Chance) -> Self {
        Self {
            now: 0,
            profile,
            chance,
            seen: Outcomes::new(),
            tasks: Vec::new(),
            bag: Vec::new(),
            again: false,
            hogs: Vec::new(),
            root_end: None,
            gone: None,
            hung: false,
        }
    }

    /// Runs a program to its end.
    pub(super) fn run(&mut self, program: &'p Program) {
        self.add(None, Work::Body(Run::new(&program.root)));
        while self.step() {}
        self.hung = self.tasks[0].ended.is_none();
        if !self.profile.ends {
            for (_, task) in self.bag.clone() {
                self.abort(task);
            }
            while self.step() {}
        }
        for (id, task) in std::mem::take(&mut self.bag) {
            if let Some(ended) = &self.tasks[task].ended {
                let word = ended.word();
                self.see(id, "join", word);
            }
        }
    }

    pub(super) fn unended(&self) -> usize {
        let unended = |task: &&Task<'_>| task.id.is_some() && task.ended.is_none();
        self.tasks.iter().filter(unended).count()
    }

    pub(super) fn see(&mut self, id: Id, what: &str, outcome: impl Into<String>) {
        self.seen.insert(format!("{id}.{what}"), outcome.into());
    }

    /// Spawns; on a runtime that is gone, the task is cancelled.
    pub(super) fn spawn(&mut self, id: Option<Id>, work: Work<'p>) -> usize {
        let task = self.add(id, work);
        if self.is_gone() {
            self.cancel(task);
        } else if self.root_end.is_some() && self.profile.ends {
            self.tasks[task].dropped = Some(self.later());
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
        self.tasks[task].aborted = true;
        self.wake(task);
        self.elsewhere(task);
    }

    /// Lets a task have its turn on another thread, within the poll of this one.
    pub(super) fn elsewhere(&mut self, task: usize) {
        if !self.profile.exact && self.tasks[task].ended.is_none() && self.coin(4) {
            self.poll(task);
        }
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone.is_some_and(|gone| gone <= self.now)
    }

    pub(super) fn later(&mut self) -> Time {
        let jitter = self.chance.jitter;
        // Mostly it is little.
        let most = self.chance.rng.random_range(0..=jitter);
        self.now + self.chance.rng.random_range(0..=most)
    }

    pub(super) fn coin(&mut self, sides: u32) -> bool {
        self.chance.rng.random_range(0..sides) == 0
    }

    fn add(&mut self, id: Option<Id>, work: Work<'p>) -> usize {
        let wake = Some(self.later());
        self.tasks.push(Task {
            id,
            work: Some(work),
            ended: None,
            started: false,
            aborted: false,
            cut: false,
            wake,
            busy: None,
            muffled: false,
            dropped: None,
        });
        self.tasks.len() - 1
    }

    fn wake(&mut self, task: usize) {
        let later = self.later();
        let task = &mut self.tasks[task];
        if task.busy.is_none() {
            task.wake = Some(task.wake.map_or(later, |wake| wake.min(later)));
        }
    }

    /// Polls, or drops, the task whose time is next; `false` if there is none.
    fn step(&mut self) -> bool {
        let due = |task: &Task<'_>| {
            let alive = task.ended.is_none();
            let dropped = task.dropped.map(|time| time.max(task.busy.unwrap_or(0)));
            let times = [task.wake, dropped].into_iter().flatten();
            alive.then(|| times.min()).flatten()
        };
        let Some(time) = self.tasks.iter().filter_map(due).min() else {
            return false;
        };
        let next: Vec<_> = (0..self.tasks.len())
            .filter(|task| due(&self.tasks[*task]) == Some(time))
            .collect();
        let task = next[self.chance.rng.random_range(0..next.len())];
        self.now = self.now.max(time);
        if let Some(until) = self.held_up(task) {
            self.tasks[task].wake = Some(until);
            return true;
        }
        if self.tasks[task].wake.is_some_and(|wake| wake <= self.now) {
            self.poll(task);
        }
        let dropped = self.tasks[task].dropped;
        if dropped.is_some_and(|time| time <= self.now) {
            self.cancel(task);
        }
        true
    }

    /// Until when another task, which keeps the thread, holds this one up.
    fn held_up(&mut self, task: usize) -> Option<Time> {
        if self.tasks[task].busy.is_some() || self.tasks[task].dropped.is_some() {
            return None;
        }
        let busy = self.tasks.iter().filter_map(|task| task.busy);
        let until = busy
            .chain(self.hogs.iter().copied())
            .filter(|until| *until > self.now)
            .max()?;
        let held = match self.chance.crowd {
            Crowd::Free => false,
            Crowd::OneThread => true,
            Crowd::AtRandom => self.coin(2),
        };
        held.then_some(until)
    }

    fn poll(&mut self, task: usize) {
        let Some(mut work) = self.tasks[task].work.take() else {
            return; // It is being polled.
        };
        let was_busy = self.tasks[task].busy.is_some_and(|busy| busy <= self.now);
        if self.tasks[task].busy.is_some() && !was_busy {
            self.tasks[task].work = Some(work);
            return;
        }
        self.tasks[task].busy = None;
        self.tasks[task].wake = None;
        if self.tasks[task].aborted && !was_busy {
            self.tasks[task].work = Some(work);
            self.cancel(task);
            return;
        }
        self.tasks[task].started = true;
        let outer = std::mem::replace(&mut self.again, false);
        let polled = self.poll_work(&mut work);
        let again = std::mem::replace(&mut self.again, outer);
        match polled {
            Polled::Ready => self.end(task, Ended::Value),
            Polled::Panicked(payload) => {
                self.drop_work(&mut work, false);
                self.end(task, Ended::Panicked(payload));
            }
            Polled::Busy(until) => {
                self.tasks[task].work = Some(work);
                self.tasks[task].busy = Some(until);
                self.tasks[task].wake = Some(until);
            }
            Polled::Pending => {
                let timer = self.next_timer(&work);
                self.tasks[task].work = Some(work);
                // What has happened to it meanwhile has set this.
                let woken = self.tasks[task].wake;
                let late = timer.map(|timer| self.later() - self.now + timer);
                let again = again.then(|| self.later());
                self.tasks[task].wake = [woken, late, again].into_iter().flatten().min();
                if self.tasks[task].aborted {
                    self.tasks[task].wake = Some(self.now);
                }
            }
        }
    }

    /// Drops the future of a task.
    fn cancel(&mut self, task: usize) {
        if self.tasks[task].ended.is_some() {
            return;
        }
        let Some(mut work) = self.tasks[task].work.take() else {
            return;
        };
        let started = self.tasks[task].started;
        let burst = self.drop_work(&mut work, started);
        let muffled = self.tasks[task].muffled || self.tasks[task].dropped.is_some();
        let unheard = muffled && self.coin(2);
        match burst {
            Some(payload) if !unheard => self.end(task, Ended::Panicked(payload)),
            _ => self.end(task, Ended::Cancelled),
        }
    }

    fn end(&mut self, task: usize, ended: Ended) {
        if let Some(id) = self.tasks[task].id {
            let word = match &ended {
                Ended::Value => "done",
                Ended::Cancelled => "dropped",
                Ended::Panicked(_) => "panicked",
            };
            self.see(id, "task", word);
        }
        if task == 0 {
            self.seen.insert("root".into(), ended.word());
            self.end_root();
        }
        let cut = self.tasks[task].cut && self.coin(2);
        self.tasks[task].ended = Some(if cut { Ended::Cancelled } else { ended });
        self.tasks[task].wake = None;
        for other in 0..self.tasks.len() {
            if self.tasks[other].ended.is_none() {
                self.wake(other);
            }
        }
    }

    /// The owner is dropped soon after.
    fn end_root(&mut self) {
        let now = self.now;
        self.root_end = Some(now);
        if !self.profile.ends {
            return;
        }
        let end = self.later();
        let gone = self.later() - now + end;
        self.gone = Some(gone);
        for task in 1..self.tasks.len() {
            let dropped = self.later() - now + end;
            self.tasks[task].dropped = Some(dropped);
        }
    }
}
