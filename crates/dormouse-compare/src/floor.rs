//! The floor: the best that one thread of the system does, with no runtime in between.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::thread;
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::distr::{Distribution, Uniform};
use rand::rngs::Xoshiro256PlusPlus;

use crate::recorder;

/// Waits until each deadline in turn, and returns the delays.
///
/// It sleeps until shortly before the deadline and spins from there: a runtime that never sleeps was
/// earlier than a thread that did. What it costs is no floor, and the row has no CPU time.
pub(crate) fn wait(delays: impl Iterator<Item = Duration>) -> Vec<f64> {
    let start = Instant::now();
    recorder::waits_begin(start);
    let mut delays: BinaryHeap<Reverse<Duration>> = delays.map(Reverse).collect();
    let mut ended = Vec::with_capacity(delays.len());
    while let Some(Reverse(delay)) = delays.pop() {
        let deadline = start + delay;
        while let Some(left) = deadline
            .checked_duration_since(Instant::now())
            .filter(|left| !left.is_zero())
        {
            match left.checked_sub(SPIN) {
                Some(long) if !long.is_zero() => thread::sleep(long),
                _ => std::hint::spin_loop(),
            }
        }
        recorder::record(recorder::nanos(deadline));
        ended.push(delay.as_secs_f64());
    }
    ended
}

/// A thread that slept was measured to go on 15 to 60 µs after the time it was to wake at.
const SPIN: Duration = Duration::from_micros(100);

/// Asks the system not to put off this thread's timers, as it does by 50 µs to save power.
///
/// The reactors of runtimes have a timer of their own that is never put off: with the usual slack
/// the floor was later than they are.
pub(crate) fn sharpen() {
    #[cfg(target_os = "linux")]
    {
        // Refused, it is a floor that is no floor; the report has the slack.
        let _ = nix::sys::prctl::set_timerslack(1);
    }
}

/// The delays that `wait_n` of this seed draws, in its order.
pub(crate) fn delays(
    n: usize,
    max_delay: Duration,
    seed: u64,
) -> impl Iterator<Item = Duration> + Send + 'static {
    let most = u64::try_from(max_delay.as_nanos()).unwrap_or(u64::MAX);
    let uniform = Uniform::new_inclusive(0, most).expect("0 is the least");
    uniform
        .sample_iter(Xoshiro256PlusPlus::seed_from_u64(seed))
        .map(Duration::from_nanos)
        .take(n)
}
