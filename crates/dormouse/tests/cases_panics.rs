//! Panics that must harm only their own task: cases A5, A6, A7 and A25, and variants of them.

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use dormouse::{AbortOnDrop, Sleeper, Spawner, Task};

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

/// A task that panics in its last poll, while its abort is in progress.
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
