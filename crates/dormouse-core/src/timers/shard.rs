//! The deadlines of one shard.

use std::task::Waker;

use crate::timers::bags::{Bags, Entry};
use crate::timers::seats::{Seat, Seats};

/// The deadlines that the threads of one shard have entered.
///
/// Who leaves before its time ends its turn in its seat; the deadline stays behind in its bag. Those
/// are thrown out when they are more than those that wait: so most timers are never sorted at all,
/// and memory is no more than twice that of those that wait.
#[derive(Debug)]
pub(super) struct Shard {
    seats: Seats,
    bags: Bags,
    /// How many deadlines in the bags are those of who has left.
    stale: usize,
}

/// What is to be woken, and when it was to be.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) deadline: u64,
    pub(super) waker: Waker,
}

/// What there is about a seat.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum State {
    Waiting,
    /// It waits with another waker.
    OtherWaker,
    Woken,
}

/// The seat of a deadline that has been moved; `None` if it has been woken before.
pub(crate) type Entered = Option<Seat>;

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
        let seat = self.seats.take(waker);
        self.bags.push(Entry { deadline, seat });
        seat
    }

    pub(super) fn enter_again(&mut self, seat: Seat, deadline: u64) -> Entered {
        let seat = self.seats.begin_turn(seat)?;
        self.bags.push(Entry { deadline, seat });
        self.add_stale();
        Some(seat)
    }

    #[inline]
    pub(super) fn leave(&mut self, seat: Seat) -> Option<Waker> {
        let waker = self.seats.leave(seat);
        if waker.is_some() {
            self.add_stale();
        }
        if self.seats.are_too_many() {
            // After a crowd: its memory goes with the last one.
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

    /// The former waker; or the new one, if the seat has been woken.
    pub(super) fn replace(&mut self, seat: Seat, waker: Waker) -> Result<Waker, Waker> {
        match self.seats.waker(seat) {
            Some(known) => Ok(std::mem::replace(known, waker)),
            None => Err(waker),
        }
    }

    pub(super) fn first(&self) -> u64 {
        self.bags.first()
    }

    /// Takes those that are due, in no order.
    pub(super) fn take_due(&mut self, now: u64, due: &mut Vec<Due>) {
        if self.bags.first() > now {
            return;
        }
        let (before, gone) = (self.bags.len(), due.len());
        let seats = &mut self.seats;
        self.bags.take_due(now, |Entry { deadline, seat }, is_due| {
            if !is_due {
                return seats.is_turn(seat);
            }
            if let Some(waker) = seats.wake(seat) {
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
        self.bags.sweep(|entry| seats.is_turn(entry.seat));
        self.stale = 0;
        if self.bags.len() == 0 {
            self.seats.shrink();
        }
    }
}

/// So many of those who have left are not worth a sweep: 8 KiB of deadlines.
const STALE: usize = 512;

#[cfg(all(test, not(loom)))]
impl Shard {
    /// Those who have left are counted, and are not too many.
    pub(super) fn check(&self) {
        let is_stale = |entry: &&Entry| !self.seats.is_turn(entry.seat);
        let stale = self.bags.entries().filter(is_stale).count();
        assert_eq!(stale, self.stale);
        assert_eq!(self.bags.entries().count(), self.bags.len());
        assert!(stale <= STALE.max(self.bags.len() / 2));
    }
}
