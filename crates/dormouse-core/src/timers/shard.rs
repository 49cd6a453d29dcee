//! The deadlines of one shard.

use std::task::Waker;

use crate::timers::radix_heap::{Entry, RadixHeap};
use crate::timers::slab::{Slab, Slot};

/// The deadlines that the threads of one shard have entered.
///
/// A sleep that is cancelled gives up its slot, and its deadline stays in the heap as a stale
/// entry. Stale entries are removed when they outnumber the pending ones. So most deadlines are
/// never sorted, and the heap has at most twice as many as there are pending sleeps. Its memory is
/// freed with them; that of the slots only once no slot is taken, as slots do not move.
#[derive(Debug)]
pub(super) struct Shard {
    slab: Slab,
    heap: RadixHeap,
    /// How many entries of the heap are stale.
    stale: usize,
}

/// A waker to wake, and its deadline.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) deadline: u64,
    pub(super) waker: Waker,
}

/// The state of a slot.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum State {
    Waiting,
    /// It waits, but with another waker.
    OtherWaker,
    Woken,
}

impl Shard {
    pub(super) fn new(now: u64) -> Self {
        Self {
            slab: Slab::default(),
            heap: RadixHeap::new(now),
            stale: 0,
        }
    }

    #[inline]
    pub(super) fn enter(&mut self, deadline: u64, waker: Waker) -> Slot {
        let key = self.slab.take(waker);
        self.heap.push(Entry { deadline, key });
        key.slot
    }

    pub(super) fn enter_again(&mut self, slot: Slot, deadline: u64) -> bool {
        let Some(key) = self.slab.next_generation(slot) else {
            return false;
        };
        self.heap.push(Entry { deadline, key });
        self.add_stale();
        true
    }

    #[inline]
    pub(super) fn leave(&mut self, slot: Slot) -> Option<Waker> {
        let waker = self.slab.leave(slot);
        if waker.is_some() {
            self.add_stale();
        }
        if self.slab.is_oversized() {
            // Many slots and none taken: frees the memory.
            self.sweep();
        }
        waker
    }

    pub(super) fn state(&mut self, slot: Slot, waker: &Waker) -> State {
        match self.slab.waker(slot) {
            Some(known) if known.will_wake(waker) => State::Waiting,
            Some(_) => State::OtherWaker,
            None => State::Woken,
        }
    }

    /// Returns the former waker; or the new one, if the slot has been woken.
    pub(super) fn replace(&mut self, slot: Slot, waker: Waker) -> Result<Waker, Waker> {
        match self.slab.waker(slot) {
            Some(known) => Ok(std::mem::replace(known, waker)),
            None => Err(waker),
        }
    }

    pub(super) fn first(&self) -> u64 {
        self.heap.first()
    }

    /// Takes those that are due, in no particular order.
    pub(super) fn take_due(&mut self, now: u64, due: &mut Vec<Due>) {
        if self.heap.first() > now {
            return;
        }
        let (before, gone) = (self.heap.len(), due.len());
        let slab = &mut self.slab;
        self.heap.take_due(now, |Entry { deadline, key }, is_due| {
            if !is_due {
                return slab.is_current(key);
            }
            if let Some(waker) = slab.wake(key) {
                due.push(Due { deadline, waker });
            }
            false
        });
        let taken = before - self.heap.len();
        self.stale -= taken - (due.len() - gone);
    }

    #[inline]
    fn add_stale(&mut self) {
        self.stale += 1;
        if self.stale > STALE && self.stale > self.heap.len() / 2 {
            self.sweep();
        }
    }

    #[cold]
    fn sweep(&mut self) {
        let slab = &self.slab;
        self.heap.sweep(|entry| slab.is_current(entry.key));
        self.stale = 0;
        if self.heap.len() == 0 {
            self.slab.shrink();
        }
    }
}

/// Fewer stale entries than this are not worth a sweep: 8 KiB of deadlines.
///
/// Measured with 32 to 8,192: arming and cancelling take 84 to 89 ns with each.
const STALE: usize = 512;

#[cfg(all(test, not(loom)))]
impl Shard {
    /// The stale entries are counted, and are not too many.
    pub(super) fn check(&self) {
        let is_stale = |entry: &&Entry| !self.slab.is_current(entry.key);
        let stale = self.heap.entries().filter(is_stale).count();
        assert_eq!(stale, self.stale);
        assert_eq!(self.heap.entries().count(), self.heap.len());
        assert!(stale <= STALE.max(self.heap.len() / 2));
    }
}
