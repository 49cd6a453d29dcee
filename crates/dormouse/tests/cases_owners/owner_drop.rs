//! Owners dropped while their tasks hold what they can, in all kinds of places.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use dormouse::{BlockOn, Sleeper, Spawner, Task, Threads, TokioRuntime, interval};

use crate::child::Owner;
use crate::{LIMIT, cases, cases_of_owners};

cases_of_owners! {
    a_task_that_holds_an_interval_and_a_handle
    the_owner_dropped_inside_of_other_runtimes
    the_owner_dropped_while_a_panic_unwinds
    the_owner_dropped_while_a_task_keeps_a_thread
    destructors_that_panic_as_the_runtime_goes
}

cases! { {
    tokio: dormouse::TokioRuntime::multi_thread(2),
    tokio_one_worker: dormouse::TokioRuntime::multi_thread(1),
    smol: dormouse::SmolExecutor::new(2),
    smol_one_thread: dormouse::SmolExecutor::new(1),
    futures: dormouse::FuturesPool::new(2),
    futures_one_thread: dormouse::FuturesPool::new(1),
    any_smol: dormouse::AnyRuntime::new(dormouse::SmolExecutor::new(1)),
} the_owner_dropped_in_a_task_of_its_own spawns_after_the_owner_was_dropped_in_a_task }

fn a_task_that_holds_an_interval_and_a_handle(rt: impl Owner) {
    let (held, tasks) = tasks_that_hold_all(&rt);
    drop(rt);
    all_are_cancelled(&held, tasks);
}

fn the_owner_dropped_inside_of_other_runtimes(rt: impl Owner) {
    let (held, tasks) = tasks_that_hold_all(&rt);
    // In a task of one runtime, inside the `block_on` of another.
    let outer = TokioRuntime::multi_thread(1);
    let task = outer.spawn(async move { drop(rt) });
    Threads.block_on(task).unwrap();
    all_are_cancelled(&held, tasks);
}

fn the_owner_dropped_while_a_panic_unwinds(rt: impl Owner) {
    let (held, tasks) = tasks_that_hold_all(&rt);
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let _rt = rt;
        panic!("unwinds");
    }));
    assert!(unwound.is_err());
    all_are_cancelled(&held, tasks);
}

/// The drop does not wait for the poll, and after that poll all other tasks are cancelled.
fn the_owner_dropped_while_a_task_keeps_a_thread(rt: impl Owner) {
    let (held, tasks) = tasks_that_hold_all(&rt);
    rt.spawn(async { thread::sleep(Duration::from_secs(1)) })
        .detach();
    thread::sleep(Duration::from_millis(20));
    let start = Instant::now();
    drop(rt);
    assert!(start.elapsed() < Duration::from_millis(900), "it waits");
    all_are_cancelled(&held, tasks);
}

/// Each handle gives that panic or a cancellation, and the thread that dropped the futures goes on,
/// even if the payload panics when dropped, too.
fn destructors_that_panic_as_the_runtime_goes(rt: impl Owner) {
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            if !thread::panicking() {
                panic_any(Payload);
            }
        }
    }

    struct Payload;

    impl Drop for Payload {
        fn drop(&mut self) {
            assert!(thread::panicking(), "a payload");
        }
    }

    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let bomb = Bomb;
            rt.spawn(async move {
                let _bomb = bomb;
                pending::<()>().await;
            })
        })
        .collect();
    // On a thread that ends, which drops what is left in its thread-locals.
    let dropped = thread::spawn(move || drop(rt)).join();
    assert!(dropped.is_ok(), "the drop panics");
    for task in tasks {
        let error = Threads.block_on(task).unwrap_err();
        std::mem::forget(error);
    }
    let other = dormouse::SmolExecutor::new(0);
    assert_eq!(other.block_on(other.spawn(async { 7 })).unwrap(), 7);
}

fn the_owner_dropped_in_a_task_of_its_own(rt: impl Owner) {
    let (held, tasks) = tasks_that_hold_all(&rt);
    let handle = dormouse::ToHandle::to_handle(&rt);
    let (sender, receiver) = mpsc::channel();
    handle
        .spawn(async move {
            drop(rt);
            sender.send(()).unwrap();
        })
        .detach();
    receiver.recv_timeout(LIMIT).expect("the drop returns");
    all_are_cancelled(&held, tasks);
    assert!(
        Threads
            .block_on(handle.spawn(async {}))
            .unwrap_err()
            .is_cancelled()
    );
}

/// Tasks that hold a handle of their runtime, an interval and a shared value.
fn tasks_that_hold_all<O: Owner>(rt: &O) -> (Arc<()>, Vec<O::Task<()>>) {
    let held = Arc::new(());
    let mut tasks = Vec::new();
    for number in 0..4 {
        let (held, handle) = (Arc::clone(&held), rt.to_handle());
        let mut ticks = interval(rt, Duration::from_millis(1));
        let task = rt.spawn(async move {
            loop {
                let _ = (&held, &handle);
                if number % 2 == 0 {
                    ticks.tick().await;
                } else {
                    handle.sleep(Duration::MAX).await;
                }
            }
        });
        // The value is released in any case: a detached task ends as well.
        if number < 2 {
            tasks.push(task);
        } else {
            task.detach();
        }
    }
    // Some of them begin meanwhile.
    let handle = rt.to_handle();
    rt.block_on(async move { handle.sleep(Duration::from_millis(5)).await });
    (held, tasks)
}

fn all_are_cancelled<T: Task<Value = ()>>(held: &Arc<()>, tasks: Vec<T>) {
    for task in tasks {
        assert!(Threads.block_on(task).unwrap_err().is_cancelled());
    }
    let start = Instant::now();
    while Arc::strong_count(held) > 1 {
        assert!(start.elapsed() < LIMIT, "a task lives on");
        thread::sleep(Duration::from_millis(1));
    }
}

/// None of them runs, although a poll of that runtime goes on.
fn spawns_after_the_owner_was_dropped_in_a_task(rt: impl Owner) {
    let handle = dormouse::ToHandle::to_handle(&rt);
    let spawner = handle.clone();
    let (sender, receiver) = mpsc::channel();
    handle
        .spawn(async move {
            drop(rt);
            for _ in 0..100 {
                let sender = sender.clone();
                let task = spawner.spawn(async move { sender.send(()).unwrap() });
                assert!(task.await.unwrap_err().is_cancelled());
            }
        })
        .detach();
    // It ends when all senders are dropped, with the tasks.
    let ran = receiver.recv_timeout(LIMIT);
    assert_eq!(ran, Err(mpsc::RecvTimeoutError::Disconnected));
}
