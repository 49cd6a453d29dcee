//! One virtual runtime: its clock, and the lock around everything else.

use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use dormouse_core::adapter::{drop_quietly, wake};
use dormouse_core::{Instant, SystemTime};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use crate::Deadlock;
use crate::deadlock::Kind;
use crate::livelock::{LivelockDetector, too_many_readings};
use crate::world::state::State;

pub(crate) use crate::world::ready::Ready;

pub(crate) mod blocked;
pub(crate) mod job;
mod ready;
pub(crate) mod state;

/// Locks, also if the lock is poisoned: no foreign code runs while a lock of ours is held.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A deadline that never comes: more than 584 years away. It is also the time of the clock once the
/// runtime is gone.
pub(crate) const NEVER: u64 = u64::MAX;

/// From the beginning of 1970 until that of 2000, UTC.
const UNTIL_2000: Duration = Duration::from_secs(946_684_800);

/// One virtual runtime. Handles, sleeps and wakers share it; its owner empties it when dropped.
pub(crate) struct World {
    /// The instant at which it began.
    pub(crate) base: Instant,
    /// Nanoseconds since the base; changed with the lock held, and never moved back.
    now: AtomicU64,
    /// What the wall clock showed when it was set, and when that was.
    wall: Mutex<(SystemTime, u64)>,
    /// Draws the seeds of random delays.
    draws: Mutex<Xoshiro256PlusPlus>,
    state: Mutex<State>,
    /// Notified when there is something to do, for the threads that wait in `listen`.
    pub(crate) changed: Condvar,
}

impl World {
    pub(crate) fn new(seed: Option<u64>) -> Arc<Self> {
        Arc::new(Self {
            base: Instant::now(),
            now: AtomicU64::new(0),
            wall: Mutex::new((SystemTime::UNIX_EPOCH + UNTIL_2000, 0)),
            // Another sequence than that of the order, which one more draw must not change.
            draws: Mutex::new(Xoshiro256PlusPlus::seed_from_u64(!seed.unwrap_or(0))),
            state: Mutex::new(State::new(seed)),
            changed: Condvar::new(),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(crate) fn now(&self) -> u64 {
        self.now.load(SeqCst)
    }

    /// The time, as the program reads it.
    ///
    /// # Panics
    ///
    /// If it is read too often in this poll, on the thread that drives.
    pub(crate) fn read_clock(&self) -> u64 {
        let now = self.now();
        if let Some(livelock) = too_many_readings(now) {
            self.end_poll_of_livelock(|_| Some(livelock));
        }
        now
    }

    /// What the wall clock shows; it moves with the virtual time.
    pub(crate) fn system_time(&self) -> SystemTime {
        let (shown, then) = *lock(&self.wall);
        let since = Duration::from_nanos(self.read_clock().saturating_sub(then));
        shown.checked_add(since).unwrap_or_else(|| {
            // Not `shown`, which would set the clock back: the latest time that there is.
            let bits = (0..u64::BITS).rev();
            let steps = bits.map(|bit| Duration::from_nanos(1 << bit));
            steps.fold(shown, |at, step| at.checked_add(step).unwrap_or(at))
        })
    }

    pub(crate) fn set_system_time(&self, shown: SystemTime) {
        let mut wall = lock(&self.wall);
        // Read under the lock, as another thread may move the clock.
        *wall = (shown, self.now());
    }

    /// The seed of the next random delays.
    pub(crate) fn draw_seed(&self) -> u64 {
        lock(&self.draws).random()
    }

    /// Whether the owner has been dropped.
    pub(crate) fn is_gone(&self) -> bool {
        self.now() == NEVER
    }

    /// Ends the runtime: no task is left, and every sleep is due.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        self.now.store(NEVER, SeqCst);
        let jobs = std::mem::take(&mut state.jobs);
        let sleeps = std::mem::take(&mut state.sleeps);
        let closures = std::mem::take(&mut state.closures);
        let ready = (std::mem::take(&mut state.ready), state.handed.take());
        state.turns = 0;
        self.ring(state);
        jobs.into_values().for_each(|job| job.cancel());
        drop(ready);
        closures.into_iter().for_each(drop_quietly);
        sleeps.into_values().for_each(wake);
    }

    /// Queues what has become ready, and notifies the threads that wait in `listen`.
    pub(crate) fn ready(&self, who: impl Into<Ready>) {
        let who = who.into();
        let mut state = self.lock();
        if self.is_gone() {
            drop(state);
            return drop(who);
        }
        state.push(who);
        self.ring(state);
    }

    /// Moves the clock, and wakes the sleeps that are due, in order.
    pub(crate) fn move_clock<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        to: u64,
    ) -> MutexGuard<'a, State> {
        if self.now.fetch_max(to, SeqCst) < to {
            state.detector.reset();
        }
        while let Some(waker) = state.take_due(self.now()) {
            drop(state);
            wake(waker);
            state = self.lock();
        }
        state
    }

    /// Moves the clock and wakes the sleeps that are due, each at its deadline.
    pub(crate) fn move_clock_by_steps<'a>(&'a self, mut state: MutexGuard<'a, State>, to: u64) {
        while let Some(next) = state.first_deadline().filter(|next| *next <= to) {
            state = self.move_clock(state, next);
        }
        drop(self.move_clock(state, to));
    }

    /// Counts a sleep that was ready at its first poll, or was polled once more too early.
    ///
    /// # Panics
    ///
    /// If there were too many of them in this poll, on the thread that drives.
    pub(crate) fn count_sleep(&self) {
        self.end_poll_of_livelock(LivelockDetector::count_sleep);
    }

    /// Panics if this thread drives and the clock can't move until this poll ends, and there is a
    /// livelock.
    fn end_poll_of_livelock(&self, livelock: impl FnOnce(&mut LivelockDetector) -> Option<Kind>) {
        let mut state = self.lock();
        if state.driver != Some(thread::current().id()) || state.is_held() {
            return;
        }
        if let Some(kind) = livelock(&mut state.detector) {
            let report = Deadlock {
                kind,
                called_at: state.called_at.unwrap_or(Location::caller()),
                tasks: state.detector.spawned_at().into_iter().collect(),
            };
            state.detector.report = Some(report.clone());
            drop(state);
            panic!("{report}");
        }
    }

    /// Notifies the threads that wait in `listen`.
    pub(crate) fn ring(&self, state: MutexGuard<'_, State>) {
        let listening = state.listening > 0;
        drop(state);
        if listening {
            self.changed.notify_all();
        }
    }

    /// Waits for a notification of `changed`.
    pub(crate) fn listen<'a>(&self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        state.listening += 1;
        let waited = self.changed.wait(state);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.listening -= 1;
        state
    }

    /// Waits for a notification of `changed` while this is true, but not for longer than `limit`.
    pub(crate) fn listen_while<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        limit: Duration,
        condition: impl FnMut(&mut State) -> bool,
    ) -> MutexGuard<'a, State> {
        state.listening += 1;
        let waited = self.changed.wait_timeout_while(state, limit, condition);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.listening -= 1;
        state
    }
}
