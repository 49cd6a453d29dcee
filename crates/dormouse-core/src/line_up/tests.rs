//! The line-up against the ordered sets of the standard library.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Deadlines within a range, in shapes that fill the buckets evenly, unevenly or all alike.
fn deadlines() -> impl Strategy<Value = (u64, u64, Vec<u64>)> {
    let width = prop_oneof![Just(0), 0..50_u64, 0..=u64::MAX / 2, Just(u64::MAX)];
    let start = prop_oneof![Just(0), 0..1_000_u64, any::<u64>()];
    (start, width).prop_flat_map(|(start, width)| {
        let end = start.saturating_add(width);
        let any = start..=end;
        // A crowd in one place, and stragglers anywhere.
        let crowd = start..=start.saturating_add(9).min(end);
        let one = prop_oneof![3 => any.clone(), 1 => crowd, 1 => Just(start), 1 => Just(end)];
        let uniform = prop::collection::vec(any, 0..300);
        let uneven = prop::collection::vec(one, 0..300);
        (Just(start), Just(end), prop_oneof![uniform, uneven])
    })
}

/// A deadline and a number, so that equal deadlines can be told apart.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
struct Numbered(u64, usize);

impl Stand for Numbered {
    fn deadline(&self) -> u64 {
        self.0
    }
}

fn line_up(start: u64, end: u64, deadlines: &[u64]) -> LineUp<Numbered> {
    let stands = deadlines.iter().copied().zip(0..);
    let stands = stands.map(|(deadline, number)| Numbered(deadline, number));
    LineUp::try_new(deadlines.len(), start..=end, stands).expect("a few hundred fit")
}

proptest! {
    #[test]
    fn leaves_as_a_set_does((start, end, deadlines) in deadlines(), peeks in any::<u64>()) {
        let mut line = line_up(start, end, &deadlines);
        let mut model: BTreeSet<_> = deadlines.iter().copied().zip(0..).collect();
        let mut gone = Vec::new();
        loop {
            prop_assert_eq!(line.len(), model.len());
            // A look now and then must change nothing.
            if peeks >> (gone.len() % 64) & 1 == 1 {
                prop_assert_eq!(line.peek().map(|one| (one.0, one.1)), model.first().copied());
            }
            let mut standing = line.standing_mut().to_vec();
            standing.sort_unstable();
            let expected: Vec<_> = model.iter().map(|one| Numbered(one.0, one.1)).collect();
            prop_assert_eq!(standing, expected);

            let popped = line.pop().map(|one| (one.0, one.1));
            prop_assert_eq!(popped, model.pop_first());
            let Some((deadline, number)) = popped else { break };
            gone.push(Numbered(deadline, number));
            prop_assert_eq!(line.gone(), &gone);
        }
        prop_assert_eq!(line.peek(), None);
        prop_assert_eq!(line.pop(), None);
        prop_assert_eq!(line.into_gone(), gone);
    }

    #[test]
    fn pops_all_that_are_due_and_no_more(
        (start, end, deadlines) in deadlines(),
        steps in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let mut line = line_up(start, end, &deadlines);
        let mut model: BTreeSet<_> = deadlines.iter().copied().zip(0..).collect();
        for step in steps {
            let Some(now) = (!deadlines.is_empty()).then(|| *step.get(&deadlines)) else { break };
            while line.peek().is_some_and(|one| one.0 <= now) {
                prop_assert_eq!(line.pop().map(|one| (one.0, one.1)), model.pop_first());
            }
            prop_assert_eq!(line.len(), model.len());
            prop_assert!(model.first().is_none_or(|one| one.0 > now));
        }
        // What is left behind stays out of the list.
        let left = line.len();
        prop_assert_eq!(line.into_gone().len(), deadlines.len() - left);
    }

    #[test]
    fn buckets_hold_everyone_and_ascend((start, end, deadlines) in deadlines()) {
        let line = line_up(start, end, &deadlines);
        let (mut all, mut latest, mut number) = (Vec::new(), start, 0);
        while let Some(bucket) = line.bucket(number) {
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
    let mut line = LineUp::<u64>::empty();
    assert_eq!((line.len(), line.peek(), line.pop()), (0, None, None));
    assert!(line.standing_mut().is_empty() && line.gone().is_empty() && line.bucket(0).is_none());
    assert!(line.into_gone().is_empty());

    let mut line = LineUp::try_new(0, 0..=u64::MAX, std::iter::empty::<u64>()).unwrap();
    assert_eq!((line.len(), line.peek(), line.pop()), (0, None, None));
}

#[test]
fn memory_that_is_not_to_be_had_is_an_error() {
    assert!(LineUp::try_new(usize::MAX, 0..=9, std::iter::repeat(0_u64)).is_err());
}

#[test]
fn evenly_spread_deadlines_stand_in_buckets_of_16_to_32() {
    for n in [1_000_u64, 4_096, 10_000] {
        let width = 10_000_000_000_u64;
        let spread = (0..n).map(|number| number * (width / n));
        let line = LineUp::try_new(n as usize, 0..=width, spread).unwrap();
        let longest = (0..)
            .map_while(|number| line.bucket(number))
            .map(<[u64]>::len)
            .max();
        assert!(
            longest.is_some_and(|longest| longest <= 40),
            "{n}: {longest:?} in a bucket"
        );
    }
}
