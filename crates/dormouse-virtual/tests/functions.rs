//! The functions of dormouse, tested exactly on virtual time.

use std::sync::Arc;
use std::time::Duration;

use dormouse_core::{
    BlockOn, Coalesced, JoinSet, MaxDelay, MeasureError, Mixed, Sleeper, Spawner, interval,
    measure_time_async, measure_time_async_with, measure_time_with, task_wait_n_with,
    task_wait_random, task_wait_random_with, timeout, wait_n, wait_n_with, wait_random_with,
};
use dormouse_virtual::Virtual;
use futures::FutureExt;

/// A delay of a few seconds in whole nanoseconds, as it was drawn.
fn exactly(delay: f64) -> Duration {
    Duration::from_nanos((delay * 1e9).round() as u64)
}

#[test]
fn wait_random_takes_what_it_returns() {
    for seed in 0..100 {
        let runtime = Virtual::new();
        let delay = runtime.block_on(wait_random_with(&runtime, 5, seed));
        assert!((0.0..=5.0).contains(&delay));
        assert_eq!(runtime.elapsed(), exactly(delay));
    }
}

/// Drawn without a seed, through whatever decorates the runtime.
#[test]
fn random_delays_are_the_same_in_each_run() {
    fn draw<R: Sleeper<Sleep: Send + 'static> + Spawner>(runtime: &R) -> Vec<u64> {
        let first = wait_n(runtime, 3, 5).now_or_never();
        assert!(first.is_none());
        (0..4).map(|_| runtime.draw_seed()).collect()
    }
    let of = |seed| draw(&Virtual::seeded(seed));
    assert_eq!(of(7), of(7));
    assert_ne!(of(7), of(8));
    assert_eq!(of(0), draw(&Virtual::new()));
    assert_eq!(of(7), draw(&Arc::new(Virtual::seeded(7).handle())));
    assert_eq!(of(7), draw(&Coalesced::new(Virtual::seeded(7))));
    let (sleeper, spawner) = (Virtual::seeded(7), Virtual::new());
    assert_eq!(of(7), draw(&Mixed::new(sleeper.handle(), spawner.handle())));

    let order = || {
        let runtime = Virtual::seeded(7);
        runtime.block_on(async {
            let tasks: Vec<_> = (0..10).map(|_| task_wait_random(&runtime, 5)).collect();
            let delays = futures::future::join_all(tasks).await;
            delays.into_iter().map(Result::unwrap).collect::<Vec<_>>()
        })
    };
    assert_eq!(order(), order());
    assert!(!order().is_sorted());
}

#[test]
fn task_wait_random_counts_from_the_call() {
    let runtime = Virtual::new();
    let task = task_wait_random_with(&runtime, 5, 7);
    let expected = Virtual::new().block_on(wait_random_with(&Virtual::new(), 0, 7));
    assert_eq!(expected.to_bits(), 0.0_f64.to_bits());
    let delay = runtime.block_on(async {
        // The task runs meanwhile, without being awaited.
        runtime.sleep(Duration::from_secs(6)).await;
        task.await.unwrap()
    });
    assert!(delay <= 5.0);
    assert_eq!(runtime.elapsed(), Duration::from_secs(6));
}

#[test]
fn wait_n_takes_exactly_its_longest_delay() {
    for n in [1, 2, 10, 1_000] {
        let runtime = Virtual::new();
        let delays = runtime.block_on(wait_n_with(&runtime, n, 1, 7));
        assert_eq!(delays.len(), n);
        assert!(delays.is_sorted());
        assert_eq!(runtime.elapsed(), exactly(delays[n - 1]));
    }
    let runtime = Virtual::new();
    assert!(runtime.block_on(wait_n_with(&runtime, 0, 1, 7)).is_empty());
    assert_eq!(runtime.elapsed(), Duration::ZERO);
}

#[test]
fn one_seed_is_one_list_in_every_mode() {
    let list = Virtual::new();
    let list = list.block_on(wait_n_with(&list, 1_000, 10, 42));
    for runtime in [Virtual::new(), Virtual::seeded(1), Virtual::seeded(2)] {
        assert_eq!(
            runtime.block_on(task_wait_n_with(&runtime, 1_000, 10, 42)),
            list
        );
        assert_eq!(runtime.elapsed(), exactly(list[999]));
    }
    let coalesced = Coalesced::with_slack(Virtual::new(), Duration::ZERO);
    assert_eq!(
        coalesced.block_on(wait_n_with(&coalesced, 1_000, 10, 42)),
        list
    );
    let coalesced = Coalesced::with_slack(Virtual::new(), Duration::ZERO);
    assert_eq!(
        coalesced.block_on(coalesced.wait_n_with(1_000, 10, 42)),
        list
    );
    assert_eq!(coalesced.get_ref().elapsed(), exactly(list[999]));
}

#[test]
fn measure_time_is_the_longest_delay_by_n() {
    let runtime = Virtual::new();
    let each = measure_time_with(&runtime, 1_000, 10, 42).unwrap();
    assert_eq!(
        each.to_bits(),
        (runtime.elapsed().as_secs_f64() / 1e3).to_bits()
    );
    assert!(measure_time_with(&runtime, 0, 10, 42).is_err());
}

#[test]
fn measure_time_async_is_the_same_in_a_task() {
    let blocking = measure_time_with(&Virtual::new(), 1_000, 10, 42).unwrap();
    let runtime = Virtual::new();
    let each = runtime.block_on(measure_time_async_with(&runtime, 1_000, 10, 42));
    assert_eq!(each, Ok(blocking));
    assert_eq!(
        each.unwrap().to_bits(),
        (runtime.elapsed().as_secs_f64() / 1e3).to_bits()
    );
    // Only the time of the waits counts, and each call draws other delays.
    let runtime = Virtual::new();
    let (first, second) = runtime.block_on(async {
        runtime.sleep(Duration::from_secs(3600)).await;
        let first = measure_time_async(&runtime, 1, 10).await.unwrap();
        (first, measure_time_async(&runtime, 1, 10).await.unwrap())
    });
    assert!(first <= 10.0 && second <= 10.0 && first.to_bits() != second.to_bits());
    let none = runtime.block_on(measure_time_async(&runtime, 0, 10));
    assert_eq!(none, Err(MeasureError::NoWaits));
}

/// Dense deadlines share wake-ups: at most the slack late, and never early.
#[test]
fn coalesced_sleeps_are_late_by_the_slack_at_the_most() {
    let slack = Duration::from_millis(4);
    let runtime = Coalesced::with_slack(Virtual::new(), slack);
    let late = runtime.block_on(async {
        let start = runtime.now();
        let mut late = Vec::new();
        let sleeps = (0..10_000_u32).map(|number| {
            let due = start + number * Duration::from_micros(10);
            let (sleep, runtime) = (runtime.sleep_until(due), &runtime);
            async move {
                sleep.await;
                runtime.now().checked_duration_since(due)
            }
        });
        for sleep in futures::future::join_all(sleeps).await {
            late.push(sleep.expect("no sleep is early"));
        }
        late
    });
    assert!(*late.iter().max().unwrap() <= slack);
    assert!(
        late.iter().any(|late| !late.is_zero()),
        "nobody shared a wake-up"
    );
}

/// Sparse deadlines have a wake-up each, so a few sleeps are not late by the slack.
#[test]
fn a_few_coalesced_sleeps_are_exact() {
    let runtime = Coalesced::new(Virtual::new());
    runtime.block_on(async {
        let start = runtime.now();
        for second in 1..10 {
            let due = start + Duration::from_secs(second);
            runtime.sleep_until(due).await;
            assert_eq!(runtime.now(), due);
        }
    });
}

#[test]
fn a_million_waits_take_ten_virtual_seconds() {
    let runtime = Virtual::new();
    let delays = runtime.block_on(wait_n_with(&runtime, 1_000_000, MaxDelay::default(), 7));
    assert!(delays.is_sorted() && delays.len() == 1_000_000);
    assert_eq!(runtime.elapsed(), exactly(delays[999_999]));
    assert!(runtime.elapsed() <= Duration::from_secs(10));
}

/// The far future never comes, however the deadlines are kept: waiting for it is a deadlock.
#[test]
fn a_far_sleep_over_a_coalesced_clock_is_a_deadlock() {
    use dormouse_core::{Coalesced, Sleeper};
    let runtime = Virtual::new();
    let coalesced = Coalesced::new(runtime.handle());
    for far in [Duration::MAX, Duration::from_secs(590 * 365 * 86_400)] {
        assert!(
            runtime.try_block_on(coalesced.sleep(far)).is_err(),
            "{far:?}"
        );
    }
    assert_eq!(runtime.elapsed(), Duration::ZERO);
}

/// What has come in earlier polls of the task does not count.
#[test]
fn each_poll_of_a_task_has_the_whole_allowance() {
    let runtime = Virtual::new();
    let (handle, second) = (runtime.handle(), Duration::from_secs(1));
    let task = async move {
        let mut set = JoinSet::new(&handle);
        let mut ticks = interval(&handle, second);
        for number in 0..200 {
            set.spawn(async move { number });
            handle.sleep(second).await;
            let joined = timeout(&handle, Duration::ZERO, set.join_next()).await;
            assert_eq!(joined.unwrap().unwrap().unwrap(), number);
            assert!(ticks.tick().now_or_never().is_some(), "tick {number}");
        }
    };
    runtime.block_on(runtime.spawn(task)).unwrap();
}
