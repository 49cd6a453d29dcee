//! How late each wait is, written down while it happens.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use dormouse::{BlockOn, Sleeper, Spawner};
use pin_project_lite::pin_project;

/// A runtime whose sleeps write down when they end.
///
/// What they write to is static, so that a sleep is longer by its deadline alone: 8 bytes. Nothing
/// is allocated and nothing is locked.
#[derive(Clone)]
pub(crate) struct Recorded<R>(pub(crate) R);

impl<R: Sleeper> Sleeper for Recorded<R> {
    type Sleep = RecordedSleep<R::Sleep>;

    fn now(&self) -> Instant {
        self.0.now()
    }

    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        RecordedSleep {
            sleep: self.0.sleep_until(deadline),
            deadline: nanos(deadline),
        }
    }
}

impl<R: Spawner> Spawner for Recorded<R> {
    type Task<T: Send + 'static> = R::Task<T>;

    const SMALL_FUTURE: usize = R::SMALL_FUTURE;

    fn spawn<F>(&self, future: F) -> R::Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.0.spawn(future)
    }
}

impl<R: BlockOn> BlockOn for Recorded<R> {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.0.block_on(future)
    }
}

pin_project! {
    pub(crate) struct RecordedSleep<S> {
        #[pin]
        sleep: S,
        // In nanoseconds since the base; the highest bit says that it has been polled.
        deadline: u64,
    }
}

impl<S: Future<Output = ()>> Future for RecordedSleep<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if *this.deadline & POLLED == 0 {
            *this.deadline |= POLLED;
            arm();
        }
        ready!(this.sleep.poll(cx));
        record(*this.deadline & !POLLED);
        Poll::Ready(())
    }
}

/// What was written down, once the run is over.
pub(crate) struct Record {
    /// Lateness in nanoseconds, and how many waits had it.
    pub(crate) lateness: Vec<(u64, u64)>,
    /// Waits that were more than 18 minutes late.
    pub(crate) overflow: u64,
    /// Waits that ended before their deadline.
    pub(crate) early: u64,
    /// Waits that ended behind one with a later deadline.
    pub(crate) out_of_order: u64,
    /// When the last sleep was polled for the first time.
    pub(crate) armed: Option<Instant>,
}

/// Makes ready for a run of `n` waits.
pub(crate) fn start(n: usize) {
    BASE.get_or_init(Instant::now);
    TO_ARM.store(n, Relaxed);
}

/// Makes ready for waits that tell of their delays, which begin now.
pub(crate) fn start_by_hand() {
    BASE.get_or_init(Instant::now);
    START.store(nanos(Instant::now()), Relaxed);
}

/// A wait of this delay has ended.
pub(crate) fn record_delay(delay: Duration) {
    record(START.load(Relaxed) + delay.as_nanos() as u64);
}

/// Reads the time from another clock than the system's.
#[cfg(feature = "virtual")]
pub(crate) fn follow(clock: impl Fn() -> Instant + Send + Sync + 'static) {
    // A process runs once, and follows one clock.
    let _ = CLOCK.set(Box::new(clock));
}

/// A wait has ended; `deadline` in nanoseconds since the base.
pub(crate) fn record(deadline: u64) {
    let now = nanos(now());
    match now.checked_sub(deadline).map(bucket) {
        None => _ = EARLY.fetch_add(1, Relaxed),
        Some(bucket) if bucket < BUCKETS => _ = COUNTS[bucket].fetch_add(1, Relaxed),
        Some(_) => _ = OVERFLOW.fetch_add(1, Relaxed),
    }
    if LAST.swap(deadline, Relaxed) > deadline {
        OUT_OF_ORDER.fetch_add(1, Relaxed);
    }
}

/// Nanoseconds since the base.
pub(crate) fn nanos(instant: Instant) -> u64 {
    let since = instant.saturating_duration_since(*BASE.get_or_init(Instant::now));
    u64::try_from(since.as_nanos()).map_or(POLLED - 1, |nanos| nanos.min(POLLED - 1))
}

pub(crate) fn finish() -> Record {
    let armed = ARMED.load(Relaxed);
    let counts = COUNTS.iter().enumerate();
    let counts = counts.map(|(bucket, count)| (value(bucket), count.load(Relaxed)));
    Record {
        lateness: counts.filter(|(_, count)| *count > 0).collect(),
        overflow: OVERFLOW.load(Relaxed),
        early: EARLY.load(Relaxed),
        out_of_order: OUT_OF_ORDER.load(Relaxed),
        armed: (armed > 0)
            .then(|| BASE.get_or_init(Instant::now).to_owned() + Duration::from_nanos(armed)),
    }
}

/// What one record costs, in nanoseconds: many of them, timed, and then forgotten.
pub(crate) fn cost() -> f64 {
    const TIMES: u32 = 20_000;
    start(0);
    let deadline = nanos(Instant::now());
    let start = Instant::now();
    for _ in 0..TIMES {
        record(deadline);
    }
    let took = start.elapsed();
    COUNTS.iter().for_each(|count| count.store(0, Relaxed));
    LAST.store(0, Relaxed);
    took.as_nanos() as f64 / f64::from(TIMES)
}

fn arm() {
    if TO_ARM.fetch_sub(1, Relaxed) == 1 {
        ARMED.store(nanos(now()), Relaxed);
    }
}

fn now() -> Instant {
    CLOCK.get().map_or_else(Instant::now, |clock| clock())
}

/// Buckets whose width is at most 1/64 of their value: exact up to 128 ns, then 64 for each power
/// of two.
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

type Clock = Box<dyn Fn() -> Instant + Send + Sync>;

static BASE: OnceLock<Instant> = OnceLock::new();
static CLOCK: OnceLock<Clock> = OnceLock::new();
static START: AtomicU64 = AtomicU64::new(0);
static COUNTS: [AtomicU64; BUCKETS] = [const { AtomicU64::new(0) }; BUCKETS];
static OVERFLOW: AtomicU64 = AtomicU64::new(0);
static EARLY: AtomicU64 = AtomicU64::new(0);
static LAST: AtomicU64 = AtomicU64::new(0);
static OUT_OF_ORDER: AtomicU64 = AtomicU64::new(0);
static TO_ARM: AtomicUsize = AtomicUsize::new(0);
static ARMED: AtomicU64 = AtomicU64::new(0);

const POLLED: u64 = 1 << 63;
/// Up to 2^40 ns.
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
