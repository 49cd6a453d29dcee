//! Wake-ups: by other threads, while a panic unwinds there or nobody drives the runtime, and by timers.

use std::cell::Cell;
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use compio_runtime::Runtime;
use dormouse_compio::CompioRuntime;
use dormouse_core::adapter::AlarmSleep;
use dormouse_core::{
    AbortOnDrop, BlockOn, Coalesced, LocalSpawner, Sleeper, SpawnBlocking, Task, timeout,
};
use futures::channel::oneshot;

const SHORT: Duration = Duration::from_millis(2);
const LONG: Duration = Duration::from_secs(5);

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
        futures::executor::block_on(sleep);
        tell.send(()).unwrap();
    });
    told.recv_timeout(Duration::from_secs(10)).expect("it ends");
}

/// compio wakes its timers while it has them borrowed.
#[test]
fn a_waker_of_a_coalesced_sleep_may_use_sleeps_of_compio() {
    thread_local!(static SLEPT: Cell<Option<bool>> = const { Cell::new(None) });

    struct Sleeps;

    impl Wake for Sleeps {
        fn wake(self: Arc<Self>) {
            let slept = catch_unwind(|| {
                let mut sleep = Box::pin(CompioRuntime::new().sleep(Duration::from_secs(1)));
                let _ = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            });
            SLEPT.set(Some(slept.is_ok()));
        }
    }

    let runtime = CompioRuntime::new();
    let coalesced = Coalesced::new_local(runtime.handle());
    runtime.block_on(async {
        let mut sleep = Box::pin(coalesced.sleep(SHORT));
        let waker = Waker::from(Arc::new(Sleeps));
        let _ = sleep.as_mut().poll(&mut Context::from_waker(&waker));
        while SLEPT.get().is_none() {
            runtime.sleep(SHORT).await;
        }
    });
    assert_eq!(SLEPT.get(), Some(true));
}

/// compio drops a task that it has not polled yet where a panic ends the process.
#[test]
fn a_waker_whose_drop_panics_as_the_runtime_goes_ends_no_process() {
    struct Panics;

    impl Wake for Panics {
        fn wake(self: Arc<Self>) {}
    }

    impl Drop for Panics {
        fn drop(&mut self) {
            DROPPED.set(true);
            panic!("the destructor of a waker");
        }
    }

    thread_local!(static DROPPED: Cell<bool> = const { Cell::new(false) });

    let runtime = CompioRuntime::new();
    let mut sleep = Box::pin(runtime.sleep(10 * SHORT));
    // More than compio polls at a time, so that the task which is to wake is not reached.
    for _ in 0..200 {
        let busy = poll_fn(|cx| {
            cx.waker().wake_by_ref();
            Poll::<()>::Pending
        });
        runtime.spawn_local(busy).detach();
    }
    let mut armed = false;
    runtime.block_on(poll_fn(|cx| {
        if armed {
            return Poll::Ready(());
        }
        armed = true;
        let waker = Waker::from(Arc::new(Panics));
        assert!(
            sleep
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        drop(waker);
        cx.waker().wake_by_ref();
        thread::sleep(20 * SHORT);
        Poll::Pending
    }));
    assert!(!DROPPED.get());
    drop(runtime);
    assert!(DROPPED.get());
}

/// compio destroys all tasks of a runtime, also our own, if a panic leaves its `block_on`.
#[test]
fn other_threads_wake_tasks_after_a_panic_of_another_clone() {
    let clone = Runtime::new().unwrap();
    let runtime = CompioRuntime::from(clone.clone());
    let panics = || clone.block_on(async { panic!("of the other clone") });
    catch_unwind(AssertUnwindSafe(panics)).unwrap_err();
    let (sender, receiver) = oneshot::channel();
    let task = runtime.spawn_local(receiver);
    thread::spawn(|| {
        thread::sleep(10 * SHORT);
        sender.send(42).unwrap();
    });
    let task = timeout(&runtime, LONG, task);
    assert_eq!(runtime.block_on(task).unwrap().unwrap(), Ok(42));
}

/// The owner's tasks end with it, also if another clone of its runtime goes on.
#[test]
fn what_another_clone_of_the_runtime_drives_is_not_of_the_owner() {
    let clone = Runtime::new().unwrap();
    let runtime = CompioRuntime::from(clone.clone());
    let (sender, receiver) = oneshot::channel();
    let task = runtime.spawn_local(receiver);
    runtime.block_on(runtime.sleep(SHORT)); // It waits.
    drop(runtime);
    assert_eq!(sender.send(42), Err(42), "its future is dropped");
    assert!(clone.block_on(task).unwrap_err().is_cancelled());
    assert_eq!(clone.block_on(async { 42 }), 42);
}
