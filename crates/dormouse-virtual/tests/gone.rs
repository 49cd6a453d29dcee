//! What remains when the owner has been dropped.

use std::future::{pending, poll_fn};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use dormouse_core::{
    BlockOn, Coalesced, LocalJoinSet, Sleeper, Spawner, Task, interval, timeout, wait_n_with,
};
use dormouse_virtual::Virtual;
use futures::FutureExt;

const SECOND: Duration = Duration::from_secs(1);
/// Five hundred years.
const AGES: Duration = Duration::from_secs(500 * 365 * 24 * 3_600);

#[test]
fn a_local_set_ends_if_the_runtime_goes_on_another_thread() {
    for (tasks, polled, awaited) in [
        (1, false, false),
        (100, false, false),
        (1, true, false),
        (1, false, true),
        (100, true, true),
    ] {
        let runtime = Virtual::new();
        let mut set = LocalJoinSet::new(&runtime);
        for _ in 0..tasks {
            set.spawn_local(pending::<()>());
        }
        if polled {
            runtime.advance(SECOND);
            assert!(set.join_next().now_or_never().is_none());
        }
        let going = thread::spawn(move || {
            thread::sleep(Duration::from_millis(if awaited { 20 } else { 0 }));
            drop(runtime);
        });
        if !awaited {
            going.join().unwrap();
            assert!(set.try_join_next().unwrap().unwrap_err().is_cancelled());
            set.spawn_local(pending());
        }
        futures::executor::block_on(async {
            for _ in 0..tasks {
                let ended = set.join_next().await.expect("not yet all");
                assert!(ended.unwrap_err().is_cancelled());
            }
            assert!(set.join_next().await.is_none());
        });
    }
}

#[test]
fn the_clock_of_one_that_is_gone_has_reached_its_end() {
    let runtime = Virtual::new();
    let handle = runtime.handle();
    handle.advance(SECOND);
    let before = handle.now();
    drop(runtime);
    assert!(handle.now() > before + AGES);
    assert_eq!(handle.now(), handle.now());
    handle.advance(Duration::MAX);
    // Far in the future, but an instant that can still be computed with.
    _ = handle.now() + 3_600 * SECOND;
    assert!(handle.elapsed() > AGES);
}

#[test]
fn every_sleep_of_one_that_is_gone_is_over() {
    let runtime = Virtual::new();
    let handle = runtime.handle();
    let unpolled = runtime.sleep(SECOND);
    let mut polled = Box::pin(runtime.sleep(SECOND));
    let mut far = Box::pin(runtime.sleep(Duration::MAX));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(polled.poll_unpin(&mut cx).is_pending());
    assert!(far.poll_unpin(&mut cx).is_pending());
    drop(runtime);
    assert!(polled.poll_unpin(&mut cx).is_ready());
    assert!(far.poll_unpin(&mut cx).is_ready());
    // On another runtime, and outside of any.
    Virtual::new().block_on(unpolled);
    futures::executor::block_on(handle.sleep(Duration::MAX));
    futures::executor::block_on(async {
        let mut ticks = interval(&handle, SECOND);
        ticks.tick().await;
        assert_eq!(wait_n_with(&handle, 10, 5, 7).await.len(), 10);
        assert!(timeout(&handle, SECOND, pending::<()>()).await.is_err());
    });
}

#[test]
fn so_is_every_coalesced_sleep() {
    let runtime = Virtual::new();
    let sleeper = Coalesced::new(runtime.handle());
    let mut polled = Box::pin(sleeper.sleep(SECOND));
    assert!((&mut polled).now_or_never().is_none());
    let waits = sleeper.wait_n_with(10, 10, 1);
    drop(runtime);
    assert!(polled.now_or_never().is_some());
    futures::executor::block_on(sleeper.sleep(SECOND));
    futures::executor::block_on(sleeper.sleep(Duration::MAX));
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || {
        let limit = timeout(&sleeper, SECOND, pending::<()>());
        assert!(futures::executor::block_on(limit).is_err());
        let delays = futures::executor::block_on(wait_n_with(&sleeper, 10, 10, 1));
        assert_eq!(delays, futures::executor::block_on(waits));
        let later = sleeper.wait_n_with(10, 10, 1);
        assert_eq!(delays, futures::executor::block_on(later));
        sender.send(())
    });
    ended.recv_timeout(10 * SECOND).unwrap();
}

#[test]
fn who_awaits_a_sleep_is_woken_when_its_runtime_goes() {
    for duration in [SECOND, Duration::MAX] {
        let runtime = Virtual::new();
        let sleep = runtime.sleep(duration);
        let (polled, is_polled) = mpsc::channel();
        let waiting = thread::spawn(move || {
            let mut sleep = Box::pin(sleep);
            futures::executor::block_on(poll_fn(|cx| {
                let poll = sleep.poll_unpin(cx);
                _ = polled.send(());
                poll
            }));
        });
        is_polled.recv().unwrap();
        drop(runtime);
        waiting.join().unwrap();
    }
}

/// The futures of other tasks are dropped before their handles resolve, wherever the owner is
/// dropped.
#[test]
fn an_owner_may_be_dropped_in_a_task_of_its_own() {
    let runtime = Virtual::new();
    let handle = runtime.handle();
    let owner = Arc::new(Mutex::new(None));
    let taken = Arc::clone(&owner);
    let task = runtime.spawn(async move {
        let runtime: Option<Virtual> = taken.lock().unwrap().take();
        drop(runtime);
        pending::<()>().await;
    });
    let mut other = runtime.spawn(pending::<()>());
    *owner.lock().unwrap() = Some(runtime);
    handle.advance(SECOND);
    assert!(other.is_finished());
    assert!(
        futures::executor::block_on(task)
            .unwrap_err()
            .is_cancelled()
    );
    assert!(
        futures::executor::block_on(other)
            .unwrap_err()
            .is_cancelled()
    );
}

#[test]
fn a_task_that_is_driven_when_its_runtime_goes_gives_its_value() {
    let runtime = Virtual::new();
    let handle = runtime.handle();
    let owner = Arc::new(Mutex::new(None));
    let taken = Arc::clone(&owner);
    let task = runtime.spawn(async move {
        let runtime: Option<Virtual> = taken.lock().unwrap().take();
        drop(runtime);
        42
    });
    *owner.lock().unwrap() = Some(runtime);
    handle.advance(SECOND);
    assert_eq!(futures::executor::block_on(task).unwrap(), 42);
}
