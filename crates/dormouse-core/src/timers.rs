//! Deadlines and the wakers of who waits for them, on any number of threads.

use std::task::Waker;

use crate::adapter::wake;
use crate::sync::{AtomicU64, Mutex, MutexGuard};
use crate::timers::shard::{Due, Entered, Shard};
use std::sync::atomic::Ordering::SeqCst;

mod bags;
#[cfg(all(test, loom))]
mod loom_tests;
mod seats;
mod shard;
#[cfg(all(test, not(loom)))]
mod tests;
mod threads;

pub(crate) use seats::Seat;
pub(crate) use shard::State;
pub(crate) use threads::{shard_of_this_thread, shards};

/// Deadlines with their wakers, in shards: a thread enters its own one, and its lock is hardly
/// ever held by another.
///
/// Times are nanoseconds since a zero that the user of this chooses. [`fire`](Self::fire) wakes all
/// that are due, in the order of their deadlines across the shards. Somebody, the *driver*, must
/// call it in time: it asks for the [`next`](Self::next) deadline, [promises](Self::promise) to be
/// back by then, and is called earlier where [`enter`](Self::enter) says so.
///
/// # Locks
///
/// No waker is cloned, woken or dropped while a lock is held.
#[derive(Debug)]
pub(crate) struct Timers {
    shards: Box<[Padded]>,
    /// By when the driver will look at the deadlines. Written by the driver, and by who tells it to
    /// come earlier; read by everybody who enters.
    promised: AtomicU64,
    firing: Mutex<Firing>,
}

/// The time of a deadline that never comes.
pub(crate) const NEVER: u64 = u64::MAX;

impl Timers {
    /// Without a deadline, at this time.
    pub(crate) fn new(now: u64) -> Self {
        let shard = |_| Padded(Mutex::new(Shard::new(now)));
        Self {
            shards: (0..shards()).map(shard).collect(),
            promised: AtomicU64::new(NEVER),
            firing: Mutex::default(),
        }
    }

    /// Enters a deadline; [`is_early`](Self::is_early) says whether the driver must be told.
    #[inline]
    pub(crate) fn enter(&self, shard: usize, deadline: u64, waker: Waker) -> Seat {
        self.lock(shard).enter(deadline, waker)
    }

    /// Gives a deadline that is still waited for another time, with the waker that it has.
    pub(crate) fn enter_again(&self, shard: usize, seat: Seat, deadline: u64) -> Entered {
        self.lock(shard).enter_again(seat, deadline)
    }

    /// Whether the driver must be told of a deadline that has been entered: it is earlier than what
    /// the driver has promised. `true` for one thread alone, which must tell it.
    #[inline]
    pub(crate) fn is_early(&self, deadline: u64) -> bool {
        deadline < self.promised.load(SeqCst)
            && deadline < self.promised.fetch_min(deadline, SeqCst)
    }

    /// Whether the seat is still waited for; if so, `waker` is the one that is woken.
    pub(crate) fn renew(&self, shard: usize, seat: Seat, waker: &Waker) -> State {
        let state = self.lock(shard).state(seat, waker);
        if state != State::OtherWaker {
            return state;
        }
        let waker = waker.clone();
        let result = self.lock(shard).replace(seat, waker);
        // A waker that has been replaced, or one too many.
        match result {
            Ok(_former) => State::Waiting,
            Err(_spare) => State::Woken,
        }
    }

    /// Leaves, woken or not; gives back the waker if it has not been woken.
    #[inline]
    pub(crate) fn leave(&self, shard: usize, seat: Seat) -> Option<Waker> {
        self.lock(shard).leave(seat)
    }

    /// Wakes all whose deadlines are not after `now`, in the order of their deadlines; how many.
    ///
    /// One thread does at a time, or the order would be nobody's. One that comes meanwhile leaves
    /// its work to the first.
    pub(crate) fn fire(&self, now: u64) -> u64 {
        let mut until = Some(now);
        let mut woken = 0;
        if !self.firing().begin(now) {
            return 0;
        }
        while let Some(now) = until {
            let mut due = Vec::new();
            for shard in 0..self.shards.len() {
                self.lock(shard).take_due(now, &mut due);
            }
            // Stable: those of one deadline stay in the order in which they entered.
            due.sort_by_key(|due| due.deadline);
            woken += due.len() as u64;
            wake_all(due);
            until = self.firing().end();
        }
        woken
    }

    /// Wakes everybody, due or not: they are to look after themselves.
    pub(crate) fn wake_everybody(&self) {
        self.fire(NEVER);
    }

    /// The first deadline, or [`NEVER`]. It may be that of one who has left.
    pub(crate) fn next(&self) -> u64 {
        let first = |shard| self.lock(shard).first();
        (0..self.shards.len()).map(first).min().unwrap_or(NEVER)
    }

    /// The driver says by when it will look again: it must, if nobody tells it to come earlier.
    ///
    /// It promises nothing ([`NEVER`]) before it asks for the next deadline. So who enters after it
    /// has looked tells it, and who entered before has been seen.
    pub(crate) fn promise(&self, time: u64) {
        self.promised.store(time, SeqCst);
    }

    #[inline]
    fn lock(&self, shard: usize) -> MutexGuard<'_, Shard> {
        // Nothing panics while it is held.
        let lock = self.shards[shard].0.lock();
        lock.unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn firing(&self) -> MutexGuard<'_, Firing> {
        let lock = self.firing.lock();
        lock.unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// A shard on cache lines of its own: two, as processors fetch them in pairs.
#[derive(Debug)]
#[repr(align(128))]
struct Padded(Mutex<Shard>);

/// Whether a thread is waking those who are due, and until when it shall.
#[derive(Debug, Default)]
struct Firing {
    busy: bool,
    again: Option<u64>,
}

impl Firing {
    fn begin(&mut self, now: u64) -> bool {
        if self.busy {
            self.again = self.again.max(Some(now));
            return false;
        }
        self.busy = true;
        true
    }

    /// Until when there is more to do.
    fn end(&mut self) -> Option<u64> {
        let again = self.again.take();
        self.busy = again.is_some();
        again
    }
}

/// Wakes in order, and a waker that comes several times in a row once.
fn wake_all(due: Vec<Due>) {
    let mut last: Option<Waker> = None;
    for Due { waker, .. } in due {
        if last.as_ref().is_some_and(|last| last.will_wake(&waker)) {
            crate::adapter::drop_quietly(waker);
        } else if let Some(last) = last.replace(waker) {
            wake(last);
        }
    }
    if let Some(last) = last {
        wake(last);
    }
}
