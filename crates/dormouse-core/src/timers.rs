//! A sharded queue of deadlines with their wakers.

use std::sync::atomic::Ordering::SeqCst;
use std::task::Waker;
use std::time::Duration;

use crate::adapter::quiet::{drop_quietly, wake};
use crate::sync::{AtomicU64, Mutex, MutexGuard, lock};
use crate::timers::shard::{Due, Shard};

#[cfg(all(test, loom))]
mod loom_tests;
mod radix_heap;
mod shard;
mod slab;
#[cfg(all(test, not(loom)))]
mod tests;
mod threads;

pub(crate) use shard::State;
use slab::Slot;
pub(crate) use threads::{shard_of_this_thread, shards};

/// Deadlines with their wakers, in shards. Each thread enters deadlines into its own shard, so that
/// its lock is hardly ever held by another thread.
///
/// Times are nanoseconds since a zero that the caller chooses. [`fire`](Self::fire) wakes all
/// sleeps that are due, in the order of their deadlines across the shards. A *driver* must call it
/// in time: it asks for the [`next`](Self::next) deadline, [promises](Self::promise) to look again
/// by then, and must be told to look earlier if [`is_early`](Self::is_early) says so.
///
/// # Locks
///
/// No waker is cloned, woken or dropped while a lock is held.
#[derive(Debug)]
pub(crate) struct Timers {
    shards: Box<[Padded]>,
    /// By when the driver will look at the deadlines. Written by the driver and by threads that
    /// tell it to look earlier; read after each entry.
    promised: AtomicU64,
    firing: Mutex<Firing>,
}

/// Where the waker of a deadline is: in 8 bytes, `Option` included.
#[derive(Debug)]
pub(crate) struct Place {
    slot: Slot,
    // There are no more than 256.
    shard: u8,
    // Always true: its niche makes room for `None`.
    _taken: bool,
}

/// The time of a deadline that never comes.
pub(crate) const NEVER: u64 = u64::MAX;

/// A duration as the time of a deadline, which is before [`NEVER`].
#[inline]
pub(crate) fn nanos(since: Duration) -> u64 {
    let seconds = since.as_secs().checked_mul(1_000_000_000);
    let nanos = seconds.and_then(|nanos| nanos.checked_add(u64::from(since.subsec_nanos())));
    // Some five hundred years from the zero.
    nanos.unwrap_or(NEVER).min(NEVER - 1)
}

impl Timers {
    /// Without a deadline; `now` is the present time.
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
    pub(crate) fn enter(&self, shard: usize, deadline: u64, waker: Waker) -> Place {
        Place {
            slot: self.lock(shard).enter(deadline, waker),
            shard: shard as u8,
            _taken: true,
        }
    }

    /// Replaces a deadline and keeps its waker; `false` if it has been woken.
    pub(crate) fn enter_again(&self, place: &Place, deadline: u64) -> bool {
        self.shard(place).enter_again(place.slot, deadline)
    }

    /// Whether the driver must be told of a deadline that has been entered: it is earlier than what
    /// the driver has promised. A caller that gets `true` must tell it; of several with one
    /// deadline, only one does.
    #[inline]
    pub(crate) fn is_early(&self, deadline: u64) -> bool {
        deadline < self.promised.load(SeqCst)
            && deadline < self.promised.fetch_min(deadline, SeqCst)
    }

    /// The state of a waker; if it is waiting, `waker` is the one that will be woken.
    pub(crate) fn set_waker(&self, place: &Place, waker: &Waker) -> State {
        let state = self.shard(place).state(place.slot, waker);
        if state != State::OtherWaker {
            return state;
        }
        let waker = waker.clone();
        let result = self.shard(place).replace(place.slot, waker);
        let state = if result.is_ok() {
            State::Waiting
        } else {
            State::Woken
        };
        // After the lock is released: the replaced waker, or the new one that came too late.
        drop_quietly(result);
        state
    }

    /// Frees the place; returns the waker if it has not been woken.
    #[inline]
    pub(crate) fn leave(&self, place: Place) -> Option<Waker> {
        self.shard(&place).leave(place.slot)
    }

    /// Wakes all whose deadlines are not after `now`, in the order of their deadlines; returns how
    /// many.
    ///
    /// One thread fires at a time, as two would mix up the order. If a second one calls this
    /// meanwhile, the first does its work, too.
    pub(crate) fn fire(&self, now: u64) -> u64 {
        let mut until = Some(now);
        let mut woken = 0;
        if !lock(&self.firing).begin(now) {
            return 0;
        }
        while let Some(now) = until {
            let mut due = Vec::new();
            for shard in 0..self.shards.len() {
                self.lock(shard).take_due(now, &mut due);
            }
            // Stable: wakers of one deadline keep the order in which the shards gave them.
            due.sort_by_key(|due| due.deadline);
            woken += due.len() as u64;
            wake_all(due);
            until = lock(&self.firing).end();
        }
        woken
    }

    /// Wakes all, due or not: each sleep that is not due must then arm a timer anew.
    pub(crate) fn wake_everybody(&self) {
        self.fire(NEVER);
    }

    /// The first deadline, or [`NEVER`]. It may be stale, if its sleep was cancelled.
    pub(crate) fn next(&self) -> u64 {
        let first = |shard| self.lock(shard).first();
        (0..self.shards.len()).map(first).min().unwrap_or(NEVER)
    }

    /// Sets by when the driver will look again, unless it is told to look earlier.
    ///
    /// The driver must promise [`NEVER`] before it asks for the next deadline. A deadline that is
    /// entered after it has looked is then earlier than the promise, so the thread that enters it
    /// tells the driver. Those that were entered before, the driver has seen.
    pub(crate) fn promise(&self, time: u64) {
        self.promised.store(time, SeqCst);
    }

    #[inline]
    fn shard(&self, place: &Place) -> MutexGuard<'_, Shard> {
        self.lock(place.shard.into())
    }

    #[inline]
    fn lock(&self, shard: usize) -> MutexGuard<'_, Shard> {
        lock(&self.shards[shard].0)
    }
}

/// A shard on its own two cache lines, as processors fetch them in pairs.
#[derive(Debug)]
#[repr(align(128))]
struct Padded(Mutex<Shard>);

/// Whether a thread is firing, and up to which time it has to fire again.
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

    /// Up to which time to fire again, if another thread has asked for that.
    fn end(&mut self) -> Option<u64> {
        let again = self.again.take();
        self.busy = again.is_some();
        again
    }
}

/// Wakes in order; a waker that occurs several times in a row is woken once.
fn wake_all(due: Vec<Due>) {
    let mut last: Option<Waker> = None;
    for Due { waker, .. } in due {
        if last.as_ref().is_some_and(|last| last.will_wake(&waker)) {
            drop_quietly(waker);
        } else if let Some(last) = last.replace(waker) {
            wake(last);
        }
    }
    last.into_iter().for_each(wake);
}
