//! `wait_n` and `task_wait_n`: ascending and complete, at every n.

use std::future::{Future, Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use dormouse_core::{
    Instant, Runtime, Sleeper, task_wait_n, task_wait_n_with, wait_n, wait_n_with,
};

use crate::limit::LIMIT;
use crate::order::check_list;

const MAX: Duration = Duration::from_millis(20);

/// `wait_n` is ascending and complete, and does not end before its longest wait.
pub async fn wait_n_is_ascending_and_complete<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "wait_n is ascending and complete";
    for n in [0, 1, 10, 1_000] {
        checked_wait_n(runtime, PROMISE, n, MAX).await;
    }
    checked_wait_n(runtime, PROMISE, 10, Duration::ZERO).await;
}

/// `task_wait_n` is ascending and complete, and does not end before its longest wait.
pub async fn task_wait_n_is_ascending_and_complete<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "task_wait_n is ascending and complete";
    for n in [0, 1, 10, 1_000] {
        checked_task_wait_n(runtime, PROMISE, n, MAX).await;
    }
    checked_task_wait_n(runtime, PROMISE, 10, Duration::ZERO).await;
}

/// The delays of a hundred thousand waits over one second are ascending, without exception.
pub async fn a_hundred_thousand_waits_are_ascending<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "a hundred thousand waits are ascending";
    checked_wait_n(runtime, PROMISE, 100_000, Duration::from_secs(1)).await;
}

/// The delays of a hundred thousand tasks over one second are ascending, without exception.
pub async fn a_hundred_thousand_tasks_are_ascending<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a hundred thousand tasks are ascending";
    checked_task_wait_n(runtime, PROMISE, 100_000, Duration::from_secs(1)).await;
}

async fn checked_wait_n<R: Sleeper>(runtime: &R, promise: &str, n: usize, max: Duration) {
    let start = runtime.now();
    let delays = wait_n(runtime, n, max).await;
    check(promise, &delays, n, max, runtime.now() - start);
}

async fn checked_task_wait_n<R: Runtime>(runtime: &R, promise: &str, n: usize, max: Duration) {
    let start = runtime.now();
    let delays = task_wait_n(runtime, n, max).await;
    check(promise, &delays, n, max, runtime.now() - start);
}

fn check(promise: &str, delays: &[f64], n: usize, max: Duration, elapsed: Duration) {
    check_list(delays, n, max).unwrap_or_else(|error| panic!("{promise}: {error}"));
    let longest = nanos(delays.last().copied().unwrap_or(0.0));
    assert!(
        longest <= elapsed,
        "{promise}: {n} waits were over after {elapsed:?}, where the longest is {longest:?}"
    );
}

/// `wait_n` runs its waits at once, not one after the other.
pub async fn wait_n_runs_at_once<R: Sleeper>(runtime: &R) {
    let start = runtime.now();
    // It would take some 25 s if they ran one after the other.
    let delays = wait_n_with(runtime, 1_000, Duration::from_millis(50), 7).await;
    let elapsed = runtime.now() - start;
    let sum: f64 = delays.iter().sum();
    assert!(
        elapsed < LIMIT.get(),
        "wait_n runs at once: waits of {sum} s in all took {elapsed:?}"
    );
}

/// One seed gives one list: by `wait_n`, by `task_wait_n`, and on every other runtime.
pub async fn one_seed_is_one_list_everywhere<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "one seed is one list everywhere";
    for (n, seed) in [(1, 0), (10, 7), (1_000, u64::MAX)] {
        let everywhere = list_of(n, MAX, seed);
        let waits = wait_n_with(runtime, n, MAX, seed).await;
        assert!(
            waits == everywhere,
            "{PROMISE}: wait_n gave another one of {n} for seed {seed}"
        );
        let tasks = task_wait_n_with(runtime, n, MAX, seed).await;
        assert!(
            tasks == everywhere,
            "{PROMISE}: task_wait_n gave another one of {n} for seed {seed}"
        );
    }
}

/// The list of a seed, made at once and without a runtime.
pub(crate) fn list_of(n: usize, max: Duration, seed: u64) -> Vec<f64> {
    let mut waits = pin!(wait_n_with(&AtOnce, n, max, seed));
    loop {
        // It is pending only to let others run, as there is nothing to wait for.
        if let Poll::Ready(list) = waits.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return list;
        }
    }
}

/// A sleeper whose sleeps are ready at once.
struct AtOnce;

impl Sleeper for AtOnce {
    type Sleep = Ready<()>;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, _: Instant) -> Ready<()> {
        ready(())
    }
}

/// A delay as it was drawn, in whole nanoseconds: a few seconds as a float are exact to those.
pub(crate) fn nanos(delay: f64) -> Duration {
    Duration::from_nanos((delay * 1e9).round() as u64)
}
