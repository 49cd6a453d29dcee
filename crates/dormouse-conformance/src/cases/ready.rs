//! A sleep that is polled at or after its deadline is ready: at that poll, not at a later one.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use dormouse_core::{Runtime, Sleeper, Spawner};

use crate::clock::{block_thread, passes_by_itself};
use crate::limit::{LIMIT, within};
use crate::results::has_ended;
use crate::witness::poll_once;

/// More than any runtime's budget for a poll: tokio's is 128.
const MANY: usize = 5_000;

/// The same, but a task may be as expensive as a thread.
const TASKS: usize = 400;

/// A sleep whose deadline passes while its thread is blocked is ready when it is polled next,
/// whether or not it was polled before.
pub async fn a_sleep_is_ready_after_its_deadline<R: Sleeper>(runtime: &R) {
    // Several, so that not each of them is polled just after a tick of a coarse timer.
    for (polled, millis) in [(false, 2), (true, 1), (true, 2), (true, 3), (true, 4)] {
        let deadline = runtime.now() + Duration::from_millis(millis);
        let mut sleep = Box::pin(runtime.sleep_until(deadline));
        if polled && poll_once(sleep.as_mut()).await.is_ready() {
            continue;
        }
        block_thread(Duration::from_millis(millis + 1));
        if runtime.now() < deadline {
            // Blocking does not move a virtual clock.
            continue;
        }
        let before = if polled { "polled" } else { "not polled" };
        assert!(
            poll_once(sleep.as_mut()).await.is_ready(),
            "a sleep is ready after its deadline: {before} before, it was pending when polled after it"
        );
    }
}

/// A sleep whose deadline has passed is ready, however many others were polled before it in the
/// same poll of its task: it is not counted against a budget.
pub async fn a_sleep_is_ready_whatever_its_task_has_done<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "a sleep is ready whatever its task has done";
    // Armed and due, in case the runtime treats it differently from a sleep that is made late.
    let mut armed = Box::pin(runtime.sleep(Duration::from_millis(5)));
    let _ = poll_once(armed.as_mut()).await;
    runtime.sleep(Duration::from_millis(5)).await;
    poll_fn(|cx| {
            for number in 0..MANY {
                let ready = is_ready(runtime, cx);
                assert!(
                    ready,
                    "{PROMISE}: after {number} others in the same poll, one that was due was pending"
                );
            }
            if passes_by_itself(runtime) {
                let poll = armed.as_mut().poll(cx);
                assert!(
                    poll.is_ready(),
                    "{PROMISE}: after {MANY} others in the same poll, one that was armed and due was pending"
                );
            }
            Poll::Ready(())
        })
        .await;
}

/// The same after the task has taken the results of many others, in a task and in `block_on`.
pub async fn a_sleep_is_ready_after_many_handles<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a sleep is ready after many handles";
    let handles = finished(PROMISE, runtime).await;
    let ready = take_all::<R>(runtime.clone(), handles).await;
    assert!(
        ready,
        "{PROMISE}: in `block_on`, one that was due was pending"
    );

    let handles = finished(PROMISE, runtime).await;
    let task = runtime.spawn(take_all::<R>(runtime.clone(), handles));
    let ready = within(runtime, task).await;
    let ready = ready.unwrap_or_else(|| panic!("{PROMISE}: the task is not over within {LIMIT:?}"));
    assert!(
        ready.is_ok_and(|ready| ready),
        "{PROMISE}: in a task, one that was due was pending"
    );
}

/// Many tasks that have ended.
async fn finished<R: Runtime>(promise: &str, runtime: &R) -> Vec<<R as Spawner>::Task<()>> {
    let mut handles: Vec<_> = (0..TASKS).map(|_| runtime.spawn(async {})).collect();
    for handle in &mut handles {
        has_ended(promise, runtime, handle).await;
    }
    handles
}

/// Polls all handles in one poll, and then a sleep that is due; whether that was ready.
async fn take_all<R: Runtime>(runtime: R, mut handles: Vec<<R as Spawner>::Task<()>>) -> bool {
    poll_fn(move |cx| {
        for handle in &mut handles {
            // A handle that is refused for lack of a budget is pending, which is allowed.
            let _ = Pin::new(handle).poll(cx);
        }
        Poll::Ready(is_ready(&runtime, cx))
    })
    .await
}

/// Whether a sleep of zero duration is ready at its first poll.
fn is_ready<R: Sleeper>(runtime: &R, cx: &mut Context<'_>) -> bool {
    let sleep = pin!(runtime.sleep_until(runtime.now()));
    sleep.poll(cx).is_ready()
}

/// A sleep of no time, or of a deadline that has passed, is ready at its first poll.
pub async fn a_due_sleep_is_ready_at_its_first_poll<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "a due sleep is ready at its first poll";
    let zero = poll_once(pin!(runtime.sleep(Duration::ZERO))).await;
    assert!(zero.is_ready(), "{PROMISE}: `sleep(0)` was pending");
    for past in [0, 1, 1_000_000, 60_000_000_000].map(Duration::from_nanos) {
        // A clock need not reach back that far.
        let Some(deadline) = runtime.now().checked_sub(past) else {
            continue;
        };
        let poll = poll_once(pin!(runtime.sleep_until(deadline))).await;
        assert!(
            poll.is_ready(),
            "{PROMISE}: one whose deadline was {past:?} ago was pending"
        );
    }
    if passes_by_itself(runtime) {
        for nanos in [1, 100] {
            let duration = Duration::from_nanos(nanos);
            let sleep = pin!(runtime.sleep(duration));
            let deadline = runtime.now() + duration;
            block_thread(Duration::from_micros(50));
            // By a coarse clock it may not be due yet.
            let is_due = runtime.now() >= deadline;
            assert!(
                poll_once(sleep).await.is_ready() || !is_due,
                "{PROMISE}: one of {nanos} ns was pending 50us later"
            );
        }
    }
}

/// In a task, too, a sleep is not counted against a budget.
pub async fn a_sleep_in_a_task_is_ready_whatever_it_has_done<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a sleep in a task is ready whatever it has done";
    let inside = runtime.clone();
    let task = runtime.spawn(poll_fn(move |cx| {
        Poll::Ready((0..MANY).take_while(|_| is_ready(&inside, cx)).count())
    }));
    let ready = within(runtime, task).await;
    assert!(
        matches!(ready, Some(Ok(MANY))),
        "{PROMISE}: of {MANY} that were due in one poll, so many were ready in a row: {ready:?}"
    );
}
