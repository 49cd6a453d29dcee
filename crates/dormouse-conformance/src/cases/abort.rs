//! How a task is ended from outside.

use std::task::Poll;
use std::time::Duration;

use dormouse_core::adapter::YieldNow;
use dormouse_core::{Instant, JoinError, Runtime, Task};

use crate::endless::{asleep, endless, have_begun};
use crate::limit::{LIMIT, eventually};
use crate::results::{gives, has_ended, is_cancelled, join};
use crate::witness::Witness;

/// A task that is aborted before it has run gives a cancellation, after its future was dropped.
pub async fn abort_before_the_first_poll_gives_cancelled<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "abort before the first poll gives cancelled";
    let (begun, dropped) = Default::default();
    let mut task = runtime.spawn(endless(runtime, &begun, &dropped));
    task.abort();
    is_cancelled(PROMISE, join(runtime, PROMISE, task).await);
    assert_eq!(
        dropped.times(),
        1,
        "{PROMISE}: expected 1 drop of its future by then"
    );
}

/// A task that is aborted while it sleeps gives a cancellation.
pub async fn abort_while_sleeping_gives_cancelled<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "abort while sleeping gives cancelled";
    let (mut task, _dropped) = asleep(PROMISE, runtime).await;
    task.abort();
    assert!(
        eventually(runtime, || task.is_finished()).await,
        "{PROMISE}: {LIMIT:?} after `abort`, `is_finished` is still false"
    );
    is_cancelled(PROMISE, join(runtime, PROMISE, task).await);
}

/// A task that is aborted after its end keeps its value, whether or not the end had been observed.
pub async fn abort_after_the_end_keeps_the_value<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "abort after the end keeps the value";
    let mut task = runtime.spawn(async { 42 });
    has_ended(PROMISE, runtime, &mut task).await;
    task.abort();
    assert!(
        task.is_finished(),
        "{PROMISE}: aborted, a finished task is finished no more"
    );
    gives(PROMISE, "found finished, it", runtime, task, 42).await;

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

/// An abort of a task that has ended does nothing to those that were spawned after its end.
pub async fn abort_after_the_end_harms_no_other_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "abort after the end harms no other task";
    const TASKS: usize = 20;
    let mut ended: Vec<_> = (0..TASKS).map(|_| runtime.spawn(async { 42 })).collect();
    for task in &mut ended {
        has_ended(PROMISE, runtime, task).await;
    }
    let sleeps = async |sleep: R::Sleep| {
        sleep.await;
        42
    };
    let later: Vec<_> = (0..TASKS)
        .map(|_| runtime.spawn(sleeps(runtime.sleep(Duration::from_millis(5)))))
        .collect();
    ended.iter_mut().for_each(Task::abort);
    drop(ended);
    for task in later {
        gives(PROMISE, "one spawned after it", runtime, task, 42).await;
    }
}

/// An abort ends a task that is always ready: it may be running, or be woken and wait for its turn.
pub async fn abort_ends_a_task_that_never_rests<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "abort ends a task that never rests";
    for _ in 0..20 {
        let (begun, dropped) = <(Witness, Witness)>::default();
        let (see, kept) = (begun.clone(), dropped.of_drop());
        let mut task = runtime.spawn(async move {
            let _kept = kept;
            loop {
                see.see();
                YieldNow::default().await;
            }
        });
        while begun.times() < 3 {
            // On a test's clock, a sleep would wait until that task rests.
            runtime.yield_now().await;
        }
        task.abort();
        let start = Instant::now();
        while !task.is_finished() {
            assert!(
                start.elapsed() < LIMIT.get(),
                "{PROMISE}: {LIMIT:?} after `abort` it still runs"
            );
            runtime.yield_now().await;
        }
        is_cancelled(PROMISE, join::<_, ()>(runtime, PROMISE, task).await);
        assert!(dropped.seen(), "{PROMISE}: its future is still there");
    }
}

/// A second abort has no effect.
pub async fn aborting_twice_is_aborting_once<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "aborting twice is aborting once";
    // An even number of times, too.
    for times in [2, 4, 3, 2] {
        let (begun, dropped) = Default::default();
        let mut task = runtime.spawn(endless(runtime, &begun, &dropped));
        (0..times).for_each(|_| task.abort());
        is_cancelled(PROMISE, join(runtime, PROMISE, task).await);
    }
    let (begun, dropped) = Default::default();
    let mut task = runtime.spawn(endless(runtime, &begun, &dropped));
    task.abort();
    task.abort();
    runtime.sleep(Duration::from_millis(5)).await;
    task.abort();
    has_ended(PROMISE, runtime, &mut task).await;
    task.abort();
    is_cancelled(PROMISE, join(runtime, PROMISE, task).await);
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
        let mut task = runtime.spawn(endless(runtime, &begun, &dropped));
        have_begun(PROMISE, runtime, &begun, 1).await;
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
            Poll::Ready(result) => is_cancelled(PROMISE, result),
            // A spurious wake-up is allowed, as everywhere.
            Poll::Pending => is_cancelled(PROMISE, join(runtime, PROMISE, task).await),
        }
    }
}

/// `abort` ends the task even if its handle is dropped right after it.
pub async fn abort_ends_a_task_whose_handle_is_dropped<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "abort ends a task whose handle is dropped";
    for wait_for_it in [false, true] {
        let (begun, dropped) = <(Witness, Witness)>::default();
        let mut task = runtime.spawn(endless(runtime, &begun, &dropped));
        if wait_for_it {
            have_begun(PROMISE, runtime, &begun, 1).await;
        }
        task.abort();
        drop(task);
        assert!(
            eventually(runtime, || dropped.seen()).await,
            "{PROMISE}: {LIMIT:?} after `abort` its future is still there"
        );
    }
}
