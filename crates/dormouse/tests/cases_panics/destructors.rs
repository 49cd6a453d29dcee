//! Futures and outputs whose destructors panic.

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use dormouse::{AbortOnDrop, JoinSet, Task, timeout};
use futures::channel::oneshot;

use crate::child::Owner;
use crate::{Bomb, SHORT, cases_everywhere, goes_on, poll};

cases_everywhere! {
    a_destructor_that_panics_on_abort
    destructor_of_a_task_that_may_not_have_begun
    destructor_of_a_task_whose_handle_is_awaited_already
    destructor_in_a_future_that_ends
    an_output_that_nobody_takes
    an_output_behind_every_way_to_drop_a_handle
    the_output_of_a_closure_that_blocks
    a_set_of_outputs_whose_destructors_panic
    a_handle_dropped_with_an_output_whose_drop_panics
}

fn a_destructor_that_panics_on_abort(rt: impl Owner) {
    let (mut task, begun) = with_a_bomb(&rt);
    rt.block_on(async {
        begun.await.unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_panic());
        goes_on(&rt).await;
    });
}

/// A task that never ends by itself, and what tells that it has begun.
fn with_a_bomb<O: Owner>(rt: &O) -> (O::Task<()>, oneshot::Receiver<()>) {
    let (begins, begun) = oneshot::channel();
    let task = rt.spawn(async {
        let _bomb = Bomb;
        begins.send(()).unwrap();
        pending::<()>().await;
    });
    (task, begun)
}

fn destructor_of_a_task_that_may_not_have_begun(rt: impl Owner) {
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

fn destructor_of_a_task_whose_handle_is_awaited_already(rt: impl Owner) {
    let (task, begun) = with_a_bomb(&rt);
    let error = rt.block_on(async {
        let mut task = AbortOnDrop::new(task);
        assert!(poll(&mut task, Waker::noop()).is_pending());
        begun.await.unwrap();
        task.cancel().await.unwrap_err()
    });
    assert!(error.is_panic());
    rt.block_on(goes_on(&rt));
}

/// The destructor of the future itself panics, after its value: that is the task's panic.
fn destructor_in_a_future_that_ends(rt: impl Owner) {
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

fn an_output_that_nobody_takes(rt: impl Owner) {
    for _ in 0..10 {
        rt.spawn(async { Bomb }).detach();
        rt.block_on(goes_on(&rt));
    }
}

fn an_output_behind_every_way_to_drop_a_handle(rt: impl Owner) {
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

fn the_output_of_a_closure_that_blocks(rt: impl Owner) {
    rt.spawn_blocking(|| Bomb).detach();
    rt.block_on(async {
        rt.sleep(SHORT).await;
        assert_eq!(rt.spawn_blocking(|| 1).await.unwrap(), 1);
        goes_on(&rt).await;
    });
}

fn a_set_of_outputs_whose_destructors_panic(rt: impl Owner) {
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

fn a_handle_dropped_with_an_output_whose_drop_panics(rt: impl Owner) {
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
