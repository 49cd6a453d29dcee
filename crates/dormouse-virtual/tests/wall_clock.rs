//! The wall clock of the virtual runtime, and sleeps by it, tested to the nanosecond.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use dormouse_core::{
    BlockOn, Coalesced, JoinSet, Mixed, Sleeper, Spawner, Task, sleep_until_system_time,
    system_interval,
};
use dormouse_virtual::{Virtual, VirtualHandle};
use proptest::prelude::*;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// The time at which the wall clock starts.
fn beginning() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(946_684_800)
}

/// Sets the clock at these times since the beginning, by these numbers of seconds.
fn set_at(runtime: &Virtual, steps: &[(Duration, i64)]) {
    for &(at, by) in steps {
        let handle = runtime.handle();
        runtime
            .spawn(async move {
                handle.sleep(at).await;
                set_by(&handle, by);
            })
            .detach();
    }
}

fn set_by(handle: &VirtualHandle, seconds: i64) {
    let by = Duration::from_secs(seconds.unsigned_abs());
    let now = handle.system_time();
    handle.set_system_time(if seconds < 0 { now - by } else { now + by });
}

/// How long a future takes, in virtual time.
fn takes(runtime: &Virtual, future: impl Future<Output = ()>) -> Duration {
    let before = runtime.elapsed();
    runtime.block_on(future);
    runtime.elapsed() - before
}

#[test]
fn it_starts_at_2000_and_moves_with_the_virtual_time() {
    let runtime = Virtual::new();
    assert_eq!(runtime.system_time(), beginning());
    runtime.advance(HOUR);
    assert_eq!(runtime.system_time(), beginning() + HOUR);
    runtime.set_system_time(SystemTime::UNIX_EPOCH);
    runtime.advance(SECOND);
    assert_eq!(runtime.system_time(), SystemTime::UNIX_EPOCH + SECOND);
    assert_eq!(runtime.elapsed(), HOUR + SECOND, "no time passed by that");
}

#[test]
fn undisturbed_a_sleep_is_exact() {
    for wait in [Duration::ZERO, Duration::from_nanos(1), 10 * SECOND, HOUR] {
        let runtime = Virtual::new();
        let at = beginning() + wait;
        assert_eq!(takes(&runtime, sleep_until_system_time(&runtime, at)), wait);
    }
}

#[test]
fn set_back_it_sleeps_until_the_clock_shows_it_again() {
    let runtime = Virtual::new();
    set_at(&runtime, &[(MINUTE, -3_600)]);
    let at = beginning() + 2 * MINUTE;
    let took = takes(&runtime, sleep_until_system_time(&runtime, at));
    assert_eq!(took, HOUR + 2 * MINUTE);
    assert_eq!(runtime.system_time(), at);
}

#[test]
fn set_forward_it_ends_at_the_next_look() {
    let runtime = Virtual::new();
    // The step from 60 s to 70 s is armed; the clock is set within it.
    set_at(&runtime, &[(MINUTE + SECOND, 8 * 3_600)]);
    let at = beginning() + 7 * HOUR;
    let took = takes(&runtime, sleep_until_system_time(&runtime, at));
    assert_eq!(took, MINUTE + 10 * SECOND);
}

#[test]
fn set_forward_by_a_little_it_is_not_early() {
    let runtime = Virtual::new();
    set_at(&runtime, &[(SECOND, 5)]);
    let at = beginning() + MINUTE;
    assert_eq!(
        takes(&runtime, sleep_until_system_time(&runtime, at)),
        55 * SECOND
    );
}

#[test]
fn set_before_its_first_poll_it_is_not_early() {
    let runtime = Virtual::new();
    let sleep = sleep_until_system_time(&runtime, beginning() + SECOND);
    set_by(&runtime.handle(), -60);
    assert_eq!(takes(&runtime, sleep), 61 * SECOND);
}

#[test]
fn it_wakes_once_in_ten_seconds_and_no_more() {
    let runtime = Virtual::new();
    let (counting, at) = (Counting::new(runtime.handle()), beginning() + HOUR);
    runtime.block_on(sleep_until_system_time(&counting, at));
    assert_eq!(counting.sleeps(), 360);
}

#[test]
fn decorators_show_the_same_clock() {
    let runtime = Virtual::new();
    let shown = beginning() + 9 * HOUR;
    runtime.set_system_time(shown);
    let coalesced = Coalesced::new(runtime.handle());
    let mixed = Mixed::new(runtime.handle(), Virtual::new().handle());
    assert_eq!(coalesced.system_time(), shown);
    assert_eq!(mixed.system_time(), shown);
    assert_eq!((&&runtime).system_time(), shown);
    assert_eq!(Sleeper::system_time(&Arc::new(runtime.handle())), shown);
}

#[test]
fn an_interval_ticks_at_full_hours() {
    let runtime = Virtual::new();
    runtime.advance(20 * MINUTE);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, HOUR);
    runtime.block_on(async {
        for hour in 1..=3 {
            assert_eq!(ticks.tick().await, beginning() + hour * HOUR);
            assert_eq!(runtime.elapsed(), hour * HOUR);
        }
    });
}

#[test]
fn an_interval_begins_at_its_start_and_not_before() {
    let runtime = Virtual::new();
    let start = beginning() + 5 * HOUR;
    let mut ticks = system_interval(&runtime, start, MINUTE);
    assert_eq!(runtime.block_on(ticks.tick()), start);
    assert_eq!(runtime.elapsed(), 5 * HOUR);
    let mut now = system_interval(&runtime, start, MINUTE);
    assert_eq!(
        runtime.block_on(now.tick()),
        start,
        "it is due at this very moment"
    );
}

#[test]
fn of_the_ticks_that_the_clock_skips_the_latest_is_given() {
    let runtime = Virtual::new();
    set_at(&runtime, &[(91 * SECOND, 8 * 3_600)]);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, MINUTE);
    runtime.block_on(async {
        assert_eq!(ticks.tick().await, beginning(), "midnight is a full minute");
        assert_eq!(ticks.tick().await, beginning() + MINUTE);
        // It reads the clock at 100 s, when that shows 8 h and 100 s.
        assert_eq!(ticks.tick().await, beginning() + 8 * HOUR + MINUTE);
        assert_eq!(runtime.elapsed(), 100 * SECOND);
        assert_eq!(ticks.tick().await, beginning() + 8 * HOUR + 2 * MINUTE);
        assert_eq!(runtime.elapsed(), 120 * SECOND);
    });
}

#[test]
fn set_back_by_less_than_a_period_no_tick_is_given_twice() {
    let runtime = Virtual::new();
    set_at(&runtime, &[(61 * SECOND, -30)]);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, MINUTE);
    runtime.block_on(async {
        for minute in 0..=2 {
            assert_eq!(ticks.tick().await, beginning() + minute * MINUTE);
        }
        assert_eq!(runtime.elapsed(), 150 * SECOND);
    });
}

#[test]
fn set_back_by_a_little_more_than_a_period_they_do_not_wait_for_it() {
    let runtime = Virtual::new();
    set_at(&runtime, &[(121 * SECOND, -90)]);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, MINUTE);
    runtime.block_on(async {
        for minute in 0..=2 {
            assert_eq!(ticks.tick().await, beginning() + minute * MINUTE);
        }
        // It shows 31 s now, and 40 s when it is read next, 9 s later.
        assert_eq!(ticks.tick().await, beginning() + MINUTE);
        assert_eq!(runtime.elapsed(), 150 * SECOND);
    });
}

#[test]
fn set_back_by_more_the_ticks_start_anew() {
    let runtime = Virtual::new();
    set_at(&runtime, &[(2 * HOUR + SECOND, -3_600 * 2)]);
    let mut ticks = system_interval(&runtime, SystemTime::UNIX_EPOCH, MINUTE);
    runtime.block_on(async {
        for minute in 0..=120 {
            assert_eq!(ticks.tick().await, beginning() + minute * MINUTE);
        }
        assert_eq!(ticks.tick().await, beginning() + MINUTE);
        assert_eq!(runtime.elapsed(), 2 * HOUR + MINUTE);
    });
}

#[test]
#[should_panic(expected = "the period of an interval is zero")]
fn an_interval_of_no_time_is_refused() {
    drop(system_interval(
        &Virtual::new(),
        beginning(),
        Duration::ZERO,
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// However the clock is set, the sleep is never early, and late by at most a step.
    #[test]
    fn it_is_never_early_and_ten_seconds_late_at_the_most(
        wait in 0..400_u64,
        sets in prop::collection::vec((0..400_u64, -300..300_i64), 0..6),
    ) {
        let runtime = Virtual::new();
        let at = beginning() + Duration::from_secs(wait);
        let steps: Vec<_> = sets.iter().map(|(at, by)| (Duration::from_secs(*at), *by)).collect();
        set_at(&runtime, &steps);
        // Once the clock has shown `at` continuously for a step, the sleep must have ended.
        let shown_since = Arc::new(Mutex::new(None));
        let watch = runtime.spawn({
            let (handle, since) = (runtime.handle(), Arc::clone(&shown_since));
            async move {
                loop {
                    let shows = handle.system_time() >= at;
                    {
                        let mut since = since.lock().unwrap();
                        *since = shows.then(|| since.unwrap_or(handle.elapsed()));
                    }
                    handle.sleep(SECOND / 2).await;
                }
            }
        });
        let mut set = JoinSet::new(&runtime);
        set.spawn(sleep_until_system_time(&runtime, at));
        runtime.block_on(set.join_next());
        watch.detach();
        prop_assert!(runtime.system_time() >= at);
        let since = shown_since.lock().unwrap().unwrap_or(runtime.elapsed());
        prop_assert!(runtime.elapsed() - since <= 10 * SECOND);
    }
}

/// Counts the sleeps that are armed.
#[derive(Clone)]
struct Counting {
    handle: VirtualHandle,
    sleeps: Arc<Mutex<usize>>,
}

impl Counting {
    fn new(handle: VirtualHandle) -> Self {
        Self {
            handle,
            sleeps: Arc::default(),
        }
    }

    fn sleeps(&self) -> usize {
        *self.sleeps.lock().unwrap()
    }
}

impl Sleeper for Counting {
    type Sleep = <VirtualHandle as Sleeper>::Sleep;

    fn now(&self) -> dormouse_core::Instant {
        self.handle.now()
    }

    fn sleep_until(&self, deadline: dormouse_core::Instant) -> Self::Sleep {
        *self.sleeps.lock().unwrap() += 1;
        self.handle.sleep_until(deadline)
    }

    fn system_time(&self) -> SystemTime {
        self.handle.system_time()
    }
}

/// As every sleep of it is over, these are.
#[test]
fn sleeps_of_one_that_is_gone_are_over() {
    let runtime = Virtual::new();
    let handle = runtime.handle();
    let never = runtime.system_time() + Duration::from_secs(1 << 40);
    let begun = sleep_until_system_time(&handle, never);
    let mut ticks = system_interval(&handle, beginning(), MINUTE);
    runtime.block_on(ticks.tick());
    drop(runtime);
    let other = Virtual::new();
    other.block_on(begun);
    other.block_on(sleep_until_system_time(&handle, never));
    other.block_on(async {
        for _ in 0..3 {
            ticks.tick().await;
        }
    });
}
