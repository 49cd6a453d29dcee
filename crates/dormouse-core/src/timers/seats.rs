//! The wakers of the pending sleeps, by number.

use std::task::Waker;

/// The number of a place in the [`Seats`].
pub(crate) type Seat = u32;

/// One use of a seat.
///
/// A seat is reused as soon as it is free. A deadline that names an earlier turn is stale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub(super) seat: Seat,
    turn: u32,
}

/// The wakers of the pending sleeps.
#[derive(Debug, Default)]
pub(super) struct Seats {
    // In blocks: growing moves no place, and never holds the memory twice.
    blocks: Vec<Vec<Place>>,
    free: Option<u32>,
    /// How many seats there are, and how many of them are taken.
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
    /// Woken, and still taken.
    Woken,
    /// Free, with the number of the next free one.
    Free(Option<u32>),
}

impl Seats {
    #[inline]
    pub(super) fn take(&mut self, waker: Waker) -> Turn {
        self.taken += 1;
        let Some(seat) = self.free else {
            return self.make(waker);
        };
        let place = self.place(seat);
        let content = std::mem::replace(&mut place.content, Content::Waker(waker));
        let turn = place.turn;
        self.free = match content {
            Content::Free(next) => next,
            _ => unreachable!("it is in the list of the free ones"),
        };
        Turn { seat, turn }
    }

    /// Ends the turn; gives the waker, unless it has been woken.
    #[inline]
    pub(super) fn leave(&mut self, seat: Seat) -> Option<Waker> {
        let free = self.free.replace(seat);
        self.taken -= 1;
        let place = self.place(seat);
        place.turn = place.turn.wrapping_add(1);
        match std::mem::replace(&mut place.content, Content::Free(free)) {
            Content::Waker(waker) => Some(waker),
            _ => None,
        }
    }

    /// Begins a new turn with the same waker; `None` if it has been woken.
    pub(super) fn begin_turn(&mut self, seat: Seat) -> Option<Turn> {
        let place = self.place(seat);
        matches!(place.content, Content::Waker(_)).then(|| {
            place.turn = place.turn.wrapping_add(1);
            let turn = place.turn;
            Turn { seat, turn }
        })
    }

    /// The waker in this seat, if it has not been woken.
    pub(super) fn waker(&mut self, seat: Seat) -> Option<&mut Waker> {
        match &mut self.place(seat).content {
            Content::Waker(waker) => Some(waker),
            _ => None,
        }
    }

    /// Takes the waker to wake it; `None` if the turn is over.
    #[inline]
    pub(super) fn wake(&mut self, turn: Turn) -> Option<Waker> {
        let place = self.place(turn.seat);
        if place.turn != turn.turn {
            return None;
        }
        match std::mem::replace(&mut place.content, Content::Woken) {
            Content::Waker(waker) => Some(waker),
            _ => unreachable!("a turn has one deadline"),
        }
    }

    /// Whether it is still this turn.
    #[inline]
    pub(super) fn is_turn(&self, turn: Turn) -> bool {
        let (block, index) = split(turn.seat);
        self.blocks[block][index].turn == turn.turn
    }

    /// Whether no seat is taken, and there is more than one block of them.
    #[inline]
    pub(super) fn are_too_many(&self) -> bool {
        self.taken == 0 && self.blocks.len() > 1
    }

    /// Gives the memory back if there is too much of it. No entry may name a seat any more.
    pub(super) fn shrink(&mut self) {
        if self.are_too_many() {
            *self = Self::default();
        }
    }

    #[cold]
    fn make(&mut self, waker: Waker) -> Turn {
        let seat = self.made;
        let (block, index) = split(seat);
        if block == self.blocks.len() {
            // The first block grows from nothing, for programs with few sleeps.
            let len = if block == 0 { 0 } else { BLOCK };
            self.blocks.push(Vec::with_capacity(len));
        }
        debug_assert_eq!(index, self.blocks[block].len());
        let content = Content::Waker(waker);
        self.blocks[block].push(Place { turn: 0, content });
        // A place takes 24 bytes, so 2^32 of them take 96 GiB.
        self.made = seat.checked_add(1).expect("fewer sleeps than 2^32");
        Turn { seat, turn: 0 }
    }

    #[inline]
    fn place(&mut self, seat: Seat) -> &mut Place {
        let (block, index) = split(seat);
        &mut self.blocks[block][index]
    }
}

#[inline]
fn split(seat: Seat) -> (usize, usize) {
    (seat as usize / BLOCK, seat as usize % BLOCK)
}

/// 24 KiB: what an allocator gives without asking the system.
const BLOCK: usize = 1024;
