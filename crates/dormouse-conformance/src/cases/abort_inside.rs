//! When an abort ends a task: one during a poll, by another task or in a destructor, too.

use std::future::{Future, ready};

use dormouse_core::{Runtime, Task};

use crate::endless::{asleep, never_ends};
use crate::limit::{LIMIT, eventually, within};
use crate::panics::elsewhere;
use crate::results::{is_cancelled, join};
use crate::witness::{SeenDrop, Slot, Witness};

/// A task can abort another one.
pub async fn a_task_can_abort_a_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a task can abort a task";
    let (mut task, dropped) = asleep(PROMISE, runtime).await;
    let back = Slot::new();
    let give_back = back.clone();
    let abort = async move {
        task.abort();
        give_back.put(task);
    };
    let ended = join(runtime, PROMISE, runtime.spawn(abort)).await;
    assert!(ended.is_ok(), "{PROMISE}: the other one gave {ended:?}");
    let task = back.taken().await;
    is_cancelled(PROMISE, join(runtime, PROMISE, task).await);
    assert!(dropped.seen(), "{PROMISE}: its future is still there");
}

/// An abort by another thread while the task is polled ends the task after that poll.
pub async fn an_abort_during_a_poll_ends_the_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "an abort during a poll ends the task";
    let dropped = Witness::default();
    let abort = |mut task: R::Task<()>| {
        let aborted = elsewhere(|| task.abort());
        (task, aborted)
    };
    let rest = never_ends(dropped.of_drop(), Witness::default());
    let (task, aborted) = with_its_handle(runtime, PROMISE, abort, rest).await;
    assert_eq!(aborted, Ok(()), "{PROMISE}: `abort` panicked");
    is_cancelled(PROMISE, join(runtime, PROMISE, task).await);
    assert!(
        eventually(runtime, || dropped.seen()).await,
        "{PROMISE}: {LIMIT:?} after `abort` its future is still there"
    );
}

/// After `abort` the future is dropped before the handle resolves.
pub async fn abort_drops_the_future_before_the_handle_resolves<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "abort drops the future before the handle resolves";
    for _ in 0..5 {
        let (mut task, dropped) = asleep(PROMISE, runtime).await;
        task.abort();
        assert!(
            !task.is_finished() || dropped.seen(),
            "{PROMISE}: `is_finished` is true, and the future is still there"
        );
        let result = join(runtime, PROMISE, task).await;
        let drops = dropped.times();
        assert!(
            drops == 1,
            "{PROMISE}: the handle has resolved, and the future was dropped {drops} times"
        );
        is_cancelled(PROMISE, result);
    }
    let resolved = resolves_during_a_poll(runtime, PROMISE).await;
    assert!(
        !resolved,
        "{PROMISE}: aborted by another thread while it was polled, it has resolved in that poll"
    );
}

/// Whether the handle of a task that another thread aborts while it is polled resolves, or says
/// that it has, during that poll.
async fn resolves_during_a_poll<R: Runtime>(runtime: &R, promise: &str) -> bool {
    let (handle, answer) = (Slot::new(), Slot::new());
    let task = runtime.spawn({
        let (handle, answer) = (handle.clone(), answer.clone());
        async move {
            let mut task: R::Task<()> = handle.taken().await;
            answer.put(elsewhere(move || {
                task.abort();
                task.is_finished() || Witness::default().poll(&mut task).is_ready()
            }));
        }
    });
    handle.put(task);
    match within(runtime, answer.taken()).await {
        Some(Ok(resolves)) => resolves,
        Some(Err(message)) => panic!("{promise}: aborted during a poll, it panicked: {message}"),
        None => panic!("{promise}: {LIMIT:?} after an abort during a poll, the poll is not over"),
    }
}

/// A task that is aborted in the poll in which it ends gives its value or a cancellation, and an
/// output that nobody gets is dropped.
pub async fn an_output_of_an_aborted_poll_is_dropped<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "an output of an aborted poll is dropped";
    let drops = Witness::default();
    let output = ready(drops.of_drop());
    let task = with_its_handle(runtime, PROMISE, aborted::<R, SeenDrop>, output).await;
    match join(runtime, PROMISE, task).await {
        Ok(output) => drop(output),
        Err(error) => assert!(error.is_cancelled(), "{PROMISE}: it gave {error:?}"),
    }
    let dropped = eventually(runtime, || drops.seen()).await;
    assert!(
        dropped && drops.times() == 1,
        "{PROMISE}: it was dropped {} times",
        drops.times()
    );
}

/// A task that aborts itself ends after that poll, though nothing else wakes it.
pub async fn a_task_can_abort_itself<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a task can abort itself";
    let dropped = Witness::default();
    let rest = never_ends(dropped.of_drop(), Witness::default());
    let task = with_its_handle(runtime, PROMISE, aborted::<R, ()>, rest).await;
    is_cancelled(PROMISE, join(runtime, PROMISE, task).await);
    assert!(dropped.seen(), "{PROMISE}: its future is still there");
}

/// Spawns a task that does this with its own handle in its first poll, and then the rest; returns what
/// the first gave.
pub(crate) async fn with_its_handle<R: Runtime, T: Send + 'static, U: Send + 'static>(
    runtime: &R,
    promise: &str,
    first: impl FnOnce(R::Task<T>) -> U + Send + 'static,
    rest: impl Future<Output = T> + Send + 'static,
) -> U {
    let (handle, back) = (Slot::new(), Slot::new());
    let task = runtime.spawn({
        let (handle, back) = (handle.clone(), back.clone());
        async move {
            back.put(first(handle.taken().await));
            rest.await
        }
    });
    handle.put(task);
    let Some(given) = within(runtime, back.taken()).await else {
        panic!("{promise}: {LIMIT:?} later that poll is not over");
    };
    given
}

fn aborted<R: Runtime, T: Send + 'static>(mut task: R::Task<T>) -> R::Task<T> {
    task.abort();
    task
}
