//! Loops on a runtime that is gone: nothing there waits any more, so each has to let others run.

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, UNIX_EPOCH};

use dormouse_core::{
    AbortOnDrop, BlockOn, Coalesced, JoinSet, LocalSpawner, Mixed, Sleeper, Spawner, Task,
    interval, measure_time_async, sleep_until_system_time, system_interval, task_wait_n,
    task_wait_random, timeout, wait_n,
};
use dormouse_virtual::{Virtual, VirtualHandle};
use futures::future::{join_all, select, select_all};
use futures::{FutureExt, StreamExt, stream};

#[test]
fn a_loop_of_sleeps_can_be_aborted() {
    can_be_aborted(async |gone| gone.sleep(SECOND).await);
}

#[test]
fn so_can_one_of_coalesced_sleeps() {
    can_be_aborted(async |gone| Coalesced::new(gone.clone()).sleep(SECOND).await);
}

#[test]
fn so_can_one_of_timeouts() {
    can_be_aborted(async |gone| {
        let _ = timeout(gone, SECOND, std::future::pending::<()>()).await;
    });
}

#[test]
fn so_can_one_of_ticks() {
    can_be_aborted(async |gone| {
        let mut ticks = interval(gone, SECOND);
        for _ in 0..3 {
            ticks.tick().await;
        }
    });
}

#[test]
fn so_can_one_of_resets() {
    can_be_aborted(async |gone| {
        let mut sleep = pin!(gone.sleep(SECOND));
        loop {
            sleep.as_mut().await;
            gone.reset(sleep.as_mut(), gone.now() + SECOND);
        }
    });
}

#[test]
fn so_can_one_of_tasks() {
    can_be_aborted(async |gone| drop(task_wait_random(gone, SECOND).await));
}

#[test]
fn so_can_one_of_measurements() {
    can_be_aborted(async |gone| {
        let _ = measure_time_async(gone, 3, SECOND).await;
    });
}

#[test]
fn so_can_one_of_selects() {
    can_be_aborted(async |gone| {
        select(pin!(gone.sleep(SECOND)), pin!(gone.sleep(2 * SECOND))).await;
    });
}

#[test]
fn so_can_one_of_mixed_sleeps() {
    can_be_aborted(async |gone| Mixed::new(gone.clone(), gone.clone()).sleep(SECOND).await);
}

#[test]
fn so_can_one_of_waits() {
    can_be_aborted(async |gone| drop(wait_n(gone, 3, SECOND).await));
}

#[test]
fn so_can_one_of_first_waits() {
    can_be_aborted(async |gone| {
        wait_n(gone, 3, SECOND).into_stream().next().await;
    });
}

#[test]
fn so_can_one_of_coalesced_waits() {
    can_be_aborted(async |gone| drop(Coalesced::new(gone.clone()).wait_n(3, SECOND).await));
}

#[test]
fn so_can_one_of_sleeps_by_the_wall_clock() {
    can_be_aborted(async |gone| sleep_until_system_time(gone, UNIX_EPOCH + SECOND).await);
}

#[test]
fn so_can_one_of_ticks_by_the_wall_clock() {
    can_be_aborted(async |gone| {
        system_interval(gone, UNIX_EPOCH, SECOND).tick().await;
    });
}

#[test]
fn so_can_sleeps_that_are_polled_twice_in_a_poll() {
    can_be_aborted(async |gone| {
        let mut sleep = gone.sleep(SECOND);
        let _ = (&mut sleep).now_or_never();
        sleep.await;
    });
    can_be_aborted(async |gone| {
        let mut ticks = interval(gone, SECOND);
        let _ = ticks.tick().now_or_never();
        ticks.tick().await;
    });
    can_be_aborted(async |gone| {
        let sleep = gone.sleep(SECOND).shared();
        let _ = sleep.clone().now_or_never();
        sleep.await;
    });
    can_be_aborted(async |gone| {
        let mut sleep = Coalesced::new(gone.clone()).sleep(SECOND);
        let _ = (&mut sleep).now_or_never();
        sleep.await;
    });
    can_be_aborted(async |gone| {
        let mut sleep = sleep_until_system_time(gone, UNIX_EPOCH + SECOND);
        let _ = (&mut sleep).now_or_never();
        sleep.await;
    });
}

#[test]
fn so_can_streams_of_sleeps() {
    can_be_aborted(async |gone| {
        let each = |()| gone.sleep(SECOND);
        stream::repeat(()).for_each_concurrent(4, each).await;
    });
    can_be_aborted(async |gone| {
        let each = |_| gone.sleep(SECOND);
        interval(gone, SECOND).for_each_concurrent(4, each).await;
    });
    can_be_aborted(async |gone| {
        let sleeps = stream::repeat(()).map(|()| gone.sleep(SECOND));
        sleeps.buffer_unordered(4).for_each(async |()| {}).await;
    });
    can_be_aborted(async |gone| {
        interval(gone, SECOND).ready_chunks(3).next().await;
    });
    can_be_aborted(async |gone| {
        pin!(interval(gone, SECOND).peekable()).peek().await;
    });
}

#[test]
fn so_can_a_select_of_many_sleeps() {
    can_be_aborted(async |gone| {
        select_all((0..100).map(|_| gone.sleep(SECOND))).await;
    });
}

#[test]
fn so_can_a_select_of_many_tasks() {
    can_be_aborted(async |gone| {
        let (ended, ..) = select_all((0..100).map(|_| gone.spawn(async {}))).await;
        assert!(ended.unwrap_err().is_cancelled());
    });
}

#[test]
fn so_can_many_tasks_of_one_wait() {
    can_be_aborted(async |gone| {
        let waits = AssertUnwindSafe(task_wait_n(gone, 100, SECOND));
        assert!(waits.catch_unwind().await.is_err());
    });
}

#[test]
fn so_can_a_set_whose_tasks_are_taken_one_by_one() {
    can_be_aborted(async |gone| {
        let mut set = JoinSet::new(gone);
        for _ in 0..4 {
            set.spawn(async {});
        }
        while set.try_join_next().is_some() {}
        set.join_next().await;
    });
}

#[test]
fn so_can_a_poll_of_many_sets() {
    can_be_aborted(async |gone| {
        let mut sets: Vec<_> = (0..40).map(|_| JoinSet::new(gone)).collect();
        for set in &mut sets {
            set.spawn(async {});
        }
        poll_fn(|cx| {
            let ended = sets.iter_mut().any(|set| set.poll_join_next(cx).is_ready());
            if ended {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    });
}

#[test]
fn sleeps_end_outside_of_the_traits_too() {
    let gone = Virtual::new().handle();
    // More than may be ready in a row in one poll.
    let many = async || {
        for _ in 0..200 {
            gone.sleep(SECOND).await;
        }
        assert_eq!(wait_n(&gone, 200, SECOND).await.len(), 200);
        // Those that wait at once do not wait for each other.
        join_all((0..20_000).map(|_| gone.sleep(SECOND))).await;
        join_all((0..20_000).map(|_| gone.spawn(async {}))).await;
    };
    futures::executor::block_on(many());
    Virtual::new().block_on(async {
        // Another executor inside of one poll.
        futures::executor::block_on(many());
    });
}

#[test]
fn a_task_that_has_ended_is_ready_whatever_was_dropped_before() {
    let runtime = Virtual::new();
    for _ in 0..200 {
        drop(Virtual::new().spawn(std::future::pending::<()>()));
        drop(AbortOnDrop::new(
            runtime.spawn(std::future::pending::<()>()),
        ));
    }
    let gone = Virtual::new().handle();
    let mut task = runtime.spawn(async { 1 });
    runtime.advance(SECOND);
    for _ in 0..200 {
        drop(Virtual::new().spawn(std::future::pending::<()>()));
        gone.spawn(async {}).detach();
    }
    assert!(task.is_finished());
    assert_eq!(task.now_or_never().unwrap().unwrap(), 1);
}

#[test]
fn a_loop_of_sleeps_goes_with_the_owner_that_it_drops() {
    let owner = Arc::new(Mutex::new(Some(Virtual::new())));
    let handle = owner.lock().unwrap().as_ref().unwrap().handle();
    let task = handle.spawn({
        let (handle, owner) = (handle.clone(), Arc::clone(&owner));
        async move {
            drop(owner.lock().unwrap().take());
            loop {
                handle.sleep(SECOND).await;
            }
        }
    });
    handle.advance(SECOND);
    let error = futures::executor::block_on(task)
        .map(|(): ()| ())
        .unwrap_err();
    assert!(error.is_cancelled());
}

/// Repeats a step with a handle whose runtime is gone, until another task aborts that.
fn can_be_aborted(step: impl AsyncFn(&VirtualHandle) + 'static) {
    let gone = Virtual::new().handle();
    let runtime = Virtual::new();
    let mut task = runtime.spawn_local(async move {
        loop {
            step(&gone).await;
        }
    });
    runtime.block_on(async {
        runtime.yield_now().await;
        task.abort();
        let error = task.await.map(|(): ()| ()).unwrap_err();
        assert!(error.is_cancelled());
    });
}

const SECOND: Duration = Duration::from_secs(1);
