//! The queue of deadlines against the ordered sets of the standard library.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Deadlines within a range, which fill the buckets evenly, unevenly, or are all alike.
fn deadlines() -> impl Strategy<Value = (u64, Vec<u64>)> {
    let width = prop_oneof![Just(0), 0..50_u64, 0..=u64::MAX / 2, Just(u64::MAX)];
    let start = prop_oneof![Just(0), 0..1_000_u64, any::<u64>()];
    (start, width).prop_flat_map(|(start, width)| {
        let end = start.saturating_add(width);
        let any = start..=end;
        // Many deadlines in one place, and some anywhere.
        let crowd = start..=start.saturating_add(9).min(end);
        let one = prop_oneof![3 => any.clone(), 1 => crowd, 1 => Just(start), 1 => Just(end)];
        let uniform = prop::collection::vec(any, 0..300);
        let uneven = prop::collection::vec(one, 0..300);
        (Just(end), prop_oneof![uniform, uneven])
    })
}

/// A deadline and a number, so that equal deadlines can be told apart.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
struct Numbered(u64, usize);

impl HasDeadline for Numbered {
    fn deadline(&self) -> u64 {
        self.0
    }
}

fn queue_of(end: u64, deadlines: &[u64]) -> DeadlineQueue<Numbered> {
    let elements = deadlines.iter().copied().zip(0..);
    let elements = elements.map(|(deadline, number)| Numbered(deadline, number));
    DeadlineQueue::try_new(deadlines.len(), end, elements).expect("a few hundred fit")
}

proptest! {
    #[test]
    fn leaves_as_a_set_does((end, deadlines) in deadlines(), peeks in any::<u64>()) {
        let mut queue = queue_of(end, &deadlines);
        let mut model: BTreeSet<_> = deadlines.iter().copied().zip(0..).collect();
        let mut released = Vec::new();
        loop {
            prop_assert_eq!(queue.len(), model.len());
            // An occasional peek must change nothing.
            if peeks >> (released.len() % 64) & 1 == 1 {
                prop_assert_eq!(queue.peek().map(|one| (one.0, one.1)), model.first().copied());
            }
            let mut standing = queue.pending_mut().to_vec();
            standing.sort_unstable();
            let expected: Vec<_> = model.iter().map(|one| Numbered(one.0, one.1)).collect();
            prop_assert_eq!(standing, expected);

            let popped = queue.pop().map(|one| (one.0, one.1));
            prop_assert_eq!(popped, model.pop_first());
            let Some((deadline, number)) = popped else { break };
            released.push(Numbered(deadline, number));
            prop_assert_eq!(queue.released(), &released);
        }
        prop_assert_eq!(queue.peek(), None);
        prop_assert_eq!(queue.pop(), None);
        prop_assert_eq!(queue.into_released(), released);
    }

    #[test]
    fn pops_all_that_are_due_and_no_more(
        (end, deadlines) in deadlines(),
        steps in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let mut queue = queue_of(end, &deadlines);
        let mut model: BTreeSet<_> = deadlines.iter().copied().zip(0..).collect();
        for step in steps {
            let Some(now) = (!deadlines.is_empty()).then(|| *step.get(&deadlines)) else { break };
            while queue.peek().is_some_and(|one| one.0 <= now) {
                prop_assert_eq!(queue.pop().map(|one| (one.0, one.1)), model.pop_first());
            }
            prop_assert_eq!(queue.len(), model.len());
            prop_assert!(model.first().is_none_or(|one| one.0 > now));
        }
        // Pending elements stay out of the list.
        let left = queue.len();
        prop_assert_eq!(queue.into_released().len(), deadlines.len() - left);
    }

    #[test]
    fn buckets_hold_everyone_and_ascend((end, deadlines) in deadlines()) {
        let queue = queue_of(end, &deadlines);
        let (mut all, mut latest, mut number) = (Vec::new(), 0, 0);
        while let Some(bucket) = queue.bucket(number) {
            prop_assert!(bucket.iter().all(|one| one.0 >= latest));
            latest = bucket.iter().map(|one| one.0).max().unwrap_or(latest);
            all.extend_from_slice(bucket);
            number += 1;
        }
        prop_assert!(number <= (deadlines.len() / 16).max(1), "{} buckets", number);
        all.sort_unstable();
        let mut expected: Vec<_> = deadlines.iter().copied().zip(0..).collect();
        expected.sort_unstable();
        prop_assert_eq!(all.iter().map(|one| (one.0, one.1)).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn an_empty_line_has_nobody() {
    let mut queue = DeadlineQueue::<u64>::default();
    assert_eq!((queue.len(), queue.peek(), queue.pop()), (0, None, None));
    assert!(
        queue.pending_mut().is_empty() && queue.released().is_empty() && queue.bucket(0).is_none()
    );
    assert!(queue.into_released().is_empty());

    let mut queue = DeadlineQueue::try_new(0, u64::MAX, std::iter::empty::<u64>()).unwrap();
    assert_eq!((queue.len(), queue.peek(), queue.pop()), (0, None, None));
}

#[test]
fn memory_that_is_not_to_be_had_is_an_error() {
    assert!(DeadlineQueue::try_new(usize::MAX, 9, std::iter::repeat(0_u64)).is_err());
}

#[test]
fn evenly_spread_deadlines_stand_in_buckets_of_16_to_32() {
    for n in [1_000_u64, 4_096, 10_000] {
        let width = 10_000_000_000_u64;
        let spread = (0..n).map(|number| number * (width / n));
        let queue = DeadlineQueue::try_new(n as usize, width, spread).unwrap();
        let longest = (0..)
            .map_while(|number| queue.bucket(number))
            .map(<[u64]>::len)
            .max();
        assert!(
            longest.is_some_and(|longest| longest <= 40),
            "{n}: {longest:?} in a bucket"
        );
    }
}
