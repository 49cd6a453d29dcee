//! Payloads whose destructors panic, and panics of tasks that are aborted.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dormouse::Task;
use futures::channel::oneshot;

use crate::child::Owner;
use crate::{Bomb, SHORT, cases_everywhere, goes_on};

cases_everywhere! {
    a_payload_whose_destructor_panics
    a_payload_that_nobody_takes
    a_panic_after_the_task_has_aborted_itself
    a_panic_while_the_task_is_aborted
}

/// The code that drops the error gets the panic, and no other code does.
fn a_payload_whose_destructor_panics(rt: impl Owner) {
    let error = rt
        .block_on(rt.spawn(async { panic_any(Bomb) }))
        .unwrap_err();
    assert!(error.is_panic());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(error))).is_err());
    rt.block_on(goes_on(&rt));
}

fn a_payload_that_nobody_takes(rt: impl Owner) {
    for _ in 0..10 {
        rt.spawn(async { panic_any(Bomb) }).detach();
        rt.spawn_blocking(|| panic_any(Bomb)).detach();
        rt.block_on(goes_on(&rt));
    }
    rt.block_on(async {
        rt.sleep(SHORT).await;
        goes_on(&rt).await;
    });
}

/// A task that panics in its last poll, while its abort is in progress.
fn a_panic_after_the_task_has_aborted_itself<O: Owner>(rt: O) {
    struct Burnt;

    let handle = Arc::new(Mutex::new(None::<O::Task<()>>));
    let inside = Arc::clone(&handle);
    let (put, there) = oneshot::channel();
    let task = rt.spawn(async move {
        there.await.unwrap();
        let mut task = inside.lock().unwrap().take().unwrap();
        task.abort();
        *inside.lock().unwrap() = Some(task);
        panic_any(Burnt)
    });
    *handle.lock().unwrap() = Some(task);
    put.send(()).unwrap();
    rt.block_on(async {
        while Arc::strong_count(&handle) > 1 {
            rt.sleep(SHORT).await;
        }
    });
    let task = handle.lock().unwrap().take().unwrap();
    let error = rt.block_on(task).unwrap_err();
    assert!(error.is_panic() && error.into_panic().is::<Burnt>());
    rt.block_on(goes_on(&rt));
}

fn a_panic_while_the_task_is_aborted(rt: impl Owner) {
    for wait in 0..20 {
        let sleep = rt.sleep(Duration::from_millis(2));
        let mut task = rt.spawn(async move {
            let _bomb = Bomb;
            sleep.await;
            panic_any(Bomb);
        });
        rt.block_on(async {
            rt.sleep(Duration::from_micros(1_500 + 50 * wait)).await;
            task.abort();
            let error = task.await.unwrap_err();
            // The first panic, or that of the destructor; the payload panics when dropped.
            std::mem::forget(error);
            goes_on(&rt).await;
        });
    }
}
