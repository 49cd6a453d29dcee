//! The functions over the traits, on this runtime: random waits, and the time that they take.

use std::time::Duration;

use dormouse_core::{
    BlockOn, MeasureError, Runtime, Sleeper, measure_time, measure_time_async_with,
    measure_time_with, task_wait_random, task_wait_random_with, wait_random, wait_random_with,
};

use crate::cases::lists::{list_of, nanos};
use crate::counted::Counted;
use crate::limit::{LIMIT, eventually, within};

const MAX: Duration = Duration::from_millis(5);

/// `wait_random` returns a delay in `[0, max]`, and 0 if the maximum is 0.
pub async fn wait_random_is_in_its_range<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "wait_random is in its range";
    for _ in 0..10 {
        let delay = wait_random(runtime, MAX).await;
        assert!(
            (0.0..=MAX.as_secs_f64()).contains(&delay),
            "{PROMISE}: {delay} is not in [0, 0.005]"
        );
    }
    let delay = wait_random(runtime, 0).await;
    assert!(delay == 0.0, "{PROMISE}: {delay} is not in [0, 0]");
}

/// `wait_random` reaches both ends of its range: for 1 ns, there are only two delays.
pub async fn wait_random_reaches_both_ends<R: Sleeper>(runtime: &R) {
    let mut reached = [0, 0];
    for seed in 0..32 {
        let delay = wait_random_with(runtime, Duration::from_nanos(1), seed).await;
        reached[usize::from(delay > 0.0)] += 1;
    }
    assert!(
        reached.iter().all(|&times| times > 0),
        "wait_random reaches both ends: it returned [0 ns, 1 ns] {reached:?} times"
    );
}

/// `wait_random` sleeps for what it returns, from the call.
pub async fn wait_random_sleeps_what_it_returns<R: Sleeper>(runtime: &R) {
    for seed in 0..10 {
        let start = runtime.now();
        let delay = wait_random_with(runtime, 4 * MAX, seed).await;
        let elapsed = runtime.now() - start;
        assert!(
            nanos(delay) <= elapsed && elapsed < LIMIT.get(),
            "wait_random sleeps what it returns: it took {elapsed:?} to return {delay}"
        );
    }
}

/// `task_wait_random` is a task that gives its delay, that of its seed, awaited or not.
pub async fn task_wait_random_is_a_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "task_wait_random is a task";
    let delay = within(runtime, task_wait_random(runtime, MAX)).await;
    let delay = delay.unwrap_or_else(|| panic!("{PROMISE}: it has not ended within {LIMIT:?}"));
    let delay = delay.unwrap_or_else(|error| panic!("{PROMISE}: it gave the error: {error}"));
    assert!(
        (0.0..=MAX.as_secs_f64()).contains(&delay),
        "{PROMISE}: it gave {delay}, not in [0, 0.005]"
    );

    let task = task_wait_random_with(runtime, MAX, 7).await.ok();
    let wait = wait_random_with(runtime, MAX, 7).await;
    assert_eq!(
        task,
        Some(wait),
        "{PROMISE}: with one seed it gives what wait_random gives"
    );

    let counted = Counted::new(runtime.clone());
    drop(task_wait_random(&counted, MAX));
    assert!(
        eventually(runtime, || counted.alive() == 0).await,
        "{PROMISE}: {LIMIT:?} after its handle was dropped, it has not finished"
    );
}

/// `measure_time` is the total time by n: not less than the longest delay, and with all waits at
/// once.
pub fn measure_time_is_the_total_by_n<R: Sleeper, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "measure_time is the total by n";
    let driven = Driven { runtime, driver };
    for n in MEASURED {
        let before = driver.block_on(async { runtime.now() });
        let each = measure_time_with(&driven, n, 4 * MAX, 7);
        let elapsed = driver.block_on(async { runtime.now() }) - before;
        is_the_total_by_n(PROMISE, n, each, elapsed);
    }
}

/// `measure_time_async` is the same, as a future.
pub async fn measure_time_async_is_the_total_by_n<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "measure_time_async is the total by n";
    for n in MEASURED {
        let before = runtime.now();
        let each = measure_time_async_with(runtime, n, 4 * MAX, 7).await;
        is_the_total_by_n(PROMISE, n, each, runtime.now() - before);
    }
    let none = measure_time_async_with(runtime, 0, MAX, 7).await;
    assert_eq!(
        none,
        Err(MeasureError::NoWaits),
        "{PROMISE}: of no waits it is an error"
    );
}

const MEASURED: [usize; 3] = [1, 10, 1_000];

fn is_the_total_by_n(promise: &str, n: usize, each: Result<f64, MeasureError>, elapsed: Duration) {
    let each = each.unwrap_or_else(|error| panic!("{promise}: of {n} waits, an error: {error}"));
    let total = each * n as f64;
    let longest = list_of(n, 4 * MAX, 7)[n - 1];
    // The rounding error of the division and of this multiplication.
    let rounded = 1e-9;
    assert!(
        longest <= total + rounded && total <= elapsed.as_secs_f64() + rounded,
        "{promise}: of {n} waits it is {each}, a total of {total}, where the longest wait is {longest} and \
         {elapsed:?} have passed"
    );
    assert!(
        total < LIMIT.get().as_secs_f64(),
        "{promise}: of {n} waits of 20ms at once, a total of {total}"
    );
}

/// `measure_time` of no waits is an error, not a number.
pub fn measure_time_of_no_waits_is_an_error<R: Sleeper, B: BlockOn>(runtime: &R, driver: &B) {
    let result = measure_time(&Driven { runtime, driver }, 0, 10);
    assert_eq!(
        result,
        Err(MeasureError::NoWaits),
        "measure_time of no waits is an error"
    );
}

/// The runtime, with its driver to block on futures.
struct Driven<'a, R, B> {
    runtime: &'a R,
    driver: &'a B,
}

dormouse_core::__forward! { Sleeper ['a, R: Sleeper, B] Driven<'a, R, B>, |this| this.runtime, R }
dormouse_core::__forward! { BlockOn ['a, R, B: BlockOn] Driven<'a, R, B>, |this| this.driver, B }

/// Each call that is given no seed draws another one.
pub async fn each_call_draws_another_seed<R: Sleeper>(runtime: &R) {
    let mut seeds: Vec<_> = (0..16).map(|_| runtime.draw_seed()).collect();
    seeds.sort_unstable();
    seeds.dedup();
    assert!(
        seeds.len() == 16,
        "each call draws another seed: 16 calls of `draw_seed` gave {} different ones",
        seeds.len()
    );
}
