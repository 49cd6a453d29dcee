//! The drop of an owner in all kinds of places, and what is left of its runtime.

use std::future::pending;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use dormouse_conformance::cases::owner_drop::an_owner_can_go_in_a_task_of_its_own;
use dormouse_core::{BlockOn, Sleeper, SpawnBlocking, Spawner, wait_n};
use dormouse_tokio::TokioRuntime;

use crate::{LONG, SHORT, blocks, flavours, futures_now, words};

#[test]
fn the_owner_may_be_dropped_in_its_own_task() {
    let owner = TokioRuntime::multi_thread(2);
    an_owner_can_go_in_a_task_of_its_own(owner.handle(), owner);
}

#[test]
fn the_owner_may_be_dropped_in_another_runtime_and_while_unwinding() {
    for outer in flavours() {
        for inner in flavours() {
            let mut left = inner.spawn(pending::<()>());
            outer.block_on(async {
                drop(inner);
                assert!((&mut left).await.unwrap_err().is_cancelled());
            });
        }
        for inner in flavours() {
            let mut left = inner.spawn(pending::<()>());
            let unwound = blocks(move || {
                let _inner = inner;
                panic!("unwinds");
            });
            assert_eq!(words(unwound), "unwinds");
            assert!(outer.block_on(&mut left).unwrap_err().is_cancelled());
        }
    }
}

#[test]
fn dropping_the_owner_does_not_wait() {
    let runtime = TokioRuntime::multi_thread(1);
    let (begun, wait) = mpsc::channel();
    let blocks = runtime.spawn_blocking(move || {
        begun.send(()).unwrap();
        thread::sleep(Duration::from_secs(2));
        42
    });
    wait.recv_timeout(LONG).unwrap();
    let start = Instant::now();
    drop(runtime);
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
    let other = TokioRuntime::current_thread();
    assert_eq!(
        other.block_on(blocks).unwrap(),
        42,
        "what has begun comes to its end"
    );
}

#[test]
fn a_task_that_holds_a_handle_does_not_keep_the_runtime() {
    for runtime in flavours() {
        let handle = runtime.handle();
        let mut ticks = dormouse_core::interval(&runtime, SHORT);
        let task = runtime.spawn(async move {
            loop {
                ticks.tick().await;
                let _kept = &handle;
            }
        });
        runtime.block_on(runtime.sleep(SHORT));
        drop(runtime);
        let other = TokioRuntime::current_thread();
        let ended: Result<(), _> = other.block_on(task);
        assert!(ended.unwrap_err().is_cancelled());
    }
}

#[test]
fn what_is_left_of_a_runtime_that_is_gone() {
    let other = TokioRuntime::current_thread();
    for runtime in flavours() {
        let handle = runtime.handle();
        let (start, never_polled) = (Instant::now(), runtime.sleep(4 * SHORT));
        let mut polled = Box::pin(runtime.sleep(8 * SHORT));
        runtime.block_on(async { assert!(!futures_now(&mut polled)) });
        drop(runtime);
        assert!(
            other
                .block_on(handle.spawn(async {}))
                .unwrap_err()
                .is_cancelled()
        );
        assert!(
            other
                .block_on(handle.spawn_blocking(|| ()))
                .unwrap_err()
                .is_cancelled()
        );
        other.block_on(never_polled);
        assert!(start.elapsed() >= 4 * SHORT);
        other.block_on(polled);
        assert!(start.elapsed() >= 8 * SHORT);
        assert_eq!(other.block_on(wait_n(&handle, 10, SHORT)).len(), 10);
        let mut moved = Box::pin(handle.sleep(LONG));
        handle.reset(moved.as_mut(), handle.now() + SHORT);
        other.block_on(moved);
    }
}
