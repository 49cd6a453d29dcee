//! What the threads of a runtime share: the sleeps, the ready queue, and which thread drives.

use std::collections::{BTreeMap, VecDeque};
use std::panic::Location;
use std::sync::Arc;
use std::task::Waker;
use std::thread::ThreadId;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use crate::Deadlock;
use crate::deadlock::Kind;
use crate::livelock::LivelockDetector;
use crate::world::job::Job;
use crate::world::{NEVER, Ready};

/// A deadline in nanoseconds since the base, and the number of its registration.
pub(crate) type Key = (u64, u64);

/// A closure that blocks. Calling it does not panic.
pub(crate) type Closure = Box<dyn FnOnce() + Send>;

#[derive(Default)]
pub(crate) struct State {
    pub(crate) sleeps: BTreeMap<Key, Waker>,
    pub(crate) jobs: BTreeMap<u64, Arc<Job>>,
    /// Shuffles what is ready; `None` means first in, first out.
    random: Option<Xoshiro256PlusPlus>,
    pub(crate) ready: VecDeque<Ready>,
    /// How many threads in `ready` want a turn.
    pub(crate) turns: usize,
    /// Polled before anything in `ready`: the turn was handed over for it.
    pub(crate) handed: Option<Ready>,
    last_number: u64,
    /// The thread that drives, and the location of its call.
    pub(crate) driver: Option<ThreadId>,
    pub(crate) called_at: Option<&'static Location<'static>>,
    /// The threads that wait for their turn to drive.
    pub(crate) waiting: Vec<ThreadId>,
    /// The thread whose `advance` has lent its turn for one poll. It gets the turn back before another
    /// call begins: otherwise both would move the clock for the same time.
    pub(crate) lender: Option<ThreadId>,
    /// How many threads wait for `changed`. It is notified only if there are any, as that costs a
    /// system call.
    pub(crate) listening: usize,
    /// How many guards of real work exist.
    pub(crate) guards: usize,
    /// The closures that no thread has begun.
    pub(crate) closures: VecDeque<Closure>,
    /// How many threads there are for closures, without those that drive: each runs one, or is
    /// about to.
    pub(crate) closure_threads: usize,
    /// The threads that run a closure, without those that drive.
    pub(crate) working: Vec<ThreadId>,
    pub(crate) detector: LivelockDetector,
}

impl State {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self {
            random: seed.map(Xoshiro256PlusPlus::seed_from_u64),
            ..Self::default()
        }
    }

    /// A unique number; not 0.
    pub(crate) fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    pub(crate) fn push(&mut self, ready: Ready) {
        self.detector.pushed += 1;
        self.turns += usize::from(ready.is_turn());
        self.ready.push_back(ready);
    }

    /// What is polled next. Without `turns`, another call waits for its turn until this one ends.
    pub(crate) fn next_ready(&mut self, turns: bool) -> Option<Ready> {
        if self.handed.is_some() {
            return self.handed.take();
        }
        let place = match &mut self.random {
            _ if !turns && self.turns > 0 => {
                self.ready.iter().position(|ready| !ready.is_turn())?
            }
            Some(random) if self.ready.len() > 1 => random.random_range(0..self.ready.len()),
            _ => 0,
        };
        let ready = self.ready.swap_remove_front(place)?;
        self.turns -= usize::from(ready.is_turn());
        Some(ready)
    }

    /// Takes the place of a thread that has its turn out of the queue.
    pub(crate) fn leave_queue(&mut self, thread: ThreadId) {
        if self.turns == 0 {
            return;
        }
        let is_its = |ready: &Ready| ready.is_turn() && ready.thread() == Some(thread);
        if let Some(place) = self.ready.iter().position(is_its) {
            self.ready.remove(place);
            self.turns -= 1;
        }
    }

    /// The first deadline that will come.
    pub(crate) fn first_deadline(&self) -> Option<u64> {
        let (key, _) = self.sleeps.first_key_value()?;
        Some(key.0).filter(|deadline| *deadline != NEVER)
    }

    /// Takes a sleep whose deadline has come, in order of deadline and registration.
    pub(crate) fn take_due(&mut self, now: u64) -> Option<Waker> {
        let first = self.sleeps.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// Whether real work holds the clock.
    pub(crate) fn is_held(&self) -> bool {
        self.guards > 0 || !self.closures.is_empty() || !self.working.is_empty()
    }

    /// Whether anything is ready, or will be.
    pub(crate) fn has_work(&self) -> bool {
        !self.ready.is_empty()
            || self.handed.is_some()
            || self.first_deadline().is_some()
            || self.is_held()
    }

    /// The error of a call that finds nothing ready.
    pub(crate) fn deadlock(&self, called_at: &'static Location<'static>) -> Deadlock {
        let sleeps = self.sleeps.len();
        Deadlock {
            kind: Kind::Idle { sleeps },
            called_at,
            tasks: self.jobs.values().map(|job| job.spawned_at).collect(),
        }
    }

    /// Counts the poll that has ended, and looks whether there were too many.
    ///
    /// # Errors
    ///
    /// On a livelock.
    pub(crate) fn look_for_livelock(
        &mut self,
        called_at: &'static Location<'static>,
    ) -> Result<(), Deadlock> {
        if let Some(report) = self.detector.report.take() {
            return Err(report);
        }
        let last = self.ready.back().map(Ready::address);
        let livelock = self.detector.end_poll(last);
        if self.is_held() {
            // A task may poll for the end of real work for as long as that takes.
            self.detector.reset();
            return Ok(());
        }
        let Some(kind) = livelock else {
            return Ok(());
        };
        // In the order of their numbers.
        let jobs: BTreeMap<_, _> = self
            .ready
            .iter()
            .filter_map(|ready| match ready {
                Ready::Job(job) => Some((job.number, job.spawned_at)),
                Ready::Blocked(_) | Ready::Turn(_) => None,
            })
            .collect();
        Err(Deadlock {
            kind,
            called_at,
            tasks: jobs.into_values().collect(),
        })
    }
}
