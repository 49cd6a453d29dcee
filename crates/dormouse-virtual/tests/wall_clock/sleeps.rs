//! Sleeps by the wall clock, which is set while they sleep.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use dormouse_core::{
    BlockOn, JoinSet, Sleeper, Spawner, Task, sleep_until_system_time, system_interval,
};
use dormouse_virtual::{Virtual, VirtualHandle};
use proptest::prelude::*;

use crate::{HOUR, MINUTE, SECOND, beginning, set_at, set_by, takes};

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
