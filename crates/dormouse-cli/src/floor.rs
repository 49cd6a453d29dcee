//! The floor: what one thread of the system does, with no runtime in between.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::thread;
use std::time::{Duration, Instant};

use dormouse::MaxDelay;
use rand::SeedableRng;
use rand::distr::{Distribution, Uniform};
use rand::rngs::Xoshiro256PlusPlus;

use crate::recorder;

/// Sleeps until each deadline in turn, and returns the delays.
///
/// The system's sleep is never early, but for the bits it rounds away: the rest is slept again.
pub(crate) fn wait(delays: impl Iterator<Item = Duration>) -> Vec<f64> {
    let start = Instant::now();
    let mut delays: BinaryHeap<Reverse<Duration>> = delays.map(Reverse).collect();
    let mut ended = Vec::with_capacity(delays.len());
    while let Some(Reverse(delay)) = delays.pop() {
        let deadline = start + delay;
        while let Some(left) = deadline
            .checked_duration_since(Instant::now())
            .filter(|left| !left.is_zero())
        {
            thread::sleep(left);
        }
        recorder::record_delay(delay);
        ended.push(delay.as_secs_f64());
    }
    ended
}

/// The delays that `wait_n` of this seed draws, in its order.
pub(crate) fn delays(
    n: usize,
    max_delay: MaxDelay,
    seed: u64,
) -> impl Iterator<Item = Duration> + Send + 'static {
    let uniform = Uniform::new_inclusive(0, max_delay.as_nanos()).expect("0 is the least");
    uniform
        .sample_iter(Xoshiro256PlusPlus::seed_from_u64(seed))
        .map(Duration::from_nanos)
        .take(n)
}
