//! The deadlines of one shard.

use std::task::Waker;

use crate::timers::bags::{Bags, Entry};
use crate::timers::seats::{Seat, Seats};

/// The deadlines that the threads of one shard have entered.
///
/// A sleep that is cancelled gives up its seat, and its deadline stays in the bag as a stale entry.
/// Stale entries are removed when they outnumber the pending ones. So most deadlines are never
/// sorted, and the memory is at most twice that of the pending sleeps.
#[derive(Debug)]
pub(super) struct Shard {
    seats: Seats,
    bags: Bags,
    /// How many entries of the bags are stale.
    stale: usize,
}

/// A waker to wake, and its deadline.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) deadline: u64,
    pub(super) waker: Waker,
}

/// The state of a seat.
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
            seats: Seats::default(),
            bags: Bags::new(now),
            stale: 0,
        }
    }

    #[inline]
    pub(super) fn enter(&mut self, deadline: u64, waker: Waker) -> Seat {
        let turn = self.seats.take(waker);
        self.bags.push(Entry { deadline, turn });
        turn.seat
    }

    pub(super) fn enter_again(&mut self, seat: Seat, deadline: u64) -> bool {
        let Some(turn) = self.seats.begin_turn(seat) else {
            return false;
        };
        self.bags.push(Entry { deadline, turn });
        self.add_stale();
        true
    }

    #[inline]
    pub(super) fn leave(&mut self, seat: Seat) -> Option<Waker> {
        let waker = self.seats.leave(seat);
        if waker.is_some() {
            self.add_stale();
        }
        if self.seats.are_too_many() {
            // Many seats and none taken: gives the memory back.
            self.sweep();
        }
        waker
    }

    pub(super) fn state(&mut self, seat: Seat, waker: &Waker) -> State {
        match self.seats.waker(seat) {
            Some(known) if known.will_wake(waker) => State::Waiting,
            Some(_) => State::OtherWaker,
            None => State::Woken,
        }
    }

    /// Gives the former waker; or the new one, if the seat has been woken.
    pub(super) fn replace(&mut self, seat: Seat, waker: Waker) -> Result<Waker, Waker> {
        match self.seats.waker(seat) {
            Some(known) => Ok(std::mem::replace(known, waker)),
            None => Err(waker),
        }
    }

    pub(super) fn first(&self) -> u64 {
        self.bags.first()
    }

    /// Takes those that are due, in no particular order.
    pub(super) fn take_due(&mut self, now: u64, due: &mut Vec<Due>) {
        if self.bags.first() > now {
            return;
        }
        let (before, gone) = (self.bags.len(), due.len());
        let seats = &mut self.seats;
        self.bags.take_due(now, |Entry { deadline, turn }, is_due| {
            if !is_due {
                return seats.is_turn(turn);
            }
            if let Some(waker) = seats.wake(turn) {
                due.push(Due { deadline, waker });
            }
            false
        });
        let taken = before - self.bags.len();
        self.stale -= taken - (due.len() - gone);
    }

    #[inline]
    fn add_stale(&mut self) {
        self.stale += 1;
        if self.stale > STALE && self.stale > self.bags.len() / 2 {
            self.sweep();
        }
    }

    #[cold]
    fn sweep(&mut self) {
        let seats = &self.seats;
        self.bags.sweep(|entry| seats.is_turn(entry.turn));
        self.stale = 0;
        if self.bags.len() == 0 {
            self.seats.shrink();
        }
    }
}

/// Fewer stale entries than this are not worth a sweep: 8 KiB of deadlines.
const STALE: usize = 512;

#[cfg(all(test, not(loom)))]
impl Shard {
    /// The stale entries are counted, and are not too many.
    pub(super) fn check(&self) {
        let is_stale = |entry: &&Entry| !self.seats.is_turn(entry.turn);
        let stale = self.bags.entries().filter(is_stale).count();
        assert_eq!(stale, self.stale);
        assert_eq!(self.bags.entries().count(), self.bags.len());
        assert!(stale <= STALE.max(self.bags.len() / 2));
    }
}
