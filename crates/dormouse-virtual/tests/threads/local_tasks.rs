//! Local tasks, where the thread that spawned them is not the only one that uses their runtime.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Barrier, mpsc};
use std::thread;

use dormouse_core::{BlockOn, LocalSpawner, Sleeper, Spawner, Task};
use dormouse_virtual::{Virtual, VirtualLocalTask};

use crate::{LONG, SECOND};

/// Each thread has a local task, and either thread may drive.
#[test]
fn local_tasks_of_two_threads_run_each_on_its_own() {
    for _ in 0..100 {
        let runtime = Virtual::new();
        let start = Barrier::new(2);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let task = wait_on(&runtime);
                    start.wait();
                    assert_eq!(*runtime.block_on(task).unwrap(), 42);
                });
            }
        });
        assert_eq!(runtime.elapsed(), SECOND);
    }
}

#[test]
fn a_local_task_driven_elsewhere_is_not_lost() {
    let runtime = Virtual::new();
    let mut line = 0;
    let task = {
        line += line!() + 1;
        runtime.spawn_local(async { 42 })
    };
    thread::scope(|scope| {
        let elsewhere = scope.spawn(|| {
            let blocked = catch_unwind(AssertUnwindSafe(|| runtime.block_on(async {})));
            let payload = blocked.unwrap_err();
            payload.downcast_ref::<String>().unwrap().clone()
        });
        let text = elsewhere.join().unwrap();
        assert!(
            text.contains(&format!("spawned by `spawn_local` at {}:{line}:", file!())),
            "{text}"
        );
        assert!(text.contains("block on the `Virtual` there"), "{text}");
    });
    assert_eq!(runtime.block_on(task).unwrap(), 42);
}

#[test]
fn a_local_task_resolves_if_its_runtime_is_dropped_on_another_thread() {
    let runtime = Virtual::new();
    let (sender, dropped) = mpsc::channel();
    let local = Local::new(sender);
    let task = runtime.spawn_local(async move {
        pending::<()>().await;
        drop(local);
    });
    // One task has been polled, the other one has not.
    _ = runtime.try_block_on(pending::<()>());
    let unpolled = runtime.spawn_local(pending::<()>());
    thread::spawn(move || drop(runtime)).join().unwrap();
    assert!(
        dropped.try_recv().is_err(),
        "its future was dropped elsewhere"
    );
    assert!(
        futures::executor::block_on(task)
            .unwrap_err()
            .is_cancelled()
    );
    assert_eq!(dropped.try_recv(), Ok(thread::current().id()));
    assert!(
        futures::executor::block_on(unpolled)
            .unwrap_err()
            .is_cancelled()
    );
}

/// A task that awaits the handle is woken when the runtime is dropped.
#[test]
fn who_awaits_a_local_task_is_woken_when_its_runtime_goes_elsewhere() {
    let runtime = Virtual::new();
    let task = runtime.spawn_local(pending::<()>());
    let elsewhere = thread::spawn(move || {
        thread::sleep(LONG);
        drop(runtime);
    });
    assert!(
        futures::executor::block_on(task)
            .unwrap_err()
            .is_cancelled()
    );
    elsewhere.join().unwrap();
}

/// If the handle is gone, the future is dropped when its thread next uses a runtime.
#[test]
fn a_detached_local_future_is_dropped_at_the_next_spawn_of_its_thread() {
    let runtime = Virtual::new();
    let (sender, dropped) = mpsc::channel();
    let local = Local::new(sender);
    let waits = async move {
        pending::<()>().await;
        drop(local);
    };
    runtime.spawn_local(waits).detach();
    thread::spawn(move || drop(runtime)).join().unwrap();
    assert!(dropped.try_recv().is_err());
    let other = Virtual::new();
    other.spawn_local(async {}).detach();
    assert_eq!(dropped.try_recv(), Ok(thread::current().id()));
}

/// A call that is lent the turn for a local task moves the clock after the one that lent it.
#[test]
fn a_call_that_only_polls_a_local_task_has_not_begun() {
    let runtime = &Virtual::new();
    let (sender, begun) = mpsc::channel();
    let start = &Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(move || {
            let task = wait_on(runtime);
            runtime.block_on(async {}); // polls the task
            start.wait();
            begun.recv().unwrap();
            runtime.advance(5 * SECOND);
            assert_eq!(*runtime.block_on(task).unwrap(), 42);
        });
        start.wait();
        runtime
            .spawn(async move { sender.send(()).unwrap() })
            .detach();
        runtime.advance(10 * SECOND);
    });
    assert_eq!(runtime.elapsed(), 15 * SECOND);
}

#[test]
fn a_local_task_goes_with_its_thread() {
    let runtime = Virtual::new();
    let task = thread::scope(|scope| {
        let spawning = scope.spawn(|| {
            let shared = Rc::new(());
            runtime.spawn_local(async move {
                pending::<()>().await;
                drop(shared);
            })
        });
        spawning.join().unwrap()
    });
    // The future was dropped with its thread, so nothing has to poll it.
    assert!(runtime.block_on(task).unwrap_err().is_cancelled());
    let deadlock = runtime.try_block_on(pending::<()>()).unwrap_err();
    assert!(deadlock.tasks().is_empty());
}

fn wait_on(runtime: &Virtual) -> VirtualLocalTask<Rc<u8>> {
    let shared = Rc::new(42);
    let sleep = runtime.sleep(SECOND);
    runtime.spawn_local(async move {
        sleep.await;
        shared
    })
}

/// A value that reports on which thread it is dropped, and is not `Send`.
struct Local {
    _stays: Rc<()>,
    dropped: mpsc::Sender<thread::ThreadId>,
}

impl Local {
    fn new(dropped: mpsc::Sender<thread::ThreadId>) -> Self {
        let _stays = Rc::default();
        Self { _stays, dropped }
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        _ = self.dropped.send(thread::current().id());
    }
}
