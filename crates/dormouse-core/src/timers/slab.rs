//! The wakers of the pending sleeps, by number.

use std::task::Waker;

/// The number of a place in the [`Slab`].
pub(crate) type Slot = u32;

/// One use of a slot.
///
/// A slot is reused as soon as it is free. A deadline with the key of an earlier generation is
/// stale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) slot: Slot,
    generation: u32,
}

/// The wakers of the pending sleeps.
#[derive(Debug, Default)]
pub(super) struct Slab {
    // In blocks: growing moves no place, and never holds the memory twice.
    blocks: Vec<Vec<Place>>,
    free: Option<u32>,
    /// How many slots there are, and how many of them are taken.
    made: u32,
    taken: u32,
}

#[derive(Debug)]
struct Place {
    generation: u32,
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

impl Slab {
    #[inline]
    pub(super) fn take(&mut self, waker: Waker) -> Key {
        self.taken += 1;
        let Some(slot) = self.free else {
            return self.make(waker);
        };
        let place = self.place(slot);
        let content = std::mem::replace(&mut place.content, Content::Waker(waker));
        let generation = place.generation;
        self.free = match content {
            Content::Free(next) => next,
            _ => unreachable!("it is in the list of the free ones"),
        };
        Key { slot, generation }
    }

    /// Ends the generation; returns the waker, unless it has been woken.
    #[inline]
    pub(super) fn leave(&mut self, slot: Slot) -> Option<Waker> {
        let free = self.free.replace(slot);
        self.taken -= 1;
        let place = self.place(slot);
        place.generation = place.generation.wrapping_add(1);
        match std::mem::replace(&mut place.content, Content::Free(free)) {
            Content::Waker(waker) => Some(waker),
            _ => None,
        }
    }

    /// Begins a new generation with the same waker; `None` if it has been woken.
    pub(super) fn next_generation(&mut self, slot: Slot) -> Option<Key> {
        let place = self.place(slot);
        matches!(place.content, Content::Waker(_)).then(|| {
            place.generation = place.generation.wrapping_add(1);
            let generation = place.generation;
            Key { slot, generation }
        })
    }

    /// The waker in this slot, if it has not been woken.
    pub(super) fn waker(&mut self, slot: Slot) -> Option<&mut Waker> {
        match &mut self.place(slot).content {
            Content::Waker(waker) => Some(waker),
            _ => None,
        }
    }

    /// Takes the waker to wake it; `None` if its generation is over.
    #[inline]
    pub(super) fn wake(&mut self, key: Key) -> Option<Waker> {
        let place = self.place(key.slot);
        if place.generation != key.generation {
            return None;
        }
        match std::mem::replace(&mut place.content, Content::Woken) {
            Content::Waker(waker) => Some(waker),
            _ => unreachable!("a key has one deadline"),
        }
    }

    /// Whether its generation is the current one.
    #[inline]
    pub(super) fn is_current(&self, key: Key) -> bool {
        let (block, index) = split(key.slot);
        self.blocks[block][index].generation == key.generation
    }

    /// Whether no slot is taken, and there is more than one block of them.
    #[inline]
    pub(super) fn is_oversized(&self) -> bool {
        self.taken == 0 && self.blocks.len() > 1
    }

    /// Frees the memory if there is too much of it. No entry may name a slot any more.
    pub(super) fn shrink(&mut self) {
        if self.is_oversized() {
            *self = Self::default();
        }
    }

    #[cold]
    fn make(&mut self, waker: Waker) -> Key {
        let slot = self.made;
        let (block, index) = split(slot);
        if block == self.blocks.len() {
            // The first block grows from nothing, for programs with few sleeps.
            let len = if block == 0 { 0 } else { BLOCK };
            self.blocks.push(Vec::with_capacity(len));
        }
        debug_assert_eq!(index, self.blocks[block].len());
        let content = Content::Waker(waker);
        self.blocks[block].push(Place {
            generation: 0,
            content,
        });
        // A place takes 24 bytes, so 2^32 of them take 96 GiB.
        self.made = slot.checked_add(1).expect("fewer sleeps than 2^32");
        Key {
            slot,
            generation: 0,
        }
    }

    #[inline]
    fn place(&mut self, slot: Slot) -> &mut Place {
        let (block, index) = split(slot);
        &mut self.blocks[block][index]
    }
}

#[inline]
fn split(slot: Slot) -> (usize, usize) {
    (slot as usize / BLOCK, slot as usize % BLOCK)
}

/// 24 KiB: what an allocator has without asking the system.
const BLOCK: usize = 1024;
