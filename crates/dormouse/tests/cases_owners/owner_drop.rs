//! Owners dropped in tasks of their own.

use std::sync::mpsc;

use dormouse::{Spawner, Task};
use dormouse_conformance::cases::owner_drop::an_owner_can_go_in_a_task_of_its_own;

use crate::child::Owner;
use crate::{LIMIT, cases};

cases! { {
    tokio: dormouse::TokioRuntime::multi_thread(2),
    tokio_one_worker: dormouse::TokioRuntime::multi_thread(1),
    smol: dormouse::SmolExecutor::new(2),
    smol_one_thread: dormouse::SmolExecutor::new(1),
    futures: dormouse::FuturesPool::new(2),
    futures_one_thread: dormouse::FuturesPool::new(1),
    any_smol: dormouse::AnyRuntime::new(dormouse::SmolExecutor::new(1)),
} the_owner_dropped_in_a_task_of_its_own spawns_after_the_owner_was_dropped_in_a_task }

fn the_owner_dropped_in_a_task_of_its_own(rt: impl Owner) {
    an_owner_can_go_in_a_task_of_its_own(rt.to_handle(), rt);
}

/// None of them runs, although a poll of that runtime goes on.
fn spawns_after_the_owner_was_dropped_in_a_task(rt: impl Owner) {
    let handle = rt.to_handle();
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
