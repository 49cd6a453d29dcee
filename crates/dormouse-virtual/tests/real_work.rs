//! The clock waits for real work.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, RwLock, mpsc};
use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, LocalSpawner, Sleeper, SpawnBlocking, Spawner, Task, timeout};
use dormouse_virtual::Virtual;
use futures::channel::oneshot;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
/// Longer than it takes to report a deadlock.
const LONG: Duration = Duration::from_millis(300);

#[test]
fn a_guard_holds_the_clock() {
    let runtime = Virtual::new();
    let (sender, receiver) = oneshot::channel();
    let work = runtime.real_work();
    let thread = thread::spawn(move || {
        thread::sleep(LONG);
        sender.send(42).unwrap();
        drop(work);
    });
    let answer = runtime.block_on(timeout(&runtime, HOUR, receiver));
    assert_eq!(answer, Ok(Ok(42)));
    assert_eq!(runtime.elapsed(), Duration::ZERO);
    thread.join().unwrap();
    // Now the clock moves again.
    runtime.block_on(runtime.sleep(HOUR));
    assert_eq!(runtime.elapsed(), HOUR);
}

#[test]
fn a_guard_keeps_a_deadlock_from_being_reported() {
    let runtime = Virtual::new();
    let (sender, receiver) = oneshot::channel();
    let work = runtime.handle().real_work();
    let thread = thread::spawn(move || {
        thread::sleep(LONG);
        sender.send(42).unwrap();
        drop(work);
    });
    assert_eq!(runtime.try_block_on(receiver).unwrap(), Ok(42));
    thread.join().unwrap();
}

#[test]
fn when_the_work_is_over_a_deadlock_is_one() {
    let runtime = Virtual::new();
    let work = runtime.real_work();
    let thread = thread::spawn(move || {
        thread::sleep(LONG);
        drop(work);
    });
    let deadlock = runtime.try_block_on(std::future::pending::<()>());
    assert!(!deadlock.unwrap_err().is_livelock());
    thread.join().unwrap();
}

#[test]
fn advance_waits_for_real_work() {
    let runtime = Virtual::new();
    let mut work = runtime.spawn_blocking(|| thread::sleep(LONG));
    runtime.advance(HOUR);
    assert_eq!(runtime.elapsed(), HOUR);
    assert!(work.is_finished());
}

#[test]
fn a_closure_holds_the_clock() {
    let runtime = Virtual::new();
    let work = runtime.spawn_blocking(|| {
        thread::sleep(LONG);
        42
    });
    let answer = runtime.block_on(timeout(&runtime, HOUR, work));
    assert_eq!(answer.unwrap().unwrap(), 42);
    assert_eq!(runtime.elapsed(), Duration::ZERO);
}

/// Like any task, it runs without being awaited, and after its handle was dropped.
#[test]
fn a_closure_that_nobody_awaits_holds_the_clock() {
    let runtime = Virtual::new();
    let (sender, receiver) = oneshot::channel();
    let send = move || {
        thread::sleep(LONG);
        sender.send(42).unwrap();
    };
    runtime.spawn_blocking(send).detach();
    let task = runtime.spawn(receiver);
    runtime.block_on(runtime.sleep(HOUR));
    assert_eq!(runtime.block_on(task).unwrap(), Ok(42));
}

#[test]
fn tasks_run_while_a_closure_works() {
    let runtime = Virtual::new();
    let (sender, receiver) = mpsc::channel();
    let work = runtime.spawn_blocking(move || receiver.recv().unwrap());
    let task = runtime.spawn(async move { sender.send(42).unwrap() });
    assert_eq!(runtime.block_on(work).unwrap(), 42);
    runtime.block_on(task).unwrap();
}

#[test]
fn a_panic_in_a_closure_is_its_tasks_panic() {
    let runtime = Virtual::new();
    let work = runtime.spawn_blocking(|| panic!("burnt"));
    let error = runtime.block_on(work).map(|(): ()| ()).unwrap_err();
    assert_eq!(*error.into_panic().downcast_ref::<&str>().unwrap(), "burnt");
    // Nothing holds the clock any more.
    runtime.block_on(runtime.sleep(HOUR));
}

/// All 512 threads are taken by closures that wait, so the last closure has not begun when it is
/// aborted.
#[test]
fn a_closure_that_has_not_begun_can_be_aborted() {
    let runtime = Virtual::new();
    let begun = Arc::new(AtomicUsize::new(0));
    let (senders, tasks): (Vec<_>, Vec<_>) = (0..512)
        .map(|_| {
            let (sender, receiver) = mpsc::channel::<()>();
            let begun = Arc::clone(&begun);
            let task = runtime.spawn_blocking(move || {
                begun.fetch_add(1, SeqCst);
                _ = receiver.recv();
            });
            (sender, task)
        })
        .unzip();
    let late = Arc::clone(&begun);
    let mut last = runtime.spawn_blocking(move || late.fetch_add(1_000, SeqCst));
    last.abort();
    drop(senders);
    assert!(runtime.block_on(last).unwrap_err().is_cancelled());
    for task in tasks {
        runtime.block_on(task).unwrap();
    }
    assert_eq!(begun.load(SeqCst), 512);
}

#[test]
fn a_runtime_that_goes_waits_for_no_closure() {
    let runtime = Virtual::new();
    let (sender, receiver) = mpsc::channel::<()>();
    let (begin, begun) = mpsc::channel();
    let work = runtime.spawn_blocking(move || {
        begin.send(()).unwrap();
        _ = receiver.recv();
        42
    });
    begun.recv().unwrap();
    let guard = runtime.real_work();
    let handle = runtime.handle();
    drop(runtime);
    drop(sender);
    // A closure that has begun runs to its end, and no other one begins.
    assert_eq!(futures::executor::block_on(work).unwrap(), 42);
    let new = handle.spawn_blocking(|| panic!("it is run"));
    assert!(
        futures::executor::block_on(new)
            .map(|(): ()| ())
            .unwrap_err()
            .is_cancelled()
    );
    drop(guard);
    drop(handle.real_work());
}

#[test]
fn a_runtime_that_goes_cancels_the_closures_that_have_not_begun() {
    let runtime = Virtual::new();
    let (senders, first): (Vec<_>, Vec<_>) = (0..512)
        .map(|_| {
            let (sender, receiver) = mpsc::channel::<()>();
            (sender, runtime.spawn_blocking(move || _ = receiver.recv()))
        })
        .unzip();
    let last = runtime.spawn_blocking(|| panic!("it is run"));
    drop(runtime);
    let error = futures::executor::block_on(last).map(|(): ()| ());
    assert!(error.unwrap_err().is_cancelled());
    drop((senders, first));
}

/// A closure that blocks on the runtime does not hold the clock.
#[test]
fn a_closure_may_block_on_its_own_runtime() {
    let runtime = Arc::new(Virtual::new());
    let inside = Arc::clone(&runtime);
    let work = runtime.spawn_blocking(move || {
        inside.block_on(inside.sleep(HOUR));
        inside.handle().advance(HOUR);
        inside.elapsed()
    });
    assert_eq!(runtime.block_on(work).unwrap(), 2 * HOUR);
    assert_eq!(runtime.elapsed(), 2 * HOUR);
}

/// Until it does, its local tasks wait, and others run.
#[test]
fn a_closure_may_block_on_its_own_local_task_later() {
    let runtime = Arc::new(Virtual::new());
    let (sender, receiver) = mpsc::channel();
    let inside = Arc::clone(&runtime);
    let closure = runtime.spawn_blocking(move || {
        let local = inside.spawn_local(async { 42 });
        thread::sleep(LONG);
        receiver.recv().unwrap();
        inside.block_on(local).unwrap()
    });
    let handle = runtime.handle();
    let other = runtime.spawn(async move {
        for _ in 0..10 {
            handle.yield_now().await;
        }
        sender.send(()).unwrap();
    });
    assert_eq!(runtime.block_on(closure).unwrap(), 42);
    runtime.block_on(other).unwrap();
}

#[test]
fn more_closures_than_threads_may_block_on_their_own_runtime() {
    let runtime = Arc::new(Virtual::new());
    let gate = Arc::new(RwLock::new(()));
    let closed = gate.write().unwrap();
    let tasks: Vec<_> = (0..520)
        .map(|_| {
            let (inside, gate) = (Arc::clone(&runtime), Arc::clone(&gate));
            runtime.spawn_blocking(move || {
                drop(gate.read());
                inside.block_on(inside.sleep(HOUR));
            })
        })
        .collect();
    // Now every thread is taken.
    drop(closed);
    for task in tasks {
        runtime.block_on(task).unwrap();
    }
}

/// The guard is dropped with the work, even if that panics.
#[test]
fn work_that_panics_lets_the_clock_go() {
    let runtime = Virtual::new();
    let failed = catch_unwind(AssertUnwindSafe(|| {
        let _work = runtime.real_work();
        panic!("the work has failed");
    }));
    assert!(failed.is_err());
    runtime.block_on(runtime.sleep(HOUR));
}

/// A closure that calls the runtime lets the clock go only once the call has its place in the queue.
#[test]
fn the_clock_does_not_pass_a_closure_that_begins_a_call() {
    let runtime = Arc::new(Virtual::new());
    for round in 1..=2_000 {
        let inside = Arc::clone(&runtime);
        let task = runtime.spawn_blocking(move || {
            if round % 2 == 0 {
                inside.advance(MINUTE);
            } else {
                inside.block_on(inside.sleep(MINUTE));
            }
        });
        let limited = timeout(&*runtime, 24 * HOUR, task);
        assert!(runtime.block_on(limited).is_ok(), "round {round}");
        assert_eq!(runtime.elapsed(), round * MINUTE);
    }
}

/// A guard holds the clock at once, also while another thread moves it.
#[test]
fn a_guard_holds_the_clock_from_its_beginning() {
    let runtime = Virtual::new();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(SeqCst) {
                runtime.advance(MINUTE);
            }
        });
        let held = (0..2_000).all(|_| {
            let _work = runtime.real_work();
            let begun = runtime.elapsed();
            thread::yield_now();
            runtime.elapsed() == begun
        });
        done.store(true, SeqCst);
        assert!(held, "the clock has moved");
    });
}
