//! Payloads that panic when dropped, with a payload that does so in turn, and wakers that panic
//! when dropped: variants of case A7.

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use dormouse::{AbortOnDrop, LocalSpawner, Sleeper, Task};

use crate::child::Owner;

#[path = "harness/child.rs"]
mod child;

cases_everywhere! {
    a7_nested_in_a_poll
    a7_nested_in_an_output
    a7_nested_in_a_future_that_ends
    a7_nested_in_a_future_that_is_aborted
    a7_nested_in_a_closure_that_blocks
    a7_nested_in_a_waker
    a7_nested_while_the_handle_is_dropped
    a7_a_waker_whose_destructor_panics_in_a_sleep
    a7_a_waker_whose_destructor_panics_in_a_handle
}

cases! { {
    tokio: dormouse::TokioLocal::new(),
    smol: dormouse::SmolLocal::new(),
    futures: dormouse::FuturesLocal::new(),
}
    a7_nested_in_a_local_task
}

cases_of_owners! {
    a7_nested_in_a_runtime_that_goes
}

const DEPTHS: [u32; 3] = [1, 2, 5];

fn a7_nested_in_a_poll(rt: impl Owner) {
    for depth in DEPTHS {
        rt.spawn(async move { panic_any(Nested(depth)) }).detach();
        drop(AbortOnDrop::new(
            rt.spawn(async move { panic_any(Nested(depth)) }),
        ));
        std::mem::forget(rt.spawn(async move { panic_any(Nested(depth)) }));
        let error = rt
            .block_on(rt.spawn(async move { panic_any(Nested(depth)) }))
            .unwrap_err();
        let payload = error.into_panic();
        assert_eq!(payload.downcast_ref::<Nested>().map(|at| at.0), Some(depth));
        std::mem::forget(payload);
        goes_on(&rt);
    }
}

fn a7_nested_in_an_output(rt: impl Owner) {
    for depth in DEPTHS {
        rt.spawn(async move { Nested(depth) }).detach();
        drop(AbortOnDrop::new(rt.spawn(async move { Nested(depth) })));
        let mut asked = rt.spawn(async move { Nested(depth) });
        rt.block_on(async {
            while !asked.is_finished() {
                rt.sleep(SHORT / 10).await;
            }
        });
        assert!(catch_unwind(AssertUnwindSafe(|| drop(asked))).is_ok());
        goes_on(&rt);
    }
}

fn a7_nested_in_a_future_that_ends(rt: impl Owner) {
    struct Ends(#[expect(dead_code, reason = "it is dropped")] Nested);

    impl Future for Ends {
        type Output = ();

        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            Poll::Ready(())
        }
    }

    for depth in DEPTHS {
        rt.spawn(Ends(Nested(depth))).detach();
        let error = rt.block_on(rt.spawn(Ends(Nested(depth)))).unwrap_err();
        is_nested(error, depth - 1);
        goes_on(&rt);
    }
}

fn a7_nested_in_a_future_that_is_aborted(rt: impl Owner) {
    for depth in DEPTHS {
        for begun in [false, true] {
            for awaited in [false, true] {
                let nested = Nested(depth);
                let mut task = rt.spawn(async move {
                    let _nested = nested;
                    pending::<()>().await;
                });
                if begun {
                    rt.block_on(rt.sleep(SHORT));
                }
                task.abort();
                if awaited {
                    is_nested(rt.block_on(task).unwrap_err(), depth - 1);
                } else {
                    task.detach();
                }
                goes_on(&rt);
            }
        }
    }
}

fn a7_nested_in_a_closure_that_blocks(rt: impl Owner) {
    for depth in DEPTHS {
        rt.spawn_blocking(move || panic_any(Nested(depth))).detach();
        rt.spawn_blocking(move || Nested(depth)).detach();
        let nested = Nested(depth);
        let mut aborted = rt.spawn_blocking(move || drop(nested));
        aborted.abort();
        aborted.detach();
        let task = rt.spawn_blocking(move || panic_any(Nested(depth)));
        let payload = rt.block_on(task).unwrap_err().into_panic();
        assert_eq!(payload.downcast_ref::<Nested>().map(|at| at.0), Some(depth));
        std::mem::forget(payload);
        rt.block_on(rt.sleep(SHORT));
        goes_on(&rt);
    }
}

fn a7_nested_in_a_waker(rt: impl Owner) {
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

fn a7_nested_while_the_handle_is_dropped(rt: impl Owner) {
    for round in 0..20 {
        let sleep = rt.sleep(Duration::from_millis(2));
        let task = rt.spawn(async move {
            let _nested = Nested(3);
            sleep.await;
            panic_any(Nested(3));
        });
        rt.block_on(rt.sleep(Duration::from_micros(1_500 + 50 * round)));
        assert!(catch_unwind(AssertUnwindSafe(|| drop(AbortOnDrop::new(task)))).is_ok());
    }
    goes_on(&rt);
}

fn a7_a_waker_whose_destructor_panics_in_a_sleep(rt: impl Owner) {
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
        goes_on(&rt);
    }
}

fn a7_a_waker_whose_destructor_panics_in_a_handle(rt: impl Owner) {
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
        assert_eq!(dropped.load(SeqCst), 1, "the task has let go of the waker");
        goes_on(&rt);
    }
}

fn a7_nested_in_a_local_task<L: LocalSpawner + Sleeper + dormouse::BlockOn>(rt: L) {
    for depth in DEPTHS {
        rt.spawn_local(async move { panic_any(Nested(depth)) })
            .detach();
        rt.spawn_local(async move { Nested(depth) }).detach();
        let mut aborted = rt.spawn_local(async move {
            let _nested = Nested(depth);
            pending::<()>().await;
        });
        rt.block_on(rt.sleep(SHORT));
        aborted.abort();
        aborted.detach();
        rt.block_on(rt.sleep(SHORT));
        assert_eq!(rt.block_on(rt.spawn_local(async { 1 })).unwrap(), 1);
    }
}

fn a7_nested_in_a_runtime_that_goes(rt: impl Owner) {
    for depth in DEPTHS {
        rt.spawn(async move {
            let _nested = Nested(depth);
            pending::<()>().await;
        })
        .detach();
    }
    let kept = rt.spawn(async move {
        let _nested = Nested(4);
        pending::<()>().await;
    });
    rt.block_on(rt.sleep(SHORT));
    drop(rt);
    let other = dormouse::SmolExecutor::new(1);
    let error = dormouse::BlockOn::block_on(&other, kept).unwrap_err();
    std::mem::forget(error);
    goes_on(&other);
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
    goes_on(rt);
}

/// The next tasks run, as many at once as there may be threads, and the timer works.
fn goes_on(rt: &impl Owner) {
    rt.block_on(async {
        let tasks: Vec<_> = (0..4)
            .map(|number| rt.spawn(async move { number }))
            .collect();
        for (number, task) in tasks.into_iter().enumerate() {
            assert_eq!(task.await.unwrap(), number);
        }
        rt.sleep(Duration::from_millis(1)).await;
    });
}

fn is_nested(error: dormouse::JoinError, depth: u32) {
    let payload = error.into_panic();
    assert_eq!(payload.downcast_ref::<Nested>().map(|at| at.0), Some(depth));
    std::mem::forget(payload);
}

/// Panics when dropped, this many times: the payload is a value with one less.
struct Nested(u32);

impl Drop for Nested {
    fn drop(&mut self) {
        // A second panic while the first one unwinds would end any process.
        if self.0 > 0 && !std::thread::panicking() {
            panic_any(Nested(self.0 - 1));
        }
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

const SHORT: Duration = Duration::from_millis(10);
