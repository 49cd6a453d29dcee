//! Wakers that panic when they are called or dropped, with a payload that panics in turn.

use std::future::Future;
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Wake, Waker};

use dormouse::Task;

use crate::child::Owner;
use crate::{DEPTHS, Nested, SHORT, cases_everywhere, goes_on};

cases_everywhere! {
    nested_in_a_waker
    a_waker_whose_destructor_panics_in_a_sleep
    a_waker_whose_destructor_panics_in_a_handle
}

fn nested_in_a_waker(rt: impl Owner) {
    struct Breaks(u32);

    impl Wake for Breaks {
        fn wake(self: Arc<Self>) {
            panic_any(Nested(self.0));
        }
    }

    for depth in DEPTHS {
        harmed_by(&rt, || Waker::from(Arc::new(Breaks(depth))));
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
