//! A radix heap of deadlines.

use crate::timers::NEVER;
use crate::timers::seats::Turn;

/// A deadline and the turn that it belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) deadline: u64,
    pub(super) turn: Turn,
}

/// A radix heap (Ahuja et al., JACM 37(2), 1990): a deadline is not sorted before its time is near.
///
/// The number of a deadline's bag is that of the highest bit in which it differs from the time
/// `passed`. So bags that are twice as far away are twice as wide. When the time reaches the first
/// deadline of a bag, the entries of that bag that are not due move to nearer bags. A deadline
/// moves 33 times at most for 10 s of nanoseconds, some 5 times if the clock advances by
/// milliseconds, and never if it is cancelled early enough.
///
/// The time may pass a bag without reaching its first deadline. That bag then keeps entries that
/// belong into nearer ones, which is harmless: each bag knows its first deadline, and a search
/// looks at all bags.
#[derive(Debug)]
pub(super) struct Bags {
    bags: Vec<Bag>,
    len: usize,
    passed: u64,
}

#[derive(Debug)]
struct Bag {
    /// Not after any of the entries; [`NEVER`] if there are none.
    first: u64,
    entries: Vec<Entry>,
}

impl Bags {
    pub(super) fn new(now: u64) -> Self {
        Self {
            bags: Vec::new(),
            len: 0,
            passed: now,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn push(&mut self, entry: Entry) {
        let number = (u64::BITS - (entry.deadline ^ self.passed).leading_zeros()) as usize;
        if number >= self.bags.len() {
            self.bags.resize_with(number + 1, Bag::default);
        }
        let bag = &mut self.bags[number];
        bag.first = bag.first.min(entry.deadline);
        bag.entries.push(entry);
        self.len += 1;
    }

    /// A time that is not after any of the deadlines; [`NEVER`] if there are none.
    pub(super) fn first(&self) -> u64 {
        let first = self.bags.iter().map(|bag| bag.first).min();
        first.unwrap_or(NEVER)
    }

    /// Takes out all entries that are not after `now`, in no order.
    ///
    /// `keep` is called with each of them and `true`. It is also called with `false` for other
    /// entries of the same bags, which are not due, and says whether to keep them.
    pub(super) fn take_due(&mut self, now: u64, mut keep: impl FnMut(Entry, bool) -> bool) {
        // `NEVER` means all of them, and is not a time that has come.
        if now != NEVER {
            self.passed = self.passed.max(now);
        }
        // From the far bags to the near ones, as entries move to nearer ones.
        for number in (0..self.bags.len()).rev() {
            let bag = &mut self.bags[number];
            if bag.first > now || bag.entries.is_empty() {
                continue;
            }
            let mut entries = std::mem::take(bag).entries;
            self.len -= entries.len();
            for entry in entries.drain(..) {
                let is_due = entry.deadline <= now;
                if keep(entry, is_due) && !is_due {
                    self.push(entry);
                }
            }
            // A small buffer is kept, a large one is freed.
            let bag = &mut self.bags[number];
            if entries.capacity() <= KEPT && bag.entries.is_empty() {
                bag.entries = entries;
            }
        }
    }

    /// Removes all entries that `keep` refuses.
    pub(super) fn sweep(&mut self, mut keep: impl FnMut(&Entry) -> bool) {
        self.len = 0;
        for bag in &mut self.bags {
            bag.entries.retain(&mut keep);
            let first = bag.entries.iter().map(|entry| entry.deadline).min();
            bag.first = first.unwrap_or(NEVER);
            self.len += bag.entries.len();
            if bag.entries.capacity() > FEW.max(4 * bag.entries.len()) {
                bag.entries.shrink_to(2 * bag.entries.len());
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
impl Bags {
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.bags.iter().flat_map(|bag| &bag.entries)
    }
}

impl Default for Bag {
    fn default() -> Self {
        Self {
            first: NEVER,
            entries: Vec::new(),
        }
    }
}

/// An empty bag keeps room for this many: 2 KiB. There may be some 30 bags in each shard.
const KEPT: usize = 128;

/// A bag that has been swept keeps room for this many, 16 KiB, as cancelled ones fill it again
/// before the next sweep.
const FEW: usize = 1024;
