//! What `is_finished` says, and when.

use std::future::pending;
use std::panic::panic_any;
use std::task::Poll;
use std::time::Duration;

use dormouse_core::{Runtime, Sleeper, Task};

use crate::cases::handle::until;
use crate::endless::{SlowDrop, keeping};
use crate::limit::{LIMIT, eventually, within};
use crate::on_drop::OnDrop;
use crate::results::has_ended;
use crate::witness::{Slot, Witness};

const SHORT: Duration = Duration::from_millis(10);

/// `is_finished` is false before the end and true after it, and does not take the value.
pub async fn is_finished_tells_the_end<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "is_finished tells the end";
    let goal = Witness::default();
    let running = until(runtime.clone(), goal.clone());
    let mut task = runtime.spawn(async {
        running.await;
        42
    });
    for _ in 0..3 {
        assert!(
            !task.is_finished(),
            "{PROMISE}: it was true of a task that was running"
        );
        runtime.sleep(SHORT / 5).await;
    }
    goal.see();
    assert!(
        eventually(runtime, || task.is_finished()).await,
        "{PROMISE}: it was false of a task that had ended, for {LIMIT:?}"
    );
    assert!(
        task.is_finished(),
        "{PROMISE}: asked once more, it was false again"
    );
    let result = Witness::default().poll(&mut task);
    assert!(
        matches!(result, Poll::Ready(Ok(42))),
        "{PROMISE}: polled then, the handle gave {result:?} for 42"
    );
}

/// `is_finished` keeps the waker of the task that awaits the handle.
pub async fn is_finished_keeps_the_waker<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "is_finished keeps the waker";
    let goal = Witness::default();
    let task = runtime.spawn(until(runtime.clone(), goal.clone()));
    keeps_the_waker(PROMISE, runtime, task, || goal.see()).await;
}

/// Checks that the one who has polled a handle, and then asked it, is woken when `end` has ended the
/// task.
pub(crate) async fn keeps_the_waker<S: Sleeper, H: Task>(
    promise: &str,
    sleeper: &S,
    mut task: H,
    end: impl FnOnce(),
) {
    let woken = Witness::default();
    let poll = woken.poll(&mut task);
    assert!(poll.is_pending(), "{promise}: it was ready before the end");
    for _ in 0..3 {
        let _ = task.is_finished();
    }
    end();
    assert!(
        eventually(sleeper, || woken.seen()).await,
        "{promise}: polled, then asked, its end woke nobody within {LIMIT:?}"
    );
}

/// If `is_finished` is true, a poll of the handle is ready, even while the task's future is being
/// dropped at its end.
pub async fn a_task_that_is_finished_is_ready<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a task that is finished is ready";
    let (begin, handle, asked) = (Slot::new(), Slot::new(), Slot::new());
    let (begun, own, answer) = (begin.clone(), handle.clone(), asked.clone());
    // The destructor of the future asks for the handle of its task.
    let asks = OnDrop::new(move || {
        let own: Option<R::Task<()>> = own.take();
        if let Some(mut task) = own {
            let is_finished = task.is_finished();
            let is_ready = Witness::default().poll(&mut task).is_ready();
            answer.put((is_finished, is_ready));
        }
    });
    let ends = async move { begun.taken().await };
    handle.put(runtime.spawn(keeping(asks, ends)));
    begin.put(());
    let answers = within(runtime, asked.taken()).await;
    let (is_finished, is_ready) = answers
        .unwrap_or_else(|| panic!("{PROMISE}: {LIMIT:?} later it has not ended, or not said"));
    assert!(
        is_ready || !is_finished,
        "{PROMISE}: asked by the destructor of its future, `is_finished` was true, and the \
         handle was pending"
    );
}

/// If `is_finished` is true of a task that was aborted or has panicked, its handle is ready, too.
pub async fn a_task_that_has_failed_and_is_finished_is_ready<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a task that has failed and is finished is ready";
    for aborted in [false, true] {
        let mut task = runtime.spawn(async move {
            if aborted {
                pending::<()>().await;
            }
            panic_any(7_u32);
        });
        if aborted {
            task.abort();
        }
        has_ended(PROMISE, runtime, &mut task).await;
        let poll = Witness::default().poll(&mut task);
        assert!(
            matches!(&poll, Poll::Ready(Err(error)) if error.is_cancelled() == aborted),
            "{PROMISE}: finished (aborted: {aborted}), it gave {poll:?}"
        );
    }
}

/// When a task has ended by itself, its future is dropped before its handle resolves: after a value
/// and after a panic.
pub async fn a_future_is_dropped_before_its_handle_resolves<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a future is dropped before its handle resolves";
    for panics in [false, true] {
        for asked in [false, true] {
            let dropped = Witness::default();
            let sleep = runtime.sleep(Duration::from_millis(2));
            let ends = async move {
                sleep.await;
                if panics {
                    panic_any(7_u32);
                }
            };
            let mut task = runtime.spawn(keeping(SlowDrop(dropped.clone()), ends));
            if asked {
                has_ended(PROMISE, runtime, &mut task).await;
            } else {
                let result = within(runtime, &mut task).await;
                assert!(
                    matches!(&result, Some(result) if result.is_err() == panics),
                    "{PROMISE}: it gave {result:?}"
                );
            }
            assert!(
                dropped.seen(),
                "{PROMISE}: it has ended (panicked: {panics}, by `is_finished`: {asked}), and the future \
                 is still there"
            );
        }
    }
}
