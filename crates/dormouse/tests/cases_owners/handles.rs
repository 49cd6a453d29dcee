//! Handles that are polled, kept and shared.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use dormouse::{AbortOnDrop, Task, Threads};

use crate::child::Owner;
use crate::{cases_everywhere, text};

cases_everywhere! {
    a_handle_polled_after_it_has_resolved
    what_a_cancelled_task_held_is_free
}

fn a_handle_polled_after_it_has_resolved(rt: impl Owner) {
    let mut value = rt.spawn(async { 42 });
    assert_eq!(rt.block_on(&mut value).unwrap(), 42);
    panics_when_polled(&mut value);
    assert!(value.is_finished());
    value.abort();
    panics_when_polled(&mut value);

    let mut cancelled = AbortOnDrop::new(rt.spawn(pending::<()>()));
    cancelled.abort();
    assert!(rt.block_on(&mut cancelled).unwrap_err().is_cancelled());
    panics_when_polled(&mut cancelled);

    let mut panicked = rt.spawn(async { panic!("burnt") });
    let result: Result<(), _> = rt.block_on(&mut panicked);
    assert!(result.unwrap_err().is_panic());
    panics_when_polled(&mut panicked);

    let mut closure = rt.spawn_blocking(|| 42);
    assert_eq!(rt.block_on(&mut closure).unwrap(), 42);
    panics_when_polled(&mut closure);
}

fn what_a_cancelled_task_held_is_free(rt: impl Owner) {
    for _ in 0..50 {
        let held = Arc::new(());
        let inside = Arc::clone(&held);
        let task = AbortOnDrop::new(rt.spawn(async move {
            pending::<()>().await;
            drop(inside);
        }));
        assert!(rt.block_on(task.cancel()).unwrap_err().is_cancelled());
        assert_eq!(Arc::strong_count(&held), 1);
    }
}

/// A handle may be kept in a type that must be `Sync`.
#[test]
fn handles_are_sync() {
    fn sync<T: Send + Sync>() {}
    sync::<dormouse::TokioTask<u8>>();
    sync::<dormouse::SmolTask<u8>>();
    sync::<dormouse::SmolBlockingTask<u8>>();
    sync::<dormouse::AsyncStdTask<u8>>();
    sync::<dormouse::AsyncStdBlockingTask<u8>>();
    sync::<dormouse::FuturesTask<u8>>();
    sync::<dormouse::ThreadsTask<u8>>();
    sync::<dormouse::AnyTask<u8>>();
    sync::<AbortOnDrop<dormouse::SmolTask<u8>>>();
    // Even if the value is `Send` and not `Sync`.
    sync::<dormouse::TokioTask<std::cell::Cell<u8>>>();
    sync::<dormouse::SmolTask<std::cell::Cell<u8>>>();
    sync::<dormouse::AsyncStdTask<std::cell::Cell<u8>>>();
    sync::<dormouse::FuturesTask<std::cell::Cell<u8>>>();
    sync::<dormouse::AnyTask<std::cell::Cell<u8>>>();
}

/// hyper's timers need sleeps that are `Sync`.
#[test]
fn sleeps_are_sync() {
    fn sync<R: dormouse::Runtime>() {}
    sync::<dormouse::AnyHandle>();
    sync::<dormouse::TokioHandle>();
    sync::<dormouse::Tokio>();
    sync::<dormouse::SmolHandle>();
    sync::<dormouse::AsyncStd>();
    sync::<dormouse::FuturesHandle>();
    sync::<Threads>();
}

pub(crate) fn panics_when_polled<T: Task>(task: &mut T) {
    let poll = catch_unwind(AssertUnwindSafe(|| {
        let mut cx = Context::from_waker(Waker::noop());
        matches!(Pin::new(&mut *task).poll(&mut cx), Poll::Ready(_))
    }));
    let payload = poll.unwrap_err();
    let text = text(&*payload);
    assert!(text.contains("polled after it had resolved"), "{text}");
}
