//! What a list of delays has to be, and that the check of it detects disorder.

use std::time::{Duration, Instant};

use dormouse_core::wait_random;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use proptest::prelude::*;

use crate::mock::{Mock, Root};

/// The delays that were drawn, ascending, read from all the sleeps that were made.
pub(crate) fn drawn(mock: &Mock, start: Instant) -> Vec<f64> {
    let mut made = mock.made();
    made.sort_unstable();
    made.iter()
        .map(|&deadline| seconds(deadline - start))
        .collect()
}

pub(crate) fn seconds(duration: Duration) -> f64 {
    duration.as_nanos() as f64 / 1e9
}

/// How many neighbours are out of order.
pub(crate) fn out_of_order(delays: &[f64]) -> usize {
    delays.windows(2).filter(|pair| pair[0] > pair[1]).count()
}

/// Checks the delays as they are released.
pub(crate) struct Witness {
    mock: Mock,
    start: Instant,
    pub(crate) seen: Vec<f64>,
}

impl Witness {
    pub(crate) fn new(mock: &Mock) -> Self {
        let start = mock.start() + mock.time();
        Self {
            mock: mock.clone(),
            start,
            seen: Vec::new(),
        }
    }

    /// Checks a released delay: not before its time, and after all smaller ones.
    pub(crate) fn see(&mut self, delay: f64) {
        let passed = self.mock.start() + self.mock.time() - self.start;
        assert!(
            delay <= seconds(passed),
            "{delay} was released after {passed:?}"
        );
        self.seen.push(delay);
        assert_eq!(out_of_order(&self.seen), 0, "{:?}", self.seen);
    }

    /// The sleeps of all released delays have ended.
    pub(crate) fn check_ended(&self) {
        let mut ended = self.mock.ended();
        ended.sort_unstable();
        let ended: Vec<_> = ended.iter().map(|&end| seconds(end - self.start)).collect();
        assert!(ended.len() >= self.seen.len());
        assert_eq!(ended[..self.seen.len()], self.seen);
    }

    /// The list is the one that was drawn, and every one of its sleeps has ended.
    pub(crate) fn check_list(&self, delays: &[f64]) {
        assert_eq!(out_of_order(delays), 0, "{delays:?}");
        assert_eq!(delays, drawn(&self.mock, self.start));
        assert_eq!(
            self.mock.ended().len(),
            delays.len(),
            "it did not wait for all"
        );
        assert_eq!(self.mock.live_sleeps(), 0);
    }
}

proptest! {
    /// The negative control: a list in the order of completion is out of order, and this is
    /// detected.
    #[test]
    fn the_usual_idiom_is_caught(n in 30..200_usize, order in any::<u64>()) {
        let mock = Mock::new();
        let waits = FuturesUnordered::new();
        for _ in 0..n {
            waits.push(wait_random(&mock, Duration::from_micros(1)));
        }
        let mut root = Root::new(waits.collect::<Vec<_>>());
        prop_assert!(root.poll().is_pending());
        mock.advance(Duration::from_micros(1));
        // One tick of a coarse timer: all are due at once, and fired in an arbitrary order.
        let mut due = mock.due();
        due.sort_by_key(|&sleep| (sleep as u64 ^ order).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        for sleep in due {
            mock.fire(sleep);
        }
        let delays = root.finish(&mock);
        prop_assert_eq!(delays.len(), n);
        prop_assert!(out_of_order(&delays) > 0);
    }
}
