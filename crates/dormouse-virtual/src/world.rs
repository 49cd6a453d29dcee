//! The clock, the sleeps and the ready queue of one virtual runtime.

use std::collections::{BTreeMap, VecDeque};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Weak};
use std::task::{Wake, Waker};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use crate::job::Job;

/// A deadline in nanoseconds since the base, and the number of its registration.
pub(crate) type Key = (u64, u64);

/// A deadline that never comes: more than 584 years away.
pub(crate) const NEVER: u64 = u64::MAX;

/// One virtual runtime.
pub(crate) struct World {
    /// The instant at which it began.
    pub(crate) base: Instant,
    state: Mutex<State>,
    /// Rung when something has become ready.
    pub(crate) bell: Condvar,
}

pub(crate) struct State {
    /// Nanoseconds since the base.
    pub(crate) now: u64,
    /// Shuffles what is ready; `None` runs it first in, first out.
    random: Option<Xoshiro256PlusPlus>,
    ready: VecDeque<Ready>,
    sleeps: BTreeMap<Key, Waker>,
    pub(crate) jobs: BTreeMap<u64, Arc<Job>>,
    next: u64,
    /// Threads that wait for the bell. It is not rung for nobody, as that costs a system call.
    pub(crate) waiting: usize,
    /// The thread that drives it.
    pub(crate) driver: Option<ThreadId>,
}

/// Who is ready to be polled.
pub(crate) enum Ready {
    /// The future that is blocked on.
    Main,
    Job(Arc<Job>),
}

impl World {
    pub(crate) fn new(seed: Option<u64>) -> Arc<Self> {
        Arc::new(Self {
            base: Instant::now(),
            state: Mutex::new(State {
                now: 0,
                random: seed.map(Xoshiro256PlusPlus::seed_from_u64),
                ready: VecDeque::new(),
                sleeps: BTreeMap::new(),
                jobs: BTreeMap::new(),
                next: 0,
                waiting: 0,
                driver: None,
            }),
            bell: Condvar::new(),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // Foreign code is never run while it is held.
        self.state.lock().unwrap_or_else(|lock| lock.into_inner())
    }

    pub(crate) fn now(&self) -> Instant {
        self.base + Duration::from_nanos(self.lock().now)
    }

    pub(crate) fn ready(&self, who: Ready) {
        let mut state = self.lock();
        state.ready.push_back(who);
        self.ring(state);
    }

    /// Tells threads that wait that there is something to do.
    pub(crate) fn ring(&self, state: MutexGuard<'_, State>) {
        let waiting = state.waiting > 0;
        drop(state);
        if waiting {
            self.bell.notify_all();
        }
    }
}

impl State {
    /// A number that nobody else has.
    pub(crate) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Whether anything is ready, or will be.
    pub(crate) fn has_work(&self) -> bool {
        !self.ready.is_empty() || self.first_deadline().is_some()
    }

    /// Who is polled next.
    pub(crate) fn next_ready(&mut self) -> Option<Ready> {
        match &mut self.random {
            Some(random) if self.ready.len() > 1 => {
                let place = random.random_range(0..self.ready.len());
                self.ready.swap_remove_front(place)
            }
            _ => self.ready.pop_front(),
        }
    }

    /// Queues a sleep, to be woken at its deadline.
    pub(crate) fn register(&mut self, deadline: u64, waker: Waker) -> Key {
        let key = (deadline, self.number());
        self.sleeps.insert(key, waker);
        key
    }

    pub(crate) fn waker(&mut self, key: Key) -> Option<&mut Waker> {
        self.sleeps.get_mut(&key)
    }

    pub(crate) fn forget(&mut self, key: Key) -> Option<Waker> {
        self.sleeps.remove(&key)
    }

    /// The first deadline that will come.
    pub(crate) fn first_deadline(&self) -> Option<u64> {
        let (key, _) = self.sleeps.first_key_value()?;
        Some(key.0).filter(|deadline| *deadline != NEVER)
    }

    /// Takes a sleep whose deadline has come, in order of deadline and registration.
    pub(crate) fn take_due(&mut self) -> Option<Waker> {
        let first = self.sleeps.first_entry()?;
        (first.key().0 <= self.now).then(|| first.remove())
    }

    /// Where the tasks were spawned that have not ended.
    pub(crate) fn hanging(&self) -> Vec<&'static Location<'static>> {
        self.jobs.values().map(|job| job.spawned_at).collect()
    }
}

/// The waker of the future that is blocked on. Tasks keep clones of it, and must not keep the
/// runtime by that.
pub(crate) struct Main {
    world: Weak<World>,
    queued: AtomicBool,
}

impl Main {
    pub(crate) fn new(world: &Arc<World>) -> Arc<Self> {
        Arc::new(Self {
            world: Arc::downgrade(world),
            queued: AtomicBool::new(false),
        })
    }

    /// It is about to be polled: the next wake-up is news.
    pub(crate) fn begin(&self) {
        self.queued.store(false, SeqCst);
    }
}

impl Wake for Main {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.queued.swap(true, SeqCst) {
            return;
        }
        if let Some(world) = self.world.upgrade() {
            world.ready(Ready::Main);
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let state = self
            .state
            .get_mut()
            .unwrap_or_else(|lock| lock.into_inner());
        let jobs = std::mem::take(&mut state.jobs);
        // Wakers are foreign code too: not dropped with the lock held.
        let sleeps = std::mem::take(&mut state.sleeps);
        state.ready.clear();
        for job in jobs.into_values() {
            job.cancel();
        }
        drop(sleeps);
    }
}
