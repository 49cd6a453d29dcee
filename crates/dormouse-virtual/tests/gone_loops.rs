//! Loops on a runtime that is gone: nothing there waits any more, so each has to let others run.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use dormouse_core::{
    BlockOn, Coalesced, LocalSpawner, Mixed, Sleeper, Spawner, Task, interval, measure_time_async,
    sleep_until_system_time, system_interval, task_wait_random, timeout, wait_n,
};
use dormouse_virtual::{Virtual, VirtualHandle};
use futures::StreamExt;
use futures::future::select;

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
