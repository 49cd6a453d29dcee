//! The tasks of a program, the clock, and what is drawn at random.

use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

use crate::model::run::Work;
use crate::model::{Outcomes, Profile, TICK, Time};
use crate::program::Id;

/// What is drawn at random in a schedule.
pub(super) struct Chance {
    pub(super) rng: Xoshiro256PlusPlus,
    /// How late a wake-up may be.
    pub(super) jitter: Time,
    pub(super) crowd: Crowd,
}

/// Which tasks a task delays that blocks its thread.
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

pub(super) struct Task<'p> {
    /// The place that spawned it, if its end is recorded.
    pub(super) id: Option<Id>,
    /// Taken while it is polled.
    pub(super) work: Option<Work<'p>>,
    pub(super) ended: Option<Ended>,
    pub(super) started: bool,
    pub(super) aborted: bool,
    /// The abort came while it was being polled: if that poll ends it, it may count as cancelled.
    pub(super) cut: bool,
    /// A poll began on another thread before the abort, and sees what happens after it.
    pub(super) in_flight: bool,
    pub(super) wake: Option<Time>,
    /// It blocks its thread until this time.
    pub(super) busy: Option<Time>,
    /// It is dropped while a thread unwinds, or with its runtime: the panic of a destructor may be
    /// lost.
    pub(super) muffled: bool,
    /// When its runtime drops it.
    pub(super) dropped: Option<Time>,
}

pub(super) struct World<'p> {
    pub(super) now: Time,
    pub(super) profile: Profile,
    pub(super) chance: Chance,
    pub(super) seen: Outcomes,
    pub(super) tasks: Vec<Task<'p>>,
    /// Handles that are awaited once the runtime is gone.
    pub(super) bag: Vec<(Id, usize)>,
    /// The task that is being polled has to be polled again at once.
    pub(super) again: bool,
    /// The ends of loops that leave other tasks little time.
    pub(super) hogs: Vec<Time>,
    /// When spawns begin to be refused, once the root has ended.
    pub(super) gone: Option<Time>,
    /// A poll that runs while the owner is dropped keeps the runtime alive until it returns: until
    /// then there may be other polls, and spawns.
    pub(super) lingers: bool,
    /// The owner is dropped by a task, which may have to wait for its turn.
    pub(super) waits: bool,
    pub(super) hung: bool,
}

impl<'p> World<'p> {
    pub(super) fn new(profile: Profile, mut chance: Chance) -> Self {
        Self {
            waits: false,
            lingers: chance.rng.random_range(0..2) == 0,
            now: 0,
            profile,
            chance,
            seen: Outcomes::new(),
            tasks: Vec::new(),
            bag: Vec::new(),
            again: false,
            hogs: Vec::new(),
            gone: None,
            hung: false,
        }
    }

    pub(super) fn unended(&self) -> usize {
        let is_running = |task: &&Task<'_>| task.id.is_some() && task.ended.is_none();
        self.tasks.iter().filter(is_running).count()
    }

    pub(super) fn see(&mut self, id: Id, what: &str, outcome: impl Into<String>) {
        self.seen.insert(format!("{id}.{what}"), outcome.into());
    }

    /// When closures that have not begun are cancelled: a thread may be slow to take them.
    pub(super) fn unbegun_is_cancelled(&mut self) -> Option<Time> {
        let gone = self.gone?;
        Some(gone.saturating_sub(if self.coin(2) { TICK } else { 0 }))
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone.is_some_and(|gone| gone <= self.now)
    }

    pub(super) fn later(&mut self) -> Time {
        let jitter = self.chance.jitter;
        // Small values are more likely.
        let most = self.chance.rng.random_range(0..=jitter);
        self.now + self.chance.rng.random_range(0..=most)
    }

    pub(super) fn coin(&mut self, sides: u32) -> bool {
        self.chance.rng.random_range(0..sides) == 0
    }

    pub(super) fn add(&mut self, id: Option<Id>, work: Work<'p>) -> usize {
        let wake = Some(self.later());
        self.tasks.push(Task {
            id,
            work: Some(work),
            ended: None,
            started: false,
            aborted: false,
            cut: false,
            in_flight: false,
            wake,
            busy: None,
            muffled: false,
            dropped: None,
        });
        self.tasks.len() - 1
    }

    pub(super) fn wake(&mut self, task: usize) {
        let later = self.later();
        let task = &mut self.tasks[task];
        if task.busy.is_none() {
            task.wake = Some(task.wake.map_or(later, |wake| wake.min(later)));
        }
    }
}
