//! Wakers that panic when they are called or dropped.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use dormouse::{Coalesced, JoinSet, Sleeper, Spawner, abortable, task_wait_n};

use crate::child::Owner;
use crate::{Bomb, SHORT, cases_everywhere, goes_on, poll};

cases_everywhere! {
    a_waker_that_panics
    a_waker_that_panics_for_a_turn
    a_waker_whose_destructor_panics_is_replaced
}

/// It is the latest waker of a sleep and of a handle; both are polled again, and end.
fn a_waker_that_panics(rt: impl Owner) {
    let broken = Waker::from(Arc::new(Broken));
    for _ in 0..5 {
        let mut sleep = Box::pin(rt.sleep(SHORT));
        let mut task = rt.spawn(rt.sleep(SHORT));
        // On a busy machine they may have ended.
        let slept = sleep.as_mut().poll(&mut Context::from_waker(&broken));
        let ended = poll(&mut task, &broken);
        rt.block_on(async {
            rt.sleep(2 * SHORT).await;
            rest_of(sleep, slept).await;
            rest_of(task, ended).await.unwrap();
            goes_on(&rt).await;
        });
    }
}

fn a_waker_that_panics_for_a_turn(rt: impl Owner) {
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

/// Awaits a future that was polled with this result.
async fn rest_of<F: Future>(future: F, polled: Poll<F::Output>) -> F::Output {
    match polled {
        Poll::Ready(output) => output,
        Poll::Pending => future.await,
    }
}

/// It is dropped in the poll of another task, or with what it was to wake.
fn a_waker_whose_destructor_panics_is_replaced(rt: impl Owner) {
    struct Bursts;

    impl Wake for Bursts {
        fn wake(self: Arc<Self>) {}
    }

    impl Drop for Bursts {
        fn drop(&mut self) {
            drop(Bomb);
        }
    }

    fn poll_by_another<F: Future + Unpin>(mut future: F) -> impl Future<Output = F::Output> {
        let waker = Waker::from(Arc::new(Bursts));
        let mut polled = Poll::Pending;
        let _ = catch_unwind(AssertUnwindSafe(|| {
            polled = poll(&mut future, &waker);
            drop(waker);
        }));
        rest_of(future, polled)
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

struct Broken;

impl Wake for Broken {
    fn wake(self: Arc<Self>) {
        panic!("a waker that panics");
    }
}

const LONG: Duration = Duration::from_secs(60);
