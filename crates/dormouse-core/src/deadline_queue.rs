//! The queue of pending deadlines, which makes every list ascending.

use std::collections::TryReserveError;

use crate::TooManyWaits;

#[cfg(all(test, not(loom)))]
mod tests;

/// An element of a [`DeadlineQueue`], ordered by its deadline first.
pub(crate) trait HasDeadline: Copy + Default + Ord {
    /// The deadline in nanoseconds since the common start.
    fn deadline(&self) -> u64;
}

impl HasDeadline for u64 {
    fn deadline(&self) -> u64 {
        *self
    }
}

/// The deadlines of n waits, released one by one in ascending order.
///
/// # The invariant
///
/// All deadlines are in the queue before the first wait is armed, none is added later, and `pop`
/// releases only the smallest. So the released ones are ascending, whatever the order, the thread
/// or the number of the wake-ups. [`pop`](Self::pop) must not be called before the smallest
/// deadline has passed.
///
/// # The structure
///
/// A calendar queue (R. Brown, CACM 31(10), 1988) in one array, which becomes the list. Delays are
/// uniform, so a bucket is a slice of the time axis that holds some 16 of them, and finding the
/// bucket of a deadline is a shift:
///
/// ```text
/// [ released, ascending | the open bucket, a heap | buckets not yet opened ]
///                       ^ head                    ^ open
/// ```
///
/// The min-heap of the open bucket is stored reversed, its root last, so that a `pop` frees the
/// place next to the released ones. If the distribution is not uniform, a `pop` takes O(log n) at
/// worst; the order is the same.
#[derive(Debug, Default)]
pub(crate) struct DeadlineQueue<T> {
    places: Vec<T>,
    head: usize,
    open: usize,
    /// Where each bucket ends.
    ends: Vec<usize>,
    next_bucket: usize,
}

impl<T: HasDeadline> DeadlineQueue<T> {
    /// A queue of the first `n` of `elements`, whose deadlines must be at most `max`.
    ///
    /// The iterator runs twice, once to count the elements of each bucket and once to fill the
    /// buckets, so it must be cheap to clone.
    pub(crate) fn try_new(
        n: usize,
        max: u64,
        elements: impl Iterator<Item = T> + Clone,
    ) -> Result<Self, TooManyWaits> {
        let shift = bucket_shift(n, max);
        let bucket_of = |deadline: u64| deadline.checked_shr(shift).unwrap_or(0) as usize;
        let bucket = |element: &T| bucket_of(element.deadline());
        let too_many = |_| TooManyWaits { n };
        let mut places = filled(n, T::default()).map_err(too_many)?;
        let mut ends = filled(bucket_of(max) + 1, 0).map_err(too_many)?;

        for element in elements.clone().take(n) {
            ends[bucket(&element)] += 1;
        }
        let mut start = 0;
        for end in &mut ends {
            start += std::mem::replace(end, start);
        }
        for element in elements.take(n) {
            let place = &mut ends[bucket(&element)];
            places[*place] = element;
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

    /// The element with the smallest deadline of those pending.
    pub(crate) fn peek(&mut self) -> Option<T> {
        while self.head == self.open {
            self.open = *self.ends.get(self.next_bucket)?;
            self.next_bucket += 1;
            heapify(&mut self.places[self.head..self.open]);
        }
        Some(self.places[self.open - 1])
    }

    /// Releases the element with the smallest deadline.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let first = self.peek()?;
        self.places.swap(self.head, self.open - 1);
        self.head += 1;
        sift_down(&mut self.places[self.head..self.open], 0);
        Some(first)
    }

    /// How many elements are pending.
    pub(crate) fn len(&self) -> usize {
        self.places.len() - self.head
    }

    /// The pending elements; the caller must not change their order.
    pub(crate) fn pending_mut(&mut self) -> &mut [T] {
        &mut self.places[self.head..]
    }

    /// The elements of this bucket, pending or released; buckets ascend.
    pub(crate) fn bucket(&self, number: usize) -> Option<&[T]> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.places[start..end])
    }

    /// The released elements, ascending.
    pub(crate) fn released(&self) -> &[T] {
        &self.places[..self.head]
    }

    /// The released elements, ascending, in the memory of the queue.
    pub(crate) fn into_released(mut self) -> Vec<T> {
        self.places.truncate(self.head);
        self.places
    }
}

/// How many low bits of a deadline to drop to get the number of its bucket: a bucket has 16 to 32
/// elements.
fn bucket_shift(n: usize, max: u64) -> u32 {
    let buckets = (n / 16).max(1) as u64;
    (0..u64::BITS)
        .find(|shift| max >> shift < buckets)
        .unwrap_or(u64::BITS)
}

/// A vector of `len` clones, or an error instead of an abort if there is not enough memory.
fn filled<T: Clone>(len: usize, value: T) -> Result<Vec<T>, TryReserveError> {
    let mut places = Vec::new();
    places.try_reserve_exact(len)?;
    places.resize(len, value);
    Ok(places)
}

/// Makes the slice a reversed heap: node 0, the smallest, is its last element.
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
