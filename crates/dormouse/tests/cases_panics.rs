//! Panics that must harm only their own task: cases A5, A6, A7 and A25, and variants of them.

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use dormouse::{
    AbortOnDrop, Coalesced, JoinSet, Sleeper, Spawner, Task, abortable, task_wait_n, timeout,
};

use crate::child::Owner;

#[path = "harness/child.rs"]
mod child;

cases_everywhere! {
    a5_a_destructor_that_panics_on_abort
    a5_one_that_is_captured_by_a_task_that_may_not_have_begun
    a5_one_whose_handle_is_awaited_already
    a5_one_in_a_future_that_ends
    a6_an_output_that_nobody_takes
    a6_an_output_behind_every_way_to_drop_a_handle
    a6_the_output_of_a_closure_that_blocks
    a7_a_payload_whose_destructor_panics
    a7_a_payload_that_nobody_takes
    a7_a_waker_that_panics
    a7_a_waker_that_panics_for_a_turn
    a7_a_waker_whose_destructor_panics_is_replaced
    a7_a_set_of_outputs_whose_destructors_panic
    a7_a_panic_after_the_task_has_aborted_itself
    a7_a_panic_while_the_task_is_aborted
    a25_a_handle_dropped_with_an_output_whose_drop_panics
}

fn a5_a_destructor_that_panics_on_abort(rt: impl Owner) {
    let mut task = rt.spawn(async {
        let _bomb = Bomb;
        pending::<()>().await;
    });
    rt.block_on(async {
        rt.sleep(SHORT).await;
        task.abort();
        assert!(task.await.unwrap_err().is_panic());
        goes_on(&rt).await;
    });
}

fn a5_one_that_is_captured_by_a_task_that_may_not_have_begun(rt: impl Owner) {
    for _ in 0..20 {
        let bomb = Bomb;
        let mut task = rt.spawn(async move {
            let _bomb = bomb;
            pending::<()>().await;
        });
        task.abort();
        assert!(rt.block_on(task).unwrap_err().is_panic());
        rt.block_on(goes_on(&rt));
    }
}

fn a5_one_whose_handle_is_awaited_already(rt: impl Owner) {
    let task = rt.spawn(async {
        let _bomb = Bomb;
        pending::<()>().await;
    });
    let error = rt.block_on(async {
        let mut task = AbortOnDrop::new(task);
        assert!(poll(&mut task, Waker::noop()).is_pending());
        rt.sleep(SHORT).await;
        task.cancel().await.unwrap_err()
    });
    assert!(error.is_panic());
    rt.block_on(goes_on(&rt));
}

/// The destructor of the future itself panics, after its value: that is the task's panic.
fn a5_one_in_a_future_that_ends(rt: impl Owner) {
    struct Ends {
        _bomb: Bomb,
    }

    impl Future for Ends {
        type Output = u8;

        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u8> {
            Poll::Ready(42)
        }
    }

    let task = rt.spawn(Ends { _bomb: Bomb });
    let result = rt.block_on(task);
    assert!(result.unwrap_err().is_panic());
    rt.block_on(goes_on(&rt));
}

fn a6_an_output_that_nobody_takes(rt: impl Owner) {
    for _ in 0..10 {
        rt.spawn(async { Bomb }).detach();
        rt.block_on(goes_on(&rt));
    }
}

fn a6_an_output_behind_every_way_to_drop_a_handle(rt: impl Owner) {
    drop(rt.spawn(async { Bomb }));
    std::mem::forget(rt.spawn(async { Bomb }));
    drop(AbortOnDrop::new(rt.spawn(async { Bomb })));
    let mut asked = rt.spawn(async { Bomb });
    rt.block_on(async {
        while !asked.is_finished() {
            rt.sleep(SHORT / 10).await;
        }
        drop(asked);
        goes_on(&rt).await;
    });
}

fn a6_the_output_of_a_closure_that_blocks(rt: impl Owner) {
    rt.spawn_blocking(|| Bomb).detach();
    rt.block_on(async {
        rt.sleep(SHORT).await;
        assert_eq!(rt.spawn_blocking(|| 1).await.unwrap(), 1);
        goes_on(&rt).await;
    });
}

/// The code that drops the error gets the panic, and no other code does.
fn a7_a_payload_whose_destructor_panics(rt: impl Owner) {
    let error = rt
        .block_on(rt.spawn(async { panic_any(Bomb) }))
        .unwrap_err();
    assert!(error.is_panic());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(error))).is_err());
    rt.block_on(goes_on(&rt));
}

fn a7_a_payload_that_nobody_takes(rt: impl Owner) {
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

/// It is the latest waker of a sleep and of a handle; both are polled again, and end.
fn a7_a_waker_that_panics(rt: impl Owner) {
    let broken = Waker::from(Arc::new(Broken));
    for _ in 0..5 {
        let mut sleep = Box::pin(rt.sleep(SHORT));
        let mut task = rt.spawn(rt.sleep(SHORT));
        assert!(
            sleep
                .as_mut()
                .poll(&mut Context::from_waker(&broken))
                .is_pending()
        );
        let _ = poll(&mut task, &broken);
        rt.block_on(async {
            rt.sleep(2 * SHORT).await;
            sleep.await;
            task.await.unwrap();
            goes_on(&rt).await;
        });
    }
}

fn a7_a_waker_that_panics_for_a_turn(rt: impl Owner) {
    let handle = rt.to_handle();
    let task = rt.spawn(async move {
        let broken = Waker::from(Arc::new(Broken));
        let mut turn = pin!(handle.yield_now());
        // A future that wakes within its poll may panic there: that is the fault of the code that
        // polls.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            turn.as_mut()
                .poll(&mut Context::from_waker(&broken))
                .is_ready()
        }));
        handle.sleep(SHORT).await;
    });
    rt.block_on(task).unwrap();
    rt.block_on(goes_on(&rt));
}

/// It is dropped in the poll of another task, or with what it was to wake.
fn a7_a_waker_whose_destructor_panics_is_replaced(rt: impl Owner) {
    struct Bursts;

    impl Wake for Bursts {
        fn wake(self: Arc<Self>) {}
    }

    impl Drop for Bursts {
        fn drop(&mut self) {
            drop(Bomb);
        }
    }

    fn poll_by_another<F: Future + Unpin>(mut future: F) -> F {
        let waker = Waker::from(Arc::new(Bursts));
        let _ = catch_unwind(AssertUnwindSafe(|| {
            let _ = poll(&mut future, &waker);
            drop(waker);
        }));
        future
    }

    let handle = rt.to_handle();
    let coalesced = Coalesced::new(handle.clone());
    rt.block_on(async {
        for _ in 0..2 {
            poll_by_another(Box::pin(rt.sleep(SHORT))).await;
            poll_by_another(Box::pin(coalesced.sleep(SHORT))).await;
            let sleep = rt.sleep(SHORT);
            poll_by_another(rt.spawn(sleep)).await.unwrap();
            let (task, _handle) = abortable(rt.spawn(rt.sleep(SHORT)));
            poll_by_another(task).await.unwrap();
            let mut set = JoinSet::new(&handle);
            set.spawn(rt.sleep(SHORT));
            poll_by_another(Box::pin(set.join_next()))
                .await
                .unwrap()
                .unwrap();
            poll_by_another(task_wait_n(&handle, 2, SHORT)).await;
        }
        drop(poll_by_another(Box::pin(rt.sleep(LONG))));
        drop(poll_by_another(Box::pin(coalesced.sleep(LONG))));
        drop(poll_by_another(task_wait_n(&handle, 2, LONG)));
        goes_on(&rt).await;
    });
}

fn a7_a_set_of_outputs_whose_destructors_panic(rt: impl Owner) {
    let handle = rt.to_handle();
    rt.block_on(async {
        let mut set = JoinSet::new(&handle);
        (0..3).for_each(|_| _ = set.spawn(async { Bomb }));
        rt.sleep(SHORT).await;
        set.shutdown().await;
        assert!(set.is_empty());
        (0..3).for_each(|_| _ = set.spawn(async { Bomb }));
        rt.sleep(SHORT).await;
        set.spawn(async { panic_any("the first error") });
        assert!(set.join_all().await.is_err_and(|error| error.is_panic()));
        let mut set = JoinSet::new(&handle);
        (0..3).for_each(|_| _ = set.spawn(async { Bomb }));
        set.spawn(pending());
        assert!(timeout(&handle, 2 * SHORT, set.join_all()).await.is_err());
        goes_on(&rt).await;
    });
}

/// A task that panics in its last poll, while its abort is in progress.
fn a7_a_panic_after_the_task_has_aborted_itself<O: Owner>(rt: O) {
    struct Burnt;

    let handle = Arc::new(Mutex::new(None::<O::Task<()>>));
    let inside = Arc::clone(&handle);
    let waits = rt.sleep(SHORT);
    let task = rt.spawn(async move {
        waits.await;
        let mut task = inside.lock().unwrap().take().unwrap();
        task.abort();
        *inside.lock().unwrap() = Some(task);
        panic_any(Burnt)
    });
    *handle.lock().unwrap() = Some(task);
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

fn a7_a_panic_while_the_task_is_aborted(rt: impl Owner) {
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

fn a25_a_handle_dropped_with_an_output_whose_drop_panics(rt: impl Owner) {
    let mut task = rt.spawn(async { Bomb });
    rt.block_on(async {
        while !task.is_finished() {
            rt.sleep(SHORT / 10).await;
        }
    });
    assert!(catch_unwind(AssertUnwindSafe(|| drop(task))).is_ok());
    let mut task = rt.spawn_blocking(|| Bomb);
    rt.block_on(async {
        while !task.is_finished() {
            rt.sleep(SHORT / 10).await;
        }
    });
    assert!(catch_unwind(AssertUnwindSafe(|| drop(task))).is_ok());
    rt.block_on(goes_on(&rt));
}

/// The next tasks run, as many at once as there may be threads, and the timer works.
async fn goes_on(rt: &impl Owner) {
    let tasks: Vec<_> = (0..4)
        .map(|number| rt.spawn(async move { number }))
        .collect();
    for (number, task) in tasks.into_iter().enumerate() {
        assert_eq!(task.await.unwrap(), number);
    }
    rt.sleep(Duration::from_millis(1)).await;
}

fn poll<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        // A second panic while the first one unwinds would end any process.
        if !std::thread::panicking() {
            panic!("a bomb");
        }
    }
}

struct Broken;

impl Wake for Broken {
    fn wake(self: Arc<Self>) {
        panic!("a waker that panics");
    }
}

const SHORT: Duration = Duration::from_millis(10);
const LONG: Duration = Duration::from_secs(60);
