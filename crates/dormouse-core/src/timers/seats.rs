//! Where those who wait find themselves again.

use std::task::Waker;

/// A place in the [`Seats`], and whose turn in it this is.
///
/// A seat is used again as soon as it has been left. What still names its former turn is stale.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Seat {
    number: u32,
    turn: u32,
}

/// The wakers of those who wait.
#[derive(Debug, Default)]
pub(super) struct Seats {
    // In blocks: growing moves nobody, and no memory is held twice meanwhile.
    blocks: Vec<Vec<Place>>,
    free: Option<u32>,
    /// How many are made, and how many of them are taken.
    made: u32,
    taken: u32,
}

#[derive(Debug)]
struct Place {
    turn: u32,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Waker(Waker),
    /// Woken, and not yet left.
    Woken,
    /// Left, with the number of the next free one.
    Free(Option<u32>),
}

impl Seats {
    #[inline]
    pub(super) fn take(&mut self, waker: Waker) -> Seat {
        self.taken += 1;
        let Some(number) = self.free else {
            return self.make(waker);
        };
        let place = self.place(number);
        let content = std::mem::replace(&mut place.content, Content::Waker(waker));
        let turn = place.turn;
        self.free = match content {
            Content::Free(next) => next,
            _ => unreachable!("it is in the list of the free ones"),
        };
        Seat { number, turn }
    }

    /// Ends the turn; its waker, unless that has been woken.
    #[inline]
    pub(super) fn leave(&mut self, seat: Seat) -> Option<Waker> {
        let free = self.free.replace(seat.number);
        self.taken -= 1;
        let place = self.place(seat.number);
        debug_assert_eq!(place.turn, seat.turn, "who leaves has the seat");
        place.turn = place.turn.wrapping_add(1);
        match std::mem::replace(&mut place.content, Content::Free(free)) {
            Content::Waker(waker) => Some(waker),
            _ => None,
        }
    }

    /// Begins a new turn for who waits there; `None` if it has been woken.
    pub(super) fn begin_turn(&mut self, seat: Seat) -> Option<Seat> {
        let place = self.place(seat.number);
        matches!(place.content, Content::Waker(_)).then(|| {
            place.turn = place.turn.wrapping_add(1);
            Seat {
                turn: place.turn,
                ..seat
            }
        })
    }

    /// The waker of who has this seat, if it has not been woken.
    pub(super) fn waker(&mut self, seat: Seat) -> Option<&mut Waker> {
        match &mut self.place(seat.number).content {
            Content::Waker(waker) => Some(waker),
            _ => None,
        }
    }

    /// Takes the waker to wake it; `None` if the turn is over.
    #[inline]
    pub(super) fn wake(&mut self, seat: Seat) -> Option<Waker> {
        let place = self.place(seat.number);
        if place.turn != seat.turn {
            return None;
        }
        match std::mem::replace(&mut place.content, Content::Woken) {
            Content::Waker(waker) => Some(waker),
            _ => unreachable!("a turn has one deadline"),
        }
    }

    /// Whether it is still this turn.
    #[inline]
    pub(super) fn is_turn(&self, seat: Seat) -> bool {
        let (block, index) = split(seat.number);
        self.blocks[block][index].turn == seat.turn
    }

    /// Whether nobody has a seat, and many are made.
    #[inline]
    pub(super) fn are_too_many(&self) -> bool {
        self.taken == 0 && self.blocks.len() > 1
    }

    /// Gives the memory back if there is too much of it. Nothing may name a seat any more.
    pub(super) fn shrink(&mut self) {
        if self.are_too_many() {
            *self = Self::default();
        }
    }

    #[cold]
    fn make(&mut self, waker: Waker) -> Seat {
        let number = self.made;
        let (block, index) = split(number);
        if block == self.blocks.len() {
            // The first block grows from nothing, for those who have but a few.
            let len = if block == 0 { 0 } else { BLOCK };
            self.blocks.push(Vec::with_capacity(len));
        }
        debug_assert_eq!(index, self.blocks[block].len());
        let content = Content::Waker(waker);
        self.blocks[block].push(Place { turn: 0, content });
        // A place takes 24 bytes: so many have no memory.
        self.made = number.checked_add(1).expect("fewer sleeps than 2^32");
        Seat { number, turn: 0 }
    }

    #[inline]
    fn place(&mut self, number: u32) -> &mut Place {
        let (block, index) = split(number);
        &mut self.blocks[block][index]
    }
}

#[inline]
fn split(number: u32) -> (usize, usize) {
    (number as usize / BLOCK, number as usize % BLOCK)
}

/// 24 KiB: what an allocator gives without asking the system.
const BLOCK: usize = 1024;
