//! One runtime, several threads.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, LocalSpawner, Sleeper, Spawner, Task, interval};
use dormouse_virtual::{Virtual, VirtualLocalTask};
use futures::channel::oneshot;

const SECOND: Duration = Duration::from_secs(1);
/// Longer than it takes to report a deadlock.
const LONG: Duration = Duration::from_millis(300);

/// The second thread waits for its turn, and its future wakes that of the first.
#[test]
fn a_thread_that_waits_for_its_turn_is_no_deadlock() {
    for _ in 0..100 {
        let runtime = Virtual::new();
        let (sender, receiver) = oneshot::channel();
        thread::scope(|scope| {
            let first = scope.spawn(|| runtime.try_block_on(receiver));
            scope.spawn(|| {
                runtime.block_on(async {
                    runtime.sleep(SECOND).await;
                    sender.send(42).unwrap();
                });
            });
            assert_eq!(first.join().unwrap().unwrap(), Ok(42));
        });
    }
}

/// Neither thread can go on without the other, many times.
#[test]
fn two_threads_hand_the_turn_to_and_fro() {
    let runtime = Virtual::new();
    let (to_first, mut first) = futures::channel::mpsc::unbounded();
    let (to_second, mut second) = futures::channel::mpsc::unbounded();
    thread::scope(|scope| {
        let runtime = &runtime;
        scope.spawn(move || {
            runtime.block_on(async {
                use futures::StreamExt;
                for number in 0..1_000 {
                    to_second.unbounded_send(number).unwrap();
                    assert_eq!(first.next().await, Some(number));
                }
            });
        });
        scope.spawn(move || {
            runtime.block_on(async {
                use futures::StreamExt;
                for number in 0..1_000 {
                    assert_eq!(second.next().await, Some(number));
                    runtime.sleep(SECOND).await;
                    to_first.unbounded_send(number).unwrap();
                }
            });
        });
    });
    assert_eq!(runtime.elapsed(), 1_000 * SECOND);
}

#[test]
fn all_threads_stalled_are_a_deadlock_for_each() {
    let runtime = Virtual::new();
    thread::scope(|scope| {
        let blocked: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| runtime.try_block_on(pending::<()>())))
            .collect();
        for thread in blocked {
            assert!(!thread.join().unwrap().unwrap_err().is_livelock());
        }
    });
}

#[test]
fn a_thread_that_advances_gets_its_turn_from_one_that_is_blocked() {
    let runtime = Virtual::new();
    let (sender, receiver) = oneshot::channel::<()>();
    let start = Barrier::new(2);
    thread::scope(|scope| {
        let blocked = scope.spawn(|| {
            runtime.block_on(async {
                start.wait();
                receiver.await
            })
        });
        start.wait();
        runtime.handle().advance(5 * SECOND);
        assert_eq!(runtime.elapsed(), 5 * SECOND);
        sender.send(()).unwrap();
        blocked.join().unwrap().unwrap();
    });
}

/// The driver waits for real work, which ends in the future of the other thread.
#[test]
fn a_driver_that_waits_for_real_work_hands_over_its_turn() {
    let runtime = Virtual::new();
    let work = runtime.real_work();
    thread::scope(|scope| {
        let blocked = scope.spawn(|| runtime.block_on(runtime.sleep(SECOND)));
        thread::sleep(LONG);
        runtime.block_on(async { drop(work) });
        blocked.join().unwrap();
    });
    assert_eq!(runtime.elapsed(), SECOND);
}

fn wait_on(runtime: &Virtual) -> VirtualLocalTask<Rc<u8>> {
    let shared = Rc::new(42);
    let sleep = runtime.sleep(SECOND);
    runtime.spawn_local(async move {
        sleep.await;
        shared
    })
}

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

/// They take turns with each other, and with a thread that blocks.
#[test]
fn calls_of_several_threads_move_the_clock_one_after_the_other() {
    let runtime = Virtual::new();
    let handle = runtime.handle();
    let ticks = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&ticks);
    runtime
        .spawn(async move {
            let mut interval = interval(&handle, Duration::from_millis(10));
            loop {
                interval.tick().await;
                seen.fetch_add(1, Relaxed);
            }
        })
        .detach();
    let barrier = Barrier::new(3);
    let advance = || {
        barrier.wait();
        (0..1_000).for_each(|_| runtime.advance(Duration::from_millis(7)));
    };
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(advance);
        }
    });
    assert_eq!(runtime.elapsed(), 3 * 7 * SECOND);
    assert_eq!(ticks.load(Relaxed), 3 * 700 + 1);
    thread::scope(|scope| {
        scope.spawn(advance);
        scope.spawn(advance);
        scope.spawn(|| {
            barrier.wait();
            runtime.block_on(runtime.sleep(5 * SECOND));
        });
    });
    assert!(runtime.elapsed() >= 5 * 7 * SECOND);
}

/// The runtime is dropped on another thread than the driver's: no call hangs.
#[test]
fn a_runtime_dropped_while_a_handle_drives_it_ends() {
    let runtime = Virtual::new();
    let handle = runtime.handle();
    let (begin, begun) = mpsc::channel();
    let (end, ended) = mpsc::channel::<()>();
    let ended = Mutex::new(ended);
    let task = runtime.spawn(async move {
        begin.send(()).unwrap();
        _ = ended.lock().unwrap().recv();
        pending::<()>().await;
    });
    let driving = thread::spawn(move || handle.advance(SECOND));
    begun.recv().unwrap();
    // While the task is being polled.
    drop(runtime);
    end.send(()).unwrap();
    driving.join().unwrap();
    assert!(
        futures::executor::block_on(task)
            .unwrap_err()
            .is_cancelled()
    );
}

#[test]
fn owner_handle_and_tasks_go_to_any_thread() {
    fn any_thread<T: Send + Sync + 'static>(_: &T) {}
    let runtime = Virtual::new();
    any_thread(&runtime);
    any_thread(&runtime.handle());
    any_thread(&runtime.sleep(SECOND));
    any_thread(&runtime.spawn(async { 42 }));
    any_thread(&runtime.spawn_local(async { 42 }));
    any_thread(&dormouse_core::SpawnBlocking::spawn_blocking(
        &runtime,
        || 42,
    ));
    any_thread(&runtime.real_work());
    let shared = Arc::new(runtime);
    any_thread(&shared);
}
