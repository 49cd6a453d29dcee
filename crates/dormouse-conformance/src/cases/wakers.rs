//! Wakers of tasks and handles: called after the end, and ones that panic.

use std::future::{Future, pending, poll_fn};
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use dormouse_core::{Runtime, Task};

use crate::bystanders::others_run;
use crate::cases::abort_inside::with_its_handle;
use crate::limit::{LIMIT, eventually, within};
use crate::panics::{caught, elsewhere};
use crate::witness::{
    Signal, Witness, waker_that_keeps, waker_that_panics, waker_whose_drop_panics,
};

/// A task's waker that is kept past the end of the task does nothing when it is woken: the task had
/// ended by itself, by a panic or by an abort.
pub async fn a_waker_kept_past_the_end_harms_nobody<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a waker kept past the end harms nobody";
    let kept = Arc::new(Mutex::new(Vec::new()));
    let mut tasks: Vec<_> = (0..30)
        .map(|number| {
            let kept = Arc::clone(&kept);
            let mut waker = None::<Waker>;
            runtime.spawn(poll_fn(move |cx| {
                if waker.is_none() {
                    waker = Some(cx.waker().clone());
                    kept.lock().unwrap().push(cx.waker().clone());
                }
                match number % 3 {
                    0 => Poll::Ready(()),
                    1 => panic_any(number),
                    _ => Poll::Pending,
                }
            }))
        })
        .collect();
    assert!(
        eventually(runtime, || kept.lock().unwrap().len() == 30).await,
        "{PROMISE}: the tasks have not all begun"
    );
    for (number, mut task) in tasks.drain(..).enumerate() {
        if number % 3 == 2 {
            task.abort();
        }
        let ended = within(runtime, task).await;
        assert!(
            ended.is_some(),
            "{PROMISE}: a task has not ended within {LIMIT:?}"
        );
    }
    let kept = std::mem::take(&mut *kept.lock().unwrap());
    let wake_all = |wakers: Vec<Waker>| wakers.into_iter().for_each(Waker::wake);
    let others = kept.clone();
    let woken = caught(|| wake_all(kept));
    for result in [woken, elsewhere(move || wake_all(others))] {
        assert_eq!(result, Ok(()), "{PROMISE}: it panicked");
    }
    others_run(PROMISE, runtime).await;
}

/// A waker that panics at the end of the task that it waits for harms no other task: the task ends
/// by itself, by a panic or by an abort.
pub async fn a_waker_that_panics_harms_no_other_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a waker that panics harms no other task";
    let (called, go_on) = (Witness::default(), Signal::default());
    let mut handles: Vec<_> = (0..30)
        .map(|number| {
            let go_on = go_on.clone();
            runtime.spawn(async move {
                go_on.told().await;
                match number % 3 {
                    0 => {}
                    1 => panic_any(number),
                    // A poll that has begun before the abort must not end it by itself.
                    _ => pending().await,
                }
            })
        })
        .collect();
    for (number, handle) in handles.iter_mut().enumerate() {
        let poll =
            Pin::new(&mut *handle).poll(&mut Context::from_waker(&waker_that_panics(&called)));
        assert!(poll.is_pending(), "{PROMISE}: a task ended too soon");
        if number % 3 == 2 {
            handle.abort();
        }
    }
    go_on.tell();
    runtime.sleep(Duration::from_millis(10)).await;
    others_run(PROMISE, runtime).await;
    for (number, handle) in handles.into_iter().enumerate() {
        let result = within(runtime, handle).await;
        let is_its_own = match (number % 3, &result) {
            (0, Some(Ok(()))) => true,
            (1, Some(Err(error))) => error.is_panic(),
            (2, Some(Err(error))) => error.is_cancelled(),
            _ => false,
        };
        assert!(
            is_its_own,
            "{PROMISE}: awaited by another one then, its own task {number} gave {result:?}"
        );
    }
}

/// A waker whose destructor panics harms no other task: that of a handle, at the end of the task
/// and when the handle is polled with another one.
pub async fn a_waker_whose_drop_panics_harms_no_other_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a waker whose drop panics harms no other task";
    let go_on = Signal::default();
    let mut handles: Vec<_> = (0..30)
        .map(|number| {
            let go_on = go_on.clone();
            runtime.spawn(async move {
                go_on.told().await;
                if number % 3 == 1 {
                    panic_any(number);
                }
            })
        })
        .collect();
    for (number, handle) in handles.iter_mut().enumerate() {
        // If it is dropped within this poll, the panic is the poll's own.
        let _ = caught(|| {
            let waker = waker_whose_drop_panics();
            let _ = Pin::new(&mut *handle).poll(&mut Context::from_waker(&waker));
        });
        if number % 3 == 2 {
            let _ = caught(|| Witness::default().poll(handle));
        }
    }
    go_on.tell();
    runtime.sleep(Duration::from_millis(10)).await;
    others_run(PROMISE, runtime).await;
    for (number, handle) in handles.into_iter().enumerate() {
        let result = within(runtime, handle).await;
        assert!(
            matches!(&result, Some(result) if result.is_ok() == (number % 3 != 1)),
            "{PROMISE}: awaited by another one then, its own task {number} gave {result:?}"
        );
    }
}

/// A handle that is dropped drops the waker of its latest poll, also if its task never ends: that
/// waker may own the task that polled it.
pub async fn a_dropped_handle_drops_its_waker<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a dropped handle drops its waker";
    let gone = Witness::default();
    let mut task = runtime.spawn(pending::<()>());
    let waker = waker_that_keeps(gone.of_drop());
    let poll = Pin::new(&mut task).poll(&mut Context::from_waker(&waker));
    assert!(poll.is_pending(), "{PROMISE}: it has ended");
    drop((waker, task));
    assert!(
        eventually(runtime, || gone.seen()).await,
        "{PROMISE}: {LIMIT:?} later, it is still held"
    );
    // The future of an aborted task is there until its poll ends.
    let keeps = |mut task: R::Task<()>| {
        let gone = Witness::default();
        let waker = waker_that_keeps(gone.of_drop());
        task.abort();
        let poll = Pin::new(&mut task).poll(&mut Context::from_waker(&waker));
        drop((waker, task));
        poll.is_pending() && !gone.seen()
    };
    let kept = with_its_handle(runtime, PROMISE, keeps, pending()).await;
    assert!(
        !kept,
        "{PROMISE}: aborted during a poll that goes on, it is still held"
    );
}
