//! A radix heap of deadlines.

use crate::timers::NEVER;
use crate::timers::slab::Key;

/// A deadline and the key that it belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) deadline: u64,
    pub(super) key: Key,
}

/// A radix heap (Ahuja et al., JACM 37(2), 1990): a deadline is not sorted before its time is near.
///
/// The number of a deadline's bucket is that of the highest bit in which it differs from the time
/// `passed`. So buckets that are twice as far away are twice as wide. When the time reaches the
/// first deadline of a bucket, the entries of that bucket that are not due move to nearer buckets.
/// A deadline moves 33 times at most for 10 s of nanoseconds, some 5 times if the clock advances by
/// milliseconds, and never if it is cancelled early enough.
///
/// The time may pass a bucket without reaching its first deadline. That bucket then keeps entries
/// that belong into nearer ones, which is harmless: each bucket knows its first deadline, and a
/// search looks at all buckets.
#[derive(Debug)]
pub(super) struct RadixHeap {
    buckets: Vec<Bucket>,
    len: usize,
    passed: u64,
}

#[derive(Debug)]
struct Bucket {
    /// Not after any of the entries; [`NEVER`] if there are none.
    first: u64,
    entries: Vec<Entry>,
}

impl RadixHeap {
    pub(super) fn new(now: u64) -> Self {
        Self {
            buckets: Vec::new(),
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
        if number >= self.buckets.len() {
            self.buckets.resize_with(number + 1, Bucket::default);
        }
        let bucket = &mut self.buckets[number];
        bucket.first = bucket.first.min(entry.deadline);
        bucket.entries.push(entry);
        self.len += 1;
    }

    /// A time that is not after any of the deadlines; [`NEVER`] if there are none.
    pub(super) fn first(&self) -> u64 {
        let first = self.buckets.iter().map(|bucket| bucket.first).min();
        first.unwrap_or(NEVER)
    }

    /// Takes out all entries that are not after `now`, in no order.
    ///
    /// `keep` is called with each of them and `true`. It is also called with `false` for other
    /// entries of the same buckets, which are not due, and says whether to keep them.
    pub(super) fn take_due(&mut self, now: u64, mut keep: impl FnMut(Entry, bool) -> bool) {
        // `NEVER` means all of them, and is not a time that has come.
        if now != NEVER {
            self.passed = self.passed.max(now);
        }
        // From the far buckets to the near ones, as entries move to nearer ones.
        for number in (0..self.buckets.len()).rev() {
            let bucket = &mut self.buckets[number];
            if bucket.first > now || bucket.entries.is_empty() {
                continue;
            }
            let mut entries = std::mem::take(bucket).entries;
            self.len -= entries.len();
            for entry in entries.drain(..) {
                let is_due = entry.deadline <= now;
                if keep(entry, is_due) && !is_due {
                    self.push(entry);
                }
            }
            // A small buffer is kept, a large one is freed.
            let bucket = &mut self.buckets[number];
            if entries.capacity() <= KEPT && bucket.entries.is_empty() {
                bucket.entries = entries;
            }
        }
    }

    /// Removes all entries that `keep` refuses.
    pub(super) fn sweep(&mut self, mut keep: impl FnMut(&Entry) -> bool) {
        self.len = 0;
        for bucket in &mut self.buckets {
            bucket.entries.retain(&mut keep);
            let first = bucket.entries.iter().map(|entry| entry.deadline).min();
            bucket.first = first.unwrap_or(NEVER);
            self.len += bucket.entries.len();
            if bucket.entries.capacity() > FEW.max(4 * bucket.entries.len()) {
                bucket.entries.shrink_to(2 * bucket.entries.len());
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
impl RadixHeap {
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.buckets.iter().flat_map(|bucket| &bucket.entries)
    }
}

impl Default for Bucket {
    fn default() -> Self {
        Self {
            first: NEVER,
            entries: Vec::new(),
        }
    }
}

/// An empty bucket keeps room for this many: 2 KiB. There may be some 30 buckets in each shard.
///
/// Measured with 8 to 1,024: arming and cancelling take the same time within 2 %.
const KEPT: usize = 128;

/// A bucket that has been swept keeps room for this many, 16 KiB, as cancelled ones fill it again
/// before the next sweep.
///
/// Measured with 32 to 8,192: the time is the same within 2 %. With 128, four million cancelled sleeps
/// make 70,000 allocations, with 1,024 one.
const FEW: usize = 1024;
