//! Records how late things happen, while the run goes on.
//!
//! Each thread counts in its own shard of a static histogram: nothing is allocated or locked, and up
//! to 64 threads write to no common cache line.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use dormouse::Instant;

use crate::figures::Lateness;

/// Sets the base: all later instants must be of the same clock, and not before this one.
pub(crate) fn count_from(now: Instant) {
    BASE.get_or_init(|| now);
}

/// Sets the start of the run: the intended deadline of a wait is this plus its delay.
pub(crate) fn start(now: Instant) {
    START.store(nanos(now), Relaxed);
    SHIFT.store(0, Relaxed);
}

/// Sets the start that the waits count their deadlines from.
///
/// It is later than the start of the run, by the time that the runtime needed to begin. That time is
/// added to each lateness, for every engine alike.
pub(crate) fn waits_begin(now: Instant) {
    let shift = nanos(now).saturating_sub(START.load(Relaxed));
    SHIFT.store(shift, Relaxed);
}

/// Records a wait that ends now, whose delay counts from the start of the run.
#[cfg_attr(not(feature = "peers"), allow(dead_code))]
pub(crate) fn record_delay(delay: Duration) {
    record(START.load(Relaxed) + delay.as_nanos() as u64);
}

/// Records a wait that ends now; `deadline` is in nanoseconds since the base.
pub(crate) fn record(deadline: u64) {
    record_at(deadline, nanos(now()));
}

/// Records a lateness; none if it was early.
pub(crate) fn record_late(late: Option<Duration>) {
    match late {
        Some(late) => record_at(0, late.as_nanos() as u64),
        None => record_at(1, 0),
    }
}

/// Takes the time from this clock instead of the system's.
#[cfg_attr(not(feature = "virtual"), allow(dead_code))]
pub(crate) fn follow(clock: impl Fn() -> Instant + Send + Sync + 'static) {
    // A process does one run, and has one clock.
    let _ = CLOCK.set(Box::new(clock));
}

/// An instant in nanoseconds since the base.
pub(crate) fn nanos(instant: Instant) -> u64 {
    let base = *BASE.get_or_init(|| instant);
    instant.saturating_duration_since(base).as_nanos() as u64
}

/// All that was recorded, once the run is over.
pub(crate) fn finish() -> Lateness {
    let sum =
        |of: fn(&Shard) -> &AtomicU64| SHARDS.iter().map(|shard| of(shard).load(Relaxed)).sum();
    let buckets = (0..BUCKETS).map(|bucket| {
        let counts = SHARDS
            .iter()
            .map(|shard| shard.counts[bucket].load(Relaxed));
        (value(bucket), counts.sum::<u64>())
    });
    Lateness {
        histogram_ns: buckets.filter(|(_, count)| *count > 0).collect(),
        overflow: sum(|shard| &shard.overflow),
        early: sum(|shard| &shard.early),
    }
}

/// The cost of one record in nanoseconds, measured by making many and discarding them.
///
/// It is the same with many threads, as none waits for another.
pub(crate) fn cost() -> f64 {
    const TIMES: u32 = 20_000;
    let deadline = nanos(now());
    let start = Instant::now();
    for _ in 0..TIMES {
        record(deadline);
    }
    let took = start.elapsed();
    for shard in &SHARDS {
        shard.early.store(0, Relaxed);
        // Writing to the others would allocate their pages.
        let counts = shard.counts.iter().filter(|count| count.load(Relaxed) > 0);
        counts.for_each(|count| count.store(0, Relaxed));
    }
    took.as_nanos() as f64 / f64::from(TIMES)
}

fn record_at(deadline: u64, now: u64) {
    let shard = &SHARDS[MINE.get() % SHARDS.len()];
    let late = now
        .checked_sub(deadline)
        .map(|late| bucket(late + SHIFT.load(Relaxed)));
    match late {
        None => _ = shard.early.fetch_add(1, Relaxed),
        Some(bucket) if bucket < BUCKETS => _ = shard.counts[bucket].fetch_add(1, Relaxed),
        Some(_) => _ = shard.overflow.fetch_add(1, Relaxed),
    }
}

fn now() -> Instant {
    CLOCK.get().map_or_else(Instant::now, |clock| clock())
}

/// The bucket of a value, at most 1/64 of the value wide: exact below 128 ns, then 64 buckets for each
/// power of two.
fn bucket(nanos: u64) -> usize {
    if nanos < 128 {
        return nanos as usize;
    }
    let power = nanos.ilog2();
    128 + (power as usize - 7) * 64 + ((nanos >> (power - 6)) as usize - 64)
}

/// The middle of a bucket.
fn value(bucket: usize) -> u64 {
    let Some(above) = bucket.checked_sub(128) else {
        return bucket as u64;
    };
    let width = 1 << (above / 64 + 1);
    (64 + above as u64 % 64) * width + width / 2
}

/// The counts of one thread, or of several if there are more threads than shards.
#[repr(align(128))]
struct Shard {
    counts: [AtomicU64; BUCKETS],
    overflow: AtomicU64,
    early: AtomicU64,
}

type Clock = Box<dyn Fn() -> Instant + Send + Sync>;

static BASE: OnceLock<Instant> = OnceLock::new();
static CLOCK: OnceLock<Clock> = OnceLock::new();
static START: AtomicU64 = AtomicU64::new(0);
static SHIFT: AtomicU64 = AtomicU64::new(0);
/// One for each thread; with more than 64 threads, some share one.
static SHARDS: [Shard; 64] = [const {
    Shard {
        counts: [const { AtomicU64::new(0) }; BUCKETS],
        overflow: AtomicU64::new(0),
        early: AtomicU64::new(0),
    }
}; 64];
static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static MINE: Cell<usize> = Cell::new(THREADS.fetch_add(1, Relaxed));
}

/// The number of buckets, for values below 2^40 ns.
const BUCKETS: usize = 128 + (40 - 7) * 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_within_a_64th_of_what_was_recorded() {
        for power in 0..40 {
            for nanos in [
                1 << power,
                (1 << power) + 1,
                (2 << power) - 1,
                (1 << power) * 5 / 4,
            ] {
                let error = value(bucket(nanos)).abs_diff(nanos);
                assert!(
                    error * 64 <= nanos,
                    "{nanos} became {}",
                    value(bucket(nanos))
                );
            }
        }
        assert_eq!(bucket(1 << 40), BUCKETS);
    }
}
