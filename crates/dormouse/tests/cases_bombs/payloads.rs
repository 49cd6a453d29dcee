//! Payloads, outputs and futures that panic when dropped, with a payload that does so in turn.

use std::any::Any;
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use dormouse::{AbortOnDrop, BlockOn, JoinSet, LocalSpawner, Sleeper, Task, timeout};

use crate::child::Owner;
use crate::{DEPTHS, Nested, SHORT, cases, cases_everywhere, cases_of_owners, goes_on};

cases_everywhere! {
    nested_in_a_poll
    nested_in_an_output
    nested_in_a_future_that_ends
    nested_in_a_future_that_is_aborted
    nested_in_a_closure_that_blocks
    nested_in_a_set
    nested_while_the_handle_is_dropped
    nested_while_the_task_is_aborted
}

cases! { {
    tokio: dormouse::TokioLocal::new(),
    smol: dormouse::SmolLocal::new(),
    futures: dormouse::FuturesLocal::new(),
}
    nested_in_a_local_task
}

cases_of_owners! {
    nested_in_a_runtime_that_goes
}

fn nested_in_a_poll(rt: impl Owner) {
    for depth in DEPTHS {
        let panics = || rt.spawn(async move { panic_any(Nested(depth)) });
        panics().detach();
        drop(AbortOnDrop::new(panics()));
        std::mem::forget(panics());
        is_nested(rt.block_on(panics()).unwrap_err().into_panic(), depth);
        // The code that drops the error gets the panic, and no other code does.
        let error = rt.block_on(panics()).unwrap_err();
        let burst = catch_unwind(AssertUnwindSafe(|| drop(error))).unwrap_err();
        is_nested(burst, depth - 1);
        rt.block_on(goes_on(&rt));
    }
}

fn nested_in_an_output(rt: impl Owner) {
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
        rt.block_on(goes_on(&rt));
    }
}

fn nested_in_a_future_that_ends(rt: impl Owner) {
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
        is_nested(error.into_panic(), depth - 1);
        rt.block_on(goes_on(&rt));
    }
}

fn nested_in_a_future_that_is_aborted(rt: impl Owner) {
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
                    is_nested(rt.block_on(task).unwrap_err().into_panic(), depth - 1);
                } else {
                    task.detach();
                }
                rt.block_on(goes_on(&rt));
            }
        }
    }
}

fn nested_in_a_closure_that_blocks(rt: impl Owner) {
    for depth in DEPTHS {
        rt.spawn_blocking(move || panic_any(Nested(depth))).detach();
        rt.spawn_blocking(move || Nested(depth)).detach();
        let nested = Nested(depth);
        let mut aborted = rt.spawn_blocking(move || drop(nested));
        aborted.abort();
        aborted.detach();
        let task = rt.spawn_blocking(move || panic_any(Nested(depth)));
        is_nested(rt.block_on(task).unwrap_err().into_panic(), depth);
        rt.block_on(rt.sleep(SHORT));
        rt.block_on(goes_on(&rt));
    }
}

fn nested_in_a_set(rt: impl Owner) {
    let handle = rt.to_handle();
    let three = |set: &mut JoinSet<_, _>| (0..3).for_each(|_| _ = set.spawn(async { Nested(2) }));
    rt.block_on(async {
        let mut set = JoinSet::new(&handle);
        three(&mut set);
        rt.sleep(SHORT).await;
        set.shutdown().await;
        assert!(set.is_empty());
        three(&mut set);
        rt.sleep(SHORT).await;
        set.spawn(async { panic_any("the first error") });
        assert!(set.join_all().await.is_err_and(|error| error.is_panic()));
        let mut set = JoinSet::new(&handle);
        three(&mut set);
        set.spawn(pending());
        assert!(timeout(&handle, 2 * SHORT, set.join_all()).await.is_err());
        goes_on(&rt).await;
    });
}

fn nested_while_the_handle_is_dropped(rt: impl Owner) {
    for round in 0..20 {
        let task = that_bursts(&rt, round);
        assert!(catch_unwind(AssertUnwindSafe(|| drop(AbortOnDrop::new(task)))).is_ok());
    }
    rt.block_on(goes_on(&rt));
}

fn nested_while_the_task_is_aborted(rt: impl Owner) {
    for round in 0..20 {
        let mut task = that_bursts(&rt, round);
        task.abort();
        // The first panic, or that of the destructor.
        std::mem::forget(rt.block_on(task).unwrap_err());
        rt.block_on(goes_on(&rt));
    }
}

/// A task that panics just before or after this returns, and again in its destructor.
fn that_bursts<O: Owner>(rt: &O, round: u64) -> O::Task<()> {
    let sleep = rt.sleep(Duration::from_millis(2));
    let task = rt.spawn(async move {
        let _nested = Nested(3);
        sleep.await;
        panic_any(Nested(3));
    });
    rt.block_on(rt.sleep(Duration::from_micros(1_500 + 50 * round)));
    task
}

fn nested_in_a_local_task<L: LocalSpawner + Sleeper + BlockOn>(rt: L) {
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

fn nested_in_a_runtime_that_goes(rt: impl Owner) {
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
    // On a thread that ends, which drops what is left in its thread-locals.
    let dropped = thread::spawn(move || drop(rt)).join();
    assert!(dropped.is_ok(), "the drop panics");
    let other = dormouse::SmolExecutor::new(1);
    let error = other.block_on(kept).unwrap_err();
    std::mem::forget(error);
    other.block_on(goes_on(&other));
}

fn is_nested(payload: Box<dyn Any + Send>, depth: u32) {
    assert_eq!(payload.downcast_ref::<Nested>().map(|at| at.0), Some(depth));
    std::mem::forget(payload);
}
