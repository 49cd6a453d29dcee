//! How a task is ended from outside.

use std::future::{Future, pending};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use dormouse_core::{JoinError, Runtime, Spawner, Task};

use crate::limit::{LIMIT, eventually, within};
use crate::witness::{SeenDrop, Witness};

/// Counted as dropped only after its destructor, which takes a while: a handle that resolves before
/// the future is dropped is caught.
struct SlowDrop {
    _over: SeenDrop,
}

impl Drop for SlowDrop {
    fn drop(&mut self) {
        thread::sleep(Duration::from_millis(20));
    }
}

/// A task that never ends by itself.
pub(crate) fn spawn_endless<R: Runtime>(
    runtime: &R,
    begun: &Witness,
    dropped: &Witness,
) -> <R as Spawner>::Task<()> {
    runtime.spawn(endless(runtime, begun, dropped))
}

/// The future of a task that never ends by itself.
pub(crate) fn endless<R: Runtime>(
    runtime: &R,
    begun: &Witness,
    dropped: &Witness,
) -> impl Future<Output = ()> + Send + use<R> {
    let (begun, held) = (
        begun.clone(),
        SlowDrop {
            _over: dropped.of_drop(),
        },
    );
    let sleep = runtime.sleep(Duration::MAX);
    async move {
        let _held = held;
        begun.see();
        sleep.await;
        pending::<()>().await;
    }
}

pub(crate) async fn join<R: Runtime, T>(
    runtime: &R,
    promise: &str,
    task: impl Future<Output = Result<T, JoinError>>,
) -> Result<T, JoinError> {
    let result = within(runtime, task).await;
    result.unwrap_or_else(|| panic!("{promise}: the handle has not resolved within {LIMIT:?}"))
}

pub(crate) fn cancelled<T>(promise: &str, result: Result<T, JoinError>) {
    match result {
        Ok(_) => panic!("{promise}: the handle gave a value"),
        Err(error) => assert!(
            error.is_cancelled() && !error.is_panic(),
            "{promise}: it gave {error:?}"
        ),
    }
}

/// A task that is aborted before it has run gives a cancellation, after its future was dropped.
pub async fn abort_before_the_first_poll_gives_cancelled<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "abort before the first poll gives cancelled";
    let (begun, dropped) = Default::default();
    let mut task = spawn_endless(runtime, &begun, &dropped);
    task.abort();
    cancelled(PROMISE, join(runtime, PROMISE, task).await);
    assert_eq!(
        dropped.times(),
        1,
        "{PROMISE}: expected 1 drop of its future by then"
    );
}

/// A task that is aborted while it sleeps gives a cancellation.
pub async fn abort_while_sleeping_gives_cancelled<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "abort while sleeping gives cancelled";
    let (begun, dropped) = Default::default();
    let mut task = spawn_endless(runtime, &begun, &dropped);
    assert!(
        eventually(runtime, || begun.seen()).await,
        "{PROMISE}: the task has not begun"
    );
    task.abort();
    assert!(
        eventually(runtime, || task.is_finished()).await,
        "{PROMISE}: {LIMIT:?} after `abort`, `is_finished` is still false"
    );
    cancelled(PROMISE, join(runtime, PROMISE, task).await);
}

/// A task that is aborted after its end keeps its value, whether or not the end had been observed.
pub async fn abort_after_the_end_keeps_the_value<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "abort after the end keeps the value";
    let mut task = runtime.spawn(async { 42 });
    assert!(
        eventually(runtime, || task.is_finished()).await,
        "{PROMISE}: the task has not ended"
    );
    task.abort();
    assert!(
        task.is_finished(),
        "{PROMISE}: aborted, a finished task is finished no more"
    );
    let result = join(runtime, PROMISE, task).await;
    assert!(
        matches!(result, Ok(42)),
        "{PROMISE}: found finished, it gave {result:?} for 42"
    );

    // If it was not asked, the task has ended once enough time has passed; how much depends on
    // the machine.
    let mut result = Err(JoinError::cancelled());
    for doubled in 0..8 {
        let mut task = runtime.spawn(async { 42 });
        runtime.sleep(Duration::from_millis(10 << doubled)).await;
        task.abort();
        result = join(runtime, PROMISE, task).await;
        if result.is_ok() {
            break;
        }
    }
    assert!(
        matches!(result, Ok(42)),
        "{PROMISE}: 1.28s later, not asked before, it gave {result:?}"
    );
}

/// A second abort has no effect.
pub async fn aborting_twice_is_aborting_once<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "aborting twice is aborting once";
    // An even number of times, too.
    for times in [2, 4, 3, 2] {
        let (begun, dropped) = Default::default();
        let mut task = spawn_endless(runtime, &begun, &dropped);
        (0..times).for_each(|_| task.abort());
        cancelled(PROMISE, join(runtime, PROMISE, task).await);
    }
    let (begun, dropped) = Default::default();
    let mut task = spawn_endless(runtime, &begun, &dropped);
    task.abort();
    task.abort();
    runtime.sleep(Duration::from_millis(5)).await;
    task.abort();
    assert!(
        eventually(runtime, || task.is_finished()).await,
        "{PROMISE}: the task has not ended"
    );
    task.abort();
    cancelled(PROMISE, join(runtime, PROMISE, task).await);
    assert_eq!(
        dropped.times(),
        1,
        "{PROMISE}: expected 1 drop of its future"
    );
}

/// `abort` wakes the task that already awaits the handle.
pub async fn abort_wakes_the_one_who_awaits<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "abort wakes the one who awaits";
    // With and without a call of `is_finished` in between.
    for asked in [false, true] {
        let (begun, dropped, woken) = <(Witness, Witness, Witness)>::default();
        let mut task = spawn_endless(runtime, &begun, &dropped);
        assert!(
            eventually(runtime, || begun.seen()).await,
            "{PROMISE}: the task has not begun"
        );
        assert!(
            woken.poll(&mut task).is_pending(),
            "{PROMISE}: the task ended by itself"
        );
        task.abort();
        if asked {
            let _ = task.is_finished();
        }
        assert!(
            eventually(runtime, || woken.seen()).await,
            "{PROMISE}: polled before it, {LIMIT:?} after `abort` the waker has not been woken"
        );
        match woken.poll(&mut task) {
            Poll::Ready(result) => cancelled(PROMISE, result),
            // A spurious wake-up is allowed, as everywhere.
            Poll::Pending => cancelled(PROMISE, join(runtime, PROMISE, task).await),
        }
    }
}

/// `abort` ends the task even if its handle is dropped right after it.
pub async fn abort_ends_a_task_whose_handle_is_dropped<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "abort ends a task whose handle is dropped";
    for wait_for_it in [false, true] {
        let (begun, dropped) = <(Witness, Witness)>::default();
        let mut task = spawn_endless(runtime, &begun, &dropped);
        if wait_for_it {
            assert!(
                eventually(runtime, || begun.seen()).await,
                "{PROMISE}: the task has not begun"
            );
        }
        task.abort();
        drop(task);
        assert!(
            eventually(runtime, || dropped.seen()).await,
            "{PROMISE}: {LIMIT:?} after `abort` its future is still there"
        );
    }
}
