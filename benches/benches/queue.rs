//! The queue of `Coalesced`, by itself: no timer of a runtime is under it, and the clock is moved
//! by hand.

use std::time::Duration;

use divan::{Bencher, black_box};
use dormouse::waits::CoalescedSleep;
use dormouse::{Coalesced, Sleeper};
use dormouse_benches::manual_sleeper::{ManualSleeper, poll};
use dormouse_benches::measure::Run;

fn main() {
    divan::main();
}

const SIZES: [usize; 5] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// Sleeps made and polled once, in the order in which they are drawn.
#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1, max_time = 20)]
fn insert(bencher: Bencher<'_, '_>, n: usize) {
    bencher
        .counter(n)
        .with_inputs(ManualSleeper::default)
        .bench_values(|sleeper| inserted(&Coalesced::new(sleeper), n));
}

/// Sleeps dropped in the order in which they were made.
#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1, max_time = 20)]
fn cancel(bencher: Bencher<'_, '_>, n: usize) {
    bencher
        .counter(n)
        .with_inputs(|| inserted(&Coalesced::new(ManualSleeper::default()), n))
        .bench_values(drop);
}

/// Sleeps that are all due, let go in the order of their deadlines and each polled once more.
#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1, max_time = 20)]
fn drain(bencher: Bencher<'_, '_>, n: usize) {
    bencher
        .counter(n)
        .with_inputs(|| {
            let sleeper = ManualSleeper::default();
            let mut sleeps = inserted(&Coalesced::new(sleeper.clone()), n);
            // The first to be polled should be one that has been woken.
            sleeps.sort_by_key(|(deadline, _)| *deadline);
            (sleeper, sleeps)
        })
        .bench_values(|(sleeper, mut sleeps)| {
            sleeper.advance(MAX_DELAY);
            for (_, sleep) in &mut sleeps {
                assert!(poll(sleep).is_ready());
            }
            sleeps
        });
}

/// `Coalesced::wait_n` from the call to the list.
#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1, max_time = 20)]
fn wait_n(bencher: Bencher<'_, '_>, n: usize) {
    bencher
        .counter(n)
        .with_inputs(ManualSleeper::default)
        .bench_values(|sleeper| {
            let mut waits = Coalesced::new(sleeper.clone()).wait_n_with(n, MAX_DELAY, 42);
            while black_box(poll(&mut waits)).is_pending() {
                sleeper.advance(MAX_DELAY);
            }
            waits
        });
}

const MAX_DELAY: Duration = Duration::from_secs(10);

fn inserted(
    coalesced: &Coalesced<ManualSleeper>,
    n: usize,
) -> Vec<(Duration, CoalescedSleep<ManualSleeper>)> {
    let run = Run {
        n,
        max_delay: MAX_DELAY,
        seed: 42,
    };
    let sleeps = run.delays().map(|delay| {
        let mut sleep = coalesced.sleep(delay);
        assert!(poll(&mut sleep).is_pending() || delay.is_zero());
        (delay, sleep)
    });
    sleeps.collect()
}
