//! Threads that block on one runtime or move its clock take turns.

use std::future::pending;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, Sleeper, Spawner, Task, interval};
use dormouse_virtual::Virtual;
use futures::channel::oneshot;

use crate::{LONG, SECOND};

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
    // Until the second thread is there, however long the system takes to start it.
    let starts = runtime.real_work();
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
                drop(starts);
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

/// A call that waited for its turn leaves no place in the queue: the order is shuffled as before.
#[test]
fn a_call_that_has_waited_leaves_the_queue_as_it_was() {
    let runtime = Virtual::seeded(7);
    let (begin, begun) = mpsc::channel();
    let waits = async move {
        begin.send(()).unwrap();
        thread::sleep(LONG);
    };
    runtime.spawn(waits).detach();
    thread::scope(|scope| {
        scope.spawn(|| runtime.advance(SECOND));
        begun.recv().unwrap();
        runtime.advance(SECOND);
    });
    assert_eq!(runtime.elapsed(), 2 * SECOND);
    let order = Arc::new(Mutex::new(Vec::new()));
    for number in 0..20 {
        let order = Arc::clone(&order);
        let task = runtime.spawn(async move { order.lock().unwrap().push(number) });
        task.detach();
    }
    runtime.advance(SECOND);
    let order = order.lock().unwrap();
    assert!(order.len() == 20 && !order.is_sorted(), "{order:?}");
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
