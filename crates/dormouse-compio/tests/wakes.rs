//! Tasks that other threads wake: while a panic unwinds there, and while nobody drives the runtime.

use std::future::pending;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use dormouse_compio::CompioRuntime;
use dormouse_core::adapter::AlarmSleep;
use dormouse_core::{AbortOnDrop, BlockOn, LocalSpawner, Sleeper, SpawnBlocking, Task};
use futures::channel::oneshot;

const SHORT: Duration = Duration::from_millis(2);

#[test]
fn a_panic_that_wakes_a_task_ends_no_process() {
    let runtime = CompioRuntime::new();
    let tasks: Vec<_> = (0..3)
        .map(|number| {
            let (sender, receiver) = oneshot::channel::<()>();
            let waits = runtime.spawn_local(async { receiver.await.is_err() });
            runtime.block_on(runtime.sleep(SHORT)); // It waits.
            let panics = move || {
                let _sender = sender;
                panic!("in a closure, and on a thread: {number}");
            };
            if number == 0 {
                drop(runtime.spawn_blocking(panics));
            } else {
                drop(thread::spawn(panics));
            }
            waits
        })
        .collect();
    for task in tasks {
        assert!(runtime.block_on(task).unwrap());
    }

    let (sender, receiver) = oneshot::channel::<()>();
    thread::spawn(move || {
        let _sender = sender;
        panic!("a thread that wakes the root");
    });
    assert!(runtime.block_on(receiver).is_err());
}

#[test]
fn a_panic_that_aborts_a_task_ends_no_process() {
    let runtime = CompioRuntime::new();
    let task = AbortOnDrop::new(runtime.spawn_local(pending::<()>()));
    runtime.block_on(runtime.sleep(SHORT));
    let panics = thread::spawn(move || {
        let _task = task;
        panic!("a thread");
    });
    assert!(panics.join().is_err());
}

#[test]
fn wakes_of_a_runtime_that_rests_return() {
    let runtime = CompioRuntime::new();
    let mut tasks: Vec<_> = (0..1_000)
        .map(|_| runtime.spawn_local(pending::<()>()))
        .collect();
    runtime.block_on(runtime.sleep(SHORT));
    let (tell, told) = channel();
    thread::spawn(move || {
        for task in &mut tasks {
            task.abort();
            task.abort();
        }
        tell.send(tasks).unwrap();
    });
    let tasks = told
        .recv_timeout(Duration::from_secs(10))
        .expect("an abort returns");
    for task in tasks {
        assert!(runtime.block_on(task).unwrap_err().is_cancelled());
    }
}

#[test]
fn a_runtime_that_rests_delays_no_other_timer() {
    let runtime = CompioRuntime::new();
    for _ in 0..200 {
        let sleep = AlarmSleep::until(Instant::now() + Duration::from_millis(20));
        runtime.spawn_local(sleep).detach();
    }
    runtime.block_on(runtime.sleep(SHORT)); // Each has been polled.
    let (tell, told) = channel();
    thread::spawn(move || {
        let sleep = AlarmSleep::until(Instant::now() + Duration::from_millis(60));
        tell.send(futures::executor::block_on(sleep)).unwrap();
    });
    told.recv_timeout(Duration::from_secs(10)).expect("it ends");
}
