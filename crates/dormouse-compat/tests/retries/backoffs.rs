//! The waits of tower's backoff, one after the other.

use std::time::Duration;

use dormouse::{BlockOn, Virtual};
use dormouse_compat::Tower;
use tower::retry::backoff::{Backoff, MakeBackoff};

use crate::BASE;

/// The first waits of a seed, each as a part of the longest possible one.
pub(crate) fn parts(seed: u64, waits: u32) -> Vec<f64> {
    let longest = Duration::from_secs(1000);
    let runtime = Virtual::new();
    let mut backoff = Tower::new(runtime.handle(), longest, longest).with_seed(seed);
    let mut wait = || {
        let before = runtime.elapsed();
        runtime.block_on(backoff.next_backoff());
        (runtime.elapsed() - before).div_duration_f64(longest)
    };
    (0..waits).map(|_| wait()).collect()
}

/// It doubles from the base for as long as the cap allows, however small the base is.
#[test]
fn the_longest_wait_doubles_until_the_cap() {
    let runtime = Virtual::new();
    let nothing = Duration::ZERO;
    let mut backoff = Tower::new(runtime.handle(), nothing, Duration::MAX);
    for _ in 0..200 {
        runtime.block_on(backoff.next_backoff());
    }
    assert_eq!(runtime.elapsed(), nothing, "twice nothing is nothing");

    let cap = Duration::from_secs(1_000_000);
    let mut backoff = Tower::new(runtime.handle(), Duration::from_nanos(1), cap).with_seed(1);
    for (wait, part) in parts(1, 60).into_iter().enumerate() {
        let longest = Duration::from_nanos(1 << wait).min(cap);
        let before = runtime.elapsed();
        runtime.block_on(backoff.next_backoff());
        let waited = runtime.elapsed() - before;
        // The part is drawn in whole nanoseconds of 1,000 s.
        let error = longest.div_f64(1e12) + Duration::from_nanos(2);
        assert!(
            waited.abs_diff(longest.mul_f64(part)) <= error,
            "wait {wait}: {waited:?} of at most {longest:?}"
        );
    }
}

#[test]
fn a_seed_has_waits_of_its_own() {
    let seeds: Vec<_> = (0..20).map(|seed| parts(seed, 20)).collect();
    assert_eq!(seeds[1], parts(1, 20), "one seed gives one sequence");
    let mut all = seeds.concat();
    all.sort_by(f64::total_cmp);
    all.dedup();
    assert_eq!(
        all.len(),
        400,
        "no wait is shared, not even in another place"
    );
    let mean = all.iter().sum::<f64>() / 400.0;
    assert!((0.4..0.6).contains(&mean), "{mean}");
}

#[test]
fn a_backoff_that_is_made_anew_repeats_its_seed() {
    let runtime = Virtual::new();
    let mut first = Tower::new(runtime.handle(), BASE, Duration::from_secs(1)).with_seed(7);
    let mut total = |mut backoff: Tower<_>| {
        let before = runtime.elapsed();
        for _ in 0..5 {
            runtime.block_on(backoff.next_backoff());
        }
        runtime.elapsed() - before
    };
    runtime.block_on(first.next_backoff());
    let made = [first.make_backoff(), first.make_backoff()].map(&mut total);
    assert_eq!(made[0], made[1]);
    assert_ne!(made[0], total(first), "a clone goes on where it is");
}

#[test]
fn a_backoff_is_within_its_cap_for_ever() {
    let runtime = Virtual::new();
    let mut backoff = Tower::new(runtime.handle(), BASE, Duration::from_secs(1));
    for _ in 0..100 {
        let before = runtime.elapsed();
        runtime.block_on(backoff.next_backoff());
        assert!(runtime.elapsed() - before <= Duration::from_secs(1));
    }
    let mut huge = Tower::new(runtime.handle(), Duration::MAX, Duration::MAX);
    let _armed = (huge.next_backoff(), huge.next_backoff());
}
