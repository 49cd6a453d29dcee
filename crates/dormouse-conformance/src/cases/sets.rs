//! `JoinSet`, on this runtime: the results of its tasks.

use std::future::{Future, poll_fn};
use std::panic::panic_any;
use std::pin::pin;
use std::task::{Context, Poll};

use dormouse_core::{JoinError, JoinSet, Runtime};

use crate::endless::{endless, have_begun};
use crate::limit::{LIMIT, eventually, within};
use crate::results::is_cancelled;
use crate::witness::{Signal, Witness};

/// A set gives the results of its tasks in the order in which they end.
pub async fn a_set_gives_results_as_its_tasks_end<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a set gives results as its tasks end";
    let signals = [(); 5].map(|()| Signal::default());
    let mut set = JoinSet::new(runtime);
    for (number, signal) in signals.iter().enumerate() {
        let signal = signal.clone();
        set.spawn(async move {
            signal.told().await;
            number
        });
    }
    assert_eq!(set.len(), 5, "{PROMISE}: expected 5 tasks in the set");
    let early = set.try_join_next();
    assert!(early.is_none(), "{PROMISE}: early, it gave {early:?}");
    for number in [3, 0, 4, 2, 1] {
        signals[number].tell();
        let result = next(PROMISE, runtime, &mut set).await;
        assert!(
            matches!(result, Some(Ok(it)) if it == number),
            "{PROMISE}: it gave {result:?} after the end of {number}"
        );
    }
    let last = next(PROMISE, runtime, &mut set).await;
    assert!(
        last.is_none() && set.is_empty(),
        "{PROMISE}: empty, it gave {last:?}"
    );
}

/// A set gives results of tasks that ended before it was polled.
pub async fn a_set_keeps_results_until_they_are_taken<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a set keeps results until they are taken";
    let ended = Witness::default();
    let mut set = JoinSet::new(runtime);
    for number in 0..200_usize {
        let ended = ended.of_drop();
        set.spawn(async move {
            let _ended = ended;
            number
        });
    }
    assert!(
        eventually(runtime, || ended.times() == 200).await,
        "{PROMISE}: of 200 tasks {} have ended within {LIMIT:?}",
        ended.times()
    );
    let joined = within(runtime, set.join_all()).await;
    let mut numbers = match joined {
        Some(Ok(numbers)) => numbers,
        joined => panic!("{PROMISE}: it gave {joined:?}"),
    };
    numbers.sort_unstable();
    assert!(
        numbers.into_iter().eq(0..200),
        "{PROMISE}: not each of 200 values came once"
    );
}

/// A set gives the panics of its tasks, and the cancellation of the one task that was aborted.
pub async fn a_set_gives_panics_and_cancellations<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a set gives panics and cancellations";
    let (begun, dropped) = <(Witness, Witness)>::default();
    let mut set = JoinSet::new(runtime);
    set.spawn(async { panic_any(7_u32) });
    let result = next(PROMISE, runtime, &mut set).await;
    let payload = result.and_then(|result| result.err()?.try_into_panic().ok());
    let number = payload.and_then(|payload| payload.downcast::<u32>().ok());
    assert!(
        number.as_deref() == Some(&7),
        "{PROMISE}: of a task that panicked it gave {number:?} for 7"
    );

    let abort = set.spawn(endless(runtime, &begun, &dropped));
    set.spawn(endless(runtime, &begun, &Witness::default()));
    have_begun(PROMISE, runtime, &begun, 2).await;
    abort.abort();
    match next(PROMISE, runtime, &mut set).await {
        Some(result) => is_cancelled(PROMISE, result),
        None => panic!("{PROMISE}: it had lost a task"),
    }
    assert!(
        dropped.times() == 1 && abort.is_finished() && set.len() == 1,
        "{PROMISE}: not the one that was aborted, and no other, was gone by then"
    );
}

/// A set can move from one task to another: the end of a task wakes the waker of the latest poll.
pub async fn a_set_wakes_the_latest_waker<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a set wakes the latest waker";
    let (signal, first, latest) = <(Signal, Witness, Witness)>::default();
    let mut set = JoinSet::new(runtime);
    set.spawn({
        let signal = signal.clone();
        async move { signal.told().await }
    });
    for witness in [&first, &latest] {
        let waker = witness.of_wakes();
        let poll = set.poll_join_next(&mut Context::from_waker(&waker));
        assert!(poll.is_pending(), "{PROMISE}: it gave {poll:?}");
    }
    let before = latest.times();
    signal.tell();
    assert!(
        eventually(runtime, || latest.times() > before).await,
        "{PROMISE}: the end woke the latest one never, the first one {} times",
        first.times()
    );
}

/// A set with many results ready leaves time to other futures in its task.
pub async fn a_set_leaves_others_their_share<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a set leaves others their share";
    let ended = Witness::default();
    let mut set = JoinSet::new(runtime);
    for _ in 0..300 {
        let ended = ended.of_drop();
        set.spawn(async move { drop(ended) });
    }
    assert!(
        eventually(runtime, || ended.times() == 300).await,
        "{PROMISE}: the tasks have not ended"
    );
    let mut all = 0;
    while !set.is_empty() {
        let in_a_row = poll_fn(|cx| {
            let mut in_a_row = 0;
            while let Poll::Ready(Some(_)) = set.poll_join_next(cx) {
                in_a_row += 1;
            }
            Poll::Ready(in_a_row)
        });
        let in_a_row = in_a_row.await;
        assert!(
            in_a_row <= 64,
            "{PROMISE}: {in_a_row} results came in a row"
        );
        all += in_a_row;
        runtime.yield_now().await;
    }
    assert_eq!(all, 300, "{PROMISE}: of 300 results, {all} came");
}

async fn next<R: Runtime, T: Send>(
    promise: &str,
    runtime: &R,
    set: &mut JoinSet<T, R>,
) -> Option<Result<T, JoinError>> {
    // If `join_next` is cancelled half-way, nothing is lost.
    let first = poll_fn(|cx| Poll::Ready(pin!(set.join_next()).poll(cx))).await;
    if let Poll::Ready(result) = first {
        return result;
    }
    let next = within(runtime, set.join_next()).await;
    next.unwrap_or_else(|| panic!("{promise}: no result came within {LIMIT:?}"))
}
