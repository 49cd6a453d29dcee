//! The functions over the traits, on this runtime: random waits, their streams, their time.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use dormouse_core::{
    BlockOn, MeasureError, Runtime, Sleeper, measure_time, measure_time_with, task_wait_n_with,
    task_wait_random, task_wait_random_with, wait_n_with, wait_random, wait_random_with,
};
use futures_core::Stream;

use crate::cases::lists::{list_of, nanos};
use crate::counted::Counted;
use crate::limit::{LIMIT, eventually, within};
use crate::order::check_list;

const MAX: Duration = Duration::from_millis(5);

/// `wait_random` returns a delay in `[0, max]`, and 0 where the maximum is 0.
pub fn wait_random_is_in_its_range<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "wait_random is in its range";
    driver.block_on(async {
        for _ in 0..10 {
            let delay = wait_random(runtime, MAX).await;
            assert!(
                (0.0..=MAX.as_secs_f64()).contains(&delay),
                "{PROMISE}: {delay} is not in [0, 0.005]"
            );
        }
        let delay = wait_random(runtime, 0).await;
        assert!(delay == 0.0, "{PROMISE}: {delay} is not in [0, 0]");
    });
}

/// `wait_random` reaches both ends of its range: of 1 ns, there are but two delays.
pub fn wait_random_reaches_both_ends<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    driver.block_on(async {
        let mut reached = [0, 0];
        for seed in 0..32 {
            let delay = wait_random_with(runtime, Duration::from_nanos(1), seed).await;
            reached[usize::from(delay > 0.0)] += 1;
        }
        assert!(
            reached.iter().all(|&times| times > 0),
            "wait_random reaches both ends: of [0 ns, 1 ns], so many times {reached:?}"
        );
    });
}

/// `wait_random` sleeps for what it returns, from the call.
pub fn wait_random_sleeps_what_it_returns<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    driver.block_on(async {
        for seed in 0..10 {
            let start = runtime.now();
            let delay = wait_random_with(runtime, 4 * MAX, seed).await;
            let elapsed = runtime.now() - start;
            assert!(
                nanos(delay) <= elapsed && elapsed < LIMIT.get(),
                "wait_random sleeps what it returns: it took {elapsed:?} to return {delay}"
            );
        }
    });
}

/// `task_wait_random` is a task that gives its delay, the one of its seed, awaited or not.
pub fn task_wait_random_is_a_task<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "task_wait_random is a task";
    driver.block_on(async {
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
    });
}

/// `measure_time` is the total time by n: not less than the longest delay, and all waits at once.
pub fn measure_time_is_the_total_by_n<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "measure_time is the total by n";
    let driven = Driven { runtime, driver };
    for n in [1, 10, 1_000] {
        let before = driver.block_on(async { runtime.now() });
        let each = measure_time_with(&driven, n, 4 * MAX, 7);
        let elapsed = driver.block_on(async { runtime.now() }) - before;

        let each =
            each.unwrap_or_else(|error| panic!("{PROMISE}: of {n} waits, an error: {error}"));
        let total = each * n as f64;
        let longest = list_of(n, 4 * MAX, 7)[n - 1];
        // What the division and this multiplication round away.
        let rounded = 1e-9;
        assert!(
            longest <= total + rounded && total <= elapsed.as_secs_f64() + rounded,
            "{PROMISE}: of {n} waits it is {each}, a total of {total}, where the longest wait is {longest} and \
             {elapsed:?} have passed"
        );
        assert!(
            total < LIMIT.get().as_secs_f64(),
            "{PROMISE}: of {n} waits of 20ms at once, a total of {total}"
        );
    }
}

/// `measure_time` of no waits is an error, not a number.
pub fn measure_time_of_no_waits_is_an_error<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    let result = measure_time(&Driven { runtime, driver }, 0, 10);
    assert_eq!(
        result,
        Err(MeasureError::NoWaits),
        "measure_time of no waits is an error"
    );
}

/// The runtime, blocking by way of its driver.
struct Driven<'a, R, B> {
    runtime: &'a R,
    driver: &'a B,
}

impl<R: Sleeper, B> Sleeper for Driven<'_, R, B> {
    type Sleep = R::Sleep;

    fn now(&self) -> Instant {
        self.runtime.now()
    }

    fn sleep_until(&self, deadline: Instant) -> R::Sleep {
        self.runtime.sleep_until(deadline)
    }

    fn sleep(&self, duration: Duration) -> R::Sleep {
        self.runtime.sleep(duration)
    }

    fn granularity(&self) -> Duration {
        self.runtime.granularity()
    }
}

impl<R, B: BlockOn> BlockOn for Driven<'_, R, B> {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.driver.block_on(future)
    }
}

/// The streams of `wait_n` and `task_wait_n` are ascending and complete, and give no delay before
/// its time.
pub fn streams_are_ascending_and_complete<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "streams are ascending and complete";
    let max = 4 * MAX;
    driver.block_on(async {
        for n in [0, 1, 300] {
            let (mut waits, mut tasks) = (Vec::new(), Vec::new());
            let start = runtime.now();
            let in_time = |delay| {
                let early = nanos(delay).saturating_sub(runtime.now() - start);
                assert!(
                    early.is_zero(),
                    "{PROMISE}: {delay} was released {early:?} early"
                );
            };
            let mut stream = wait_n_with(runtime, n, max, 7).into_stream();
            while let Some(delay) = next(&mut stream).await {
                in_time(delay);
                waits.push(delay);
            }
            let start = runtime.now();
            let mut stream = task_wait_n_with(runtime, n, max, 7).into_stream();
            while let Some(delay) = next(&mut stream).await {
                let delay = delay
                    .unwrap_or_else(|error| panic!("{PROMISE}: a task of {n} is lost: {error}"));
                let early = nanos(delay).saturating_sub(runtime.now() - start);
                assert!(
                    early.is_zero(),
                    "{PROMISE}: {delay} was released {early:?} early"
                );
                tasks.push(delay);
            }
            for (name, list) in [("wait_n", waits), ("task_wait_n", tasks)] {
                check_list(&list, n, max)
                    .unwrap_or_else(|error| panic!("{PROMISE}: {name}: {error}"));
            }
        }
    });
}

async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
}

/// Dropping `wait_n` half-way cancels its sleeps.
pub fn dropping_wait_n_cancels_its_sleeps<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "dropping wait_n cancels its sleeps";
    driver.block_on(async {
        let counted = Counted::new(runtime.clone());
        // Half of the waits are far; the other half may have ended.
        let mut waits = wait_n_with(&counted, 100, 3600, 7).into_stream();
        let released = first_within(runtime, &mut waits).await;
        assert!(
            released.is_none(),
            "{PROMISE}: of an hour, {released:?} was released at once"
        );
        let before = counted.alive();
        drop(waits);
        let after = counted.alive();
        assert!(
            (before, after) == (100, 0),
            "{PROMISE}: of 100 sleeps, {before} lived before and {after} after it"
        );

        let mut waits = wait_n_with(&counted, 100, 4 * MAX, 7).into_stream();
        for _ in 0..50 {
            let _ = next(&mut waits).await;
        }
        drop(waits);
        let after = counted.alive();
        assert!(
            after == 0,
            "{PROMISE}: dropped half-way, {after} of its sleeps are left"
        );
    });
}

/// Dropping `task_wait_n` half-way ends every task.
pub fn dropping_task_wait_n_ends_every_task<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "dropping task_wait_n ends every task";
    driver.block_on(async {
        let counted = Counted::new(runtime.clone());
        let mut tasks = task_wait_n_with(&counted, 100, 3600, 7).into_stream();
        let released = first_within(runtime, &mut tasks).await;
        assert!(
            released.is_none(),
            "{PROMISE}: of an hour, {released:?} was released at once"
        );
        let before = counted.alive();
        drop(tasks);
        assert!(
            before == 100 && eventually(runtime, || counted.alive() == 0).await,
            "{PROMISE}: of 100 tasks, {before} lived before it and {} were left",
            counted.alive(),
        );

        let mut tasks = task_wait_n_with(&counted, 100, 4 * MAX, 7).into_stream();
        for _ in 0..50 {
            let _ = next(&mut tasks).await;
        }
        drop(tasks);
        assert!(
            eventually(runtime, || counted.alive() == 0).await,
            "{PROMISE}: dropped half-way, {} of its tasks are left",
            counted.alive(),
        );
    });
}

/// What a stream gives within a few milliseconds.
async fn first_within<R: Runtime, S: Stream + Unpin>(
    runtime: &R,
    stream: &mut S,
) -> Option<S::Item> {
    let mut few = Box::pin(runtime.sleep(MAX));
    poll_fn(|cx| match Pin::new(&mut *stream).poll_next(cx) {
        Poll::Ready(item) => Poll::Ready(item),
        Poll::Pending => few.as_mut().poll(cx).map(|()| None),
    })
    .await
}
