//! The streams of `wait_n` and `task_wait_n`, run to the end or dropped half-way.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use dormouse_core::{Instant, Runtime, Sleeper, task_wait_n_with, wait_n_with};
use futures_core::Stream;

use crate::cases::lists::nanos;
use crate::counted::Counted;
use crate::limit::eventually;
use crate::order::check_list;

const MAX: Duration = Duration::from_millis(5);

/// The streams of `wait_n` and `task_wait_n` are ascending and complete, and give no delay before
/// its time.
pub async fn streams_are_ascending_and_complete<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "streams are ascending and complete";
    let max = 4 * MAX;
    for n in [0, 1, 300] {
        let (mut waits, mut tasks) = (Vec::new(), Vec::new());
        let start = runtime.now();
        let mut stream = wait_n_with(runtime, n, max, 7).into_stream();
        while let Some(delay) = next(&mut stream).await {
            not_early(runtime, start, delay);
            waits.push(delay);
        }
        let start = runtime.now();
        let mut stream = task_wait_n_with(runtime, n, max, 7).into_stream();
        while let Some(delay) = next(&mut stream).await {
            not_early(runtime, start, delay);
            tasks.push(delay);
        }
        for (name, list) in [("wait_n", waits), ("task_wait_n", tasks)] {
            check_list(&list, n, max).unwrap_or_else(|error| panic!("{PROMISE}: {name}: {error}"));
        }
    }
}

fn not_early<R: Runtime>(runtime: &R, start: Instant, delay: f64) {
    let early = nanos(delay).saturating_sub(runtime.now() - start);
    assert!(
        early.is_zero(),
        "streams are ascending and complete: {delay} was released {early:?} early"
    );
}

async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
}

/// Dropping `wait_n` half-way cancels its sleeps.
pub async fn dropping_wait_n_cancels_its_sleeps<R: Sleeper + Clone>(runtime: &R) {
    const PROMISE: &str = "dropping wait_n cancels its sleeps";
    let counted = Counted::new(runtime.clone());
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
}

/// Dropping `task_wait_n` half-way ends every task.
pub async fn dropping_task_wait_n_ends_every_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "dropping task_wait_n ends every task";
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
}

/// The item that a stream gives within a few milliseconds, if any.
async fn first_within<R: Sleeper, S: Stream + Unpin>(
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
