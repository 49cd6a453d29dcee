//! Wakers that panic when they are called or dropped, with a payload that panics in turn.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use dormouse::{Coalesced, JoinSet, Sleeper, Spawner, Task, abortable, task_wait_n};

use crate::child::Owner;
use crate::{DEPTHS, Nested, SHORT, cases_everywhere, goes_on};

cases_everywhere! {
    nested_in_a_waker
    nested_in_a_waker_for_a_turn
    a_waker_whose_destructor_panics_in_a_sleep
    a_waker_whose_destructor_panics_in_a_handle
    a_waker_whose_destructor_panics_is_replaced
}

fn nested_in_a_waker(rt: impl Owner) {
    for depth in DEPTHS {
        harmed_by(&rt, || Waker::from(Arc::new(Breaks(depth))));
    }
}

fn nested_in_a_waker_for_a_turn(rt: impl Owner) {
    for depth in DEPTHS {
        let handle = rt.to_handle();
        let task = rt.spawn(async move {
            let breaks = Waker::from(Arc::new(Breaks(depth)));
            let mut turn = pin!(handle.yield_now());
            // A future that wakes within its poll may panic there: that is the fault of the code that
            // polls.
            let poll = catch_unwind(AssertUnwindSafe(|| {
                turn.as_mut().poll(&mut Context::from_waker(&breaks))
            }));
            std::mem::forget(poll);
            handle.sleep(SHORT).await;
        });
        rt.block_on(task).unwrap();
        rt.block_on(goes_on(&rt));
    }
}

fn a_waker_whose_destructor_panics_in_a_sleep(rt: impl Owner) {
    for depth in DEPTHS {
        let dropped = Arc::new(AtomicUsize::new(0));
        let mut sleep = Box::pin(rt.sleep(SHORT));
        let waker = Waker::from(Arc::new(Dies(Nested(depth), Arc::clone(&dropped))));
        let _ = sleep.as_mut().poll(&mut Context::from_waker(&waker));
        // Not the last reference: the sleep has a clone.
        drop(waker);
        rt.block_on(rt.sleep(3 * SHORT));
        // Some timers drop the waker when they fire, and some sleeps keep one until they end.
        rt.block_on(sleep);
        assert_eq!(dropped.load(SeqCst), 1, "nobody has the waker any more");
        rt.block_on(goes_on(&rt));
    }
}

fn a_waker_whose_destructor_panics_in_a_handle(rt: impl Owner) {
    for depth in DEPTHS {
        let dropped = Arc::new(AtomicUsize::new(0));
        let mut task = rt.spawn(rt.sleep(SHORT));
        let waker = Waker::from(Arc::new(Dies(Nested(depth), Arc::clone(&dropped))));
        let _ = Pin::new(&mut task).poll(&mut Context::from_waker(&waker));
        drop(waker);
        rt.block_on(rt.sleep(3 * SHORT));
        // Detached while it has the waker: dropping that later must not harm anything.
        task.detach();
        rt.block_on(rt.sleep(SHORT));
        assert_eq!(dropped.load(SeqCst), 1, "the task has dropped the waker");
        rt.block_on(goes_on(&rt));
    }
}

/// It is dropped in the poll of another task, or with what it was to wake.
fn a_waker_whose_destructor_panics_is_replaced(rt: impl Owner) {
    fn poll_by_another<F: Future + Unpin>(mut future: F) -> impl Future<Output = F::Output> {
        let waker = Waker::from(Arc::new(Dies(Nested(1), Arc::default())));
        let mut polled = Poll::Pending;
        let _ = catch_unwind(AssertUnwindSafe(|| {
            polled = Pin::new(&mut future).poll(&mut Context::from_waker(&waker));
            drop(waker);
        }));
        async {
            match polled {
                Poll::Ready(output) => output,
                Poll::Pending => future.await,
            }
        }
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

/// Gives this waker to a sleep and to a handle; both are polled again, and end.
fn harmed_by(rt: &impl Owner, waker: impl Fn() -> Waker) {
    let mut sleep = Box::pin(rt.sleep(SHORT));
    let mut task = rt.spawn(rt.sleep(SHORT));
    let _ = sleep.as_mut().poll(&mut Context::from_waker(&waker()));
    let _ = Pin::new(&mut task).poll(&mut Context::from_waker(&waker()));
    rt.block_on(async {
        rt.sleep(3 * SHORT).await;
        sleep.await;
        task.await.unwrap();
    });
    rt.block_on(goes_on(rt));
}

/// A waker that panics.
struct Breaks(u32);

impl Wake for Breaks {
    fn wake(self: Arc<Self>) {
        panic_any(Nested(self.0));
    }
}

/// A waker that does nothing and panics when dropped.
struct Dies(
    #[expect(dead_code, reason = "it is dropped")] Nested,
    Arc<AtomicUsize>,
);

impl Wake for Dies {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Dies {
    fn drop(&mut self) {
        self.1.fetch_add(1, SeqCst);
    }
}

const LONG: Duration = Duration::from_secs(60);
