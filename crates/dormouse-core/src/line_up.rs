//! The queue of the deadlines still pending: what makes every list ascending.

use std::collections::TryReserveError;
use std::ops::RangeInclusive;

#[cfg(all(test, not(loom)))]
mod tests;

/// What stands in a line-up, ordered by its deadline first.
pub(crate) trait Stand: Copy + Default + Ord {
    /// The deadline in nanoseconds since the common start.
    fn deadline(&self) -> u64;
}

impl Stand for u64 {
    fn deadline(&self) -> u64 {
        *self
    }
}

/// The deadlines of n waits, let go one by one in ascending order.
///
/// # The invariant
///
/// All stand in line before the first wait is armed, nobody joins later, and only the smallest
/// can leave. So what has left is ascending, whatever the order, the thread or the number of the
/// wake-ups that made it leave. Who calls [`pop`](Self::pop) answers for the time: not before
/// the deadline has passed.
///
/// # The structure
///
/// A calendar queue (R. Brown, CACM 31(10), 1988) that lives in one array, the one that becomes
/// the list. Delays are uniform, so a bucket is a slice of the time axis that holds some 16 of
/// them, and finding the bucket of a deadline is a shift:
///
/// ```text
/// [ gone, ascending | the open bucket, a heap | buckets not yet opened ]
///                   ^ head                    ^ open
/// ```
///
/// The heap of the open bucket stands on its head, its root at the far end: so the place that a
/// `pop` frees is the one behind those that are gone. Other distributions than the uniform one
/// cost time, O(log n) a `pop` at worst, never order.
#[derive(Debug)]
pub(crate) struct LineUp<T> {
    places: Vec<T>,
    head: usize,
    open: usize,
    /// Where each bucket ends.
    ends: Vec<usize>,
    next_bucket: usize,
}

impl<T: Stand> LineUp<T> {
    /// Lines up the first `n` of `stands`, all their deadlines within `range`.
    ///
    /// The iterator runs twice, which is why it must be cheap to clone: once to count each
    /// bucket, once to fill it.
    pub(crate) fn try_new(
        n: usize,
        range: RangeInclusive<u64>,
        stands: impl Iterator<Item = T> + Clone,
    ) -> Result<Self, TryReserveError> {
        let width = range.end() - range.start();
        let shift = bucket_shift(n, width);
        let bucket_of = |offset: u64| offset.checked_shr(shift).unwrap_or(0) as usize;
        let bucket = |stand: &T| bucket_of(stand.deadline() - range.start());
        let mut places = filled(n, T::default())?;
        let mut ends = filled(bucket_of(width) + 1, 0)?;

        for stand in stands.clone().take(n) {
            ends[bucket(&stand)] += 1;
        }
        let mut start = 0;
        for end in &mut ends {
            start += std::mem::replace(end, start);
        }
        for stand in stands.take(n) {
            let place = &mut ends[bucket(&stand)];
            places[*place] = stand;
            *place += 1;
        }
        Ok(Self {
            places,
            head: 0,
            open: 0,
            ends,
            next_bucket: 0,
        })
    }

    /// The one with the smallest deadline.
    pub(crate) fn peek(&mut self) -> Option<T> {
        while self.head == self.open {
            self.open = *self.ends.get(self.next_bucket)?;
            self.next_bucket += 1;
            heapify(&mut self.places[self.head..self.open]);
        }
        Some(self.places[self.open - 1])
    }

    /// Lets go the one with the smallest deadline.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let first = self.peek()?;
        self.places.swap(self.head, self.open - 1);
        self.head += 1;
        sift_down(&mut self.places[self.head..self.open], 0);
        Some(first)
    }

    /// A line where nobody stands.
    pub(crate) fn empty() -> Self {
        Self {
            places: Vec::new(),
            head: 0,
            open: 0,
            ends: Vec::new(),
            next_bucket: 0,
        }
    }

    /// How many still stand in line.
    pub(crate) fn len(&self) -> usize {
        self.places.len() - self.head
    }

    /// The same, to be changed in what is not their order.
    pub(crate) fn standing_mut(&mut self) -> &mut [T] {
        &mut self.places[self.head..]
    }

    /// Those that lined up in this bucket, whether or not they are gone; buckets ascend.
    pub(crate) fn bucket(&self, number: usize) -> Option<&[T]> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.places[start..end])
    }

    /// Those that are gone, ascending.
    pub(crate) fn gone(&self) -> &[T] {
        &self.places[..self.head]
    }

    /// Those that are gone, ascending, in the memory of the line itself.
    pub(crate) fn into_gone(mut self) -> Vec<T> {
        self.places.truncate(self.head);
        self.places
    }
}

/// How many low bits of a deadline say nothing of its bucket: buckets of 16 to 32.
fn bucket_shift(n: usize, width: u64) -> u32 {
    let buckets = (n / 16).max(1) as u64;
    (0..u64::BITS)
        .find(|shift| width >> shift < buckets)
        .unwrap_or(u64::BITS)
}

/// Memory that is not to be had is an error here, not the end of the process.
fn filled<T: Clone>(len: usize, value: T) -> Result<Vec<T>, TryReserveError> {
    let mut places = Vec::new();
    places.try_reserve_exact(len)?;
    places.resize(len, value);
    Ok(places)
}

/// A heap on its head: node 0, the smallest, is the last of the slice.
fn heapify<T: Ord>(heap: &mut [T]) {
    for node in (0..heap.len() / 2).rev() {
        sift_down(heap, node);
    }
}

fn sift_down<T: Ord>(heap: &mut [T], mut node: usize) {
    let Some(last) = heap.len().checked_sub(1) else {
        return;
    };
    loop {
        let mut child = 2 * node + 1;
        if child > last {
            return;
        }
        if child < last && heap[last - child - 1] < heap[last - child] {
            child += 1;
        }
        if heap[last - node] <= heap[last - child] {
            return;
        }
        heap.swap(last - node, last - child);
        node = child;
    }
}
