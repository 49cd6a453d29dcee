//! Who waits for which deadline.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::task::Waker;

use crate::line_up::{LineUp, Stand};

#[cfg(all(test, not(loom)))]
mod tests;

/// A queue of deadlines, each with the waker of who waits for it.
///
/// Most of the deadlines stand in a line-up, where one costs a few nanoseconds to add and to
/// remove. As nobody can join a line-up, newcomers wait in a heap until they are half as many:
/// then all are lined up anew. So each deadline is moved a constant number of times.
///
/// A cancelled deadline keeps its place until it reaches the head, or until half of all are
/// cancelled: then all are lined up anew without them.
#[derive(Debug)]
pub(super) struct Queue {
    line: LineUp<Entry>,
    newcomers: BinaryHeap<Reverse<Entry>>,
    seats: Vec<Seat>,
    free: Option<u32>,
    cancelled: usize,
}

/// Where one that waits finds itself again.
pub(super) type SeatNumber = u32;

#[derive(Debug)]
enum Seat {
    Waiting(Waker),
    /// Let go, and not yet told.
    Due,
    /// Dropped, with its deadline still in the queue.
    Cancelled,
    /// With the next free one.
    Free(Option<SeatNumber>),
}

impl Queue {
    pub(super) fn new() -> Self {
        Self {
            line: LineUp::empty(),
            newcomers: BinaryHeap::new(),
            seats: Vec::new(),
            free: None,
            cancelled: 0,
        }
    }

    /// Queues a deadline.
    pub(super) fn push(&mut self, deadline: u64, waker: Waker) -> SeatNumber {
        let seat = match self.free {
            Some(number) => {
                let seat =
                    std::mem::replace(&mut self.seats[number as usize], Seat::Waiting(waker));
                let Seat::Free(next) = seat else {
                    unreachable!("it is in the list of the free ones")
                };
                self.free = next;
                number
            }
            None => {
                let number =
                    u32::try_from(self.seats.len()).expect("fewer sleeps than memory for 2^32");
                self.seats.push(Seat::Waiting(waker));
                number
            }
        };
        self.newcomers.push(Reverse(Entry { deadline, seat }));
        if self.newcomers.len() > FEW && self.newcomers.len() > self.line.len() / 2 {
            self.line_up_anew();
        }
        seat
    }

    /// The smallest deadline.
    pub(super) fn first(&mut self) -> Option<u64> {
        loop {
            let first = self.peek()?;
            if !matches!(self.seats[first.seat as usize], Seat::Cancelled) {
                return Some(first.deadline);
            }
            self.remove_first(first);
            self.vacate(first.seat);
            self.cancelled -= 1;
        }
    }

    /// Lets go the smallest deadline if it is not behind `until`; its waker is to be woken.
    pub(super) fn pop(&mut self, until: u64) -> Option<Waker> {
        if self.first()? > until {
            return None;
        }
        let first = self.peek()?;
        self.remove_first(first);
        match std::mem::replace(&mut self.seats[first.seat as usize], Seat::Due) {
            Seat::Waiting(waker) => Some(waker),
            seat => unreachable!("{seat:?} at the head of the queue"),
        }
    }

    /// The waker of the smallest deadline, to be woken before its time: by the time it is let go,
    /// it has left another one, or does not wait for it.
    pub(super) fn wake_first(&mut self) -> Option<Waker> {
        self.first()?;
        let first = self.peek()?;
        let waker = self.waker(first.seat)?;
        Some(std::mem::replace(waker, Waker::noop().clone()))
    }

    /// The wakers of all deadlines, to be woken before their time.
    pub(super) fn wake_all(&mut self) -> Vec<Waker> {
        let waiting = self.seats.iter_mut().filter_map(|seat| match seat {
            Seat::Waiting(waker) => Some(std::mem::replace(waker, Waker::noop().clone())),
            _ => None,
        });
        waiting.collect()
    }

    /// The waker in this seat, if its deadline is still queued.
    pub(super) fn waker(&mut self, seat: SeatNumber) -> Option<&mut Waker> {
        match &mut self.seats[seat as usize] {
            Seat::Waiting(waker) => Some(waker),
            _ => None,
        }
    }

    /// Gives the seat back, whether or not its deadline is still queued; what was in it.
    #[must_use = "a waker is foreign code: drop it outside of the lock"]
    pub(super) fn leave(&mut self, seat: SeatNumber) -> Option<Waker> {
        match std::mem::replace(&mut self.seats[seat as usize], Seat::Cancelled) {
            Seat::Waiting(waker) => {
                self.cancelled += 1;
                if self.cancelled > FEW && self.cancelled > self.len() / 2 {
                    self.line_up_anew();
                }
                Some(waker)
            }
            _ => {
                self.vacate(seat);
                None
            }
        }
    }

    /// How many deadlines are queued, those cancelled included.
    fn len(&self) -> usize {
        self.line.len() + self.newcomers.len()
    }

    fn peek(&mut self) -> Option<Entry> {
        let newcomer = self.newcomers.peek().map(|entry| entry.0);
        match (self.line.peek(), newcomer) {
            (Some(old), Some(new)) => Some(old.min(new)),
            (old, new) => old.or(new),
        }
    }

    fn remove_first(&mut self, first: Entry) {
        if self.line.peek() == Some(first) {
            self.line.pop();
        } else {
            self.newcomers.pop();
        }
    }

    fn vacate(&mut self, seat: SeatNumber) {
        self.seats[seat as usize] = Seat::Free(self.free.replace(seat));
    }

    fn line_up_anew(&mut self) {
        let mut entries = std::mem::take(&mut self.newcomers).into_vec();
        let standing = std::mem::replace(&mut self.line, LineUp::empty());
        entries.extend(standing.standing().iter().copied().map(Reverse));
        drop(standing);
        entries.retain(|entry| {
            let seat = entry.0.seat;
            let cancelled = matches!(self.seats[seat as usize], Seat::Cancelled);
            if cancelled {
                self.vacate(seat);
            }
            !cancelled
        });
        self.cancelled = 0;
        let deadlines = || entries.iter().map(|entry| entry.0.deadline);
        if let (Some(first), Some(last)) = (deadlines().min(), deadlines().max()) {
            let stands = entries.iter().map(|entry| entry.0);
            let line = LineUp::try_new(entries.len(), first..=last, stands);
            self.line = line
                .unwrap_or_else(|error| panic!("no memory for {} sleeps: {error}", entries.len()));
        }
    }
}

/// A deadline in the queue, ordered by time and then by seat.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
struct Entry {
    deadline: u64,
    seat: SeatNumber,
}

impl Stand for Entry {
    fn deadline(&self) -> u64 {
        self.deadline
    }
}

/// So many are not worth lining up.
const FEW: usize = 64;
