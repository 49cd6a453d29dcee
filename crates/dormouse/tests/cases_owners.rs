//! Owners and handles: cases A8, A9, A13, A19, A20, A21 and A26, and variants of them.

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::Pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse::{
    AbortOnDrop, BlockOn, CompioRuntime, FuturesLocal, LocalSpawner, Sleeper, SmolLocal, Spawner,
    Task, Threads, TokioLocal, TokioRuntime, interval, measure_time, task_wait_n, timeout, wait_n,
};

use crate::child::Owner;

#[path = "harness/child.rs"]
mod child;

cases_of_owners! {
    a8_a_task_that_holds_an_interval_and_a_handle
    a8_the_owner_dropped_inside_of_other_runtimes
    a8_the_owner_dropped_while_a_panic_unwinds
    a8_the_owner_dropped_while_a_task_keeps_a_thread
    a8_destructors_that_panic_as_the_runtime_goes
    a19_what_waits_when_its_runtime_is_gone
    a19_a_sleep_that_was_polled_there_before
}

cases! { {
    tokio: dormouse::TokioRuntime::multi_thread(2),
    tokio_one_worker: dormouse::TokioRuntime::multi_thread(1),
    smol: dormouse::SmolExecutor::new(2),
    smol_one_thread: dormouse::SmolExecutor::new(1),
    futures: dormouse::FuturesPool::new(2),
    futures_one_thread: dormouse::FuturesPool::new(1),
    any_smol: dormouse::AnyRuntime::new(dormouse::SmolExecutor::new(1)),
} a8_the_owner_dropped_in_a_task_of_its_own }

cases_everywhere! {
    a9_a_handle_polled_after_it_has_resolved
    a20_block_on_inside_of_itself
    a20_block_on_inside_of_destructors
    a20_block_on_where_it_is_allowed
    a21_what_a_cancelled_task_held_is_free
}

fn a8_a_task_that_holds_an_interval_and_a_handle(rt: impl Owner) {
    let (held, tasks) = tasks_that_hold_all(&rt);
    drop(rt);
    all_are_cancelled(&held, tasks);
}

fn a8_the_owner_dropped_inside_of_other_runtimes(rt: impl Owner) {
    let (held, tasks) = tasks_that_hold_all(&rt);
    // In a task of one runtime, inside the `block_on` of another.
    let outer = TokioRuntime::multi_thread(1);
    let task = outer.spawn(async move { drop(rt) });
    Threads.block_on(task).unwrap();
    all_are_cancelled(&held, tasks);
}

fn a8_the_owner_dropped_while_a_panic_unwinds(rt: impl Owner) {
    let (held, tasks) = tasks_that_hold_all(&rt);
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let _rt = rt;
        panic!("unwinds");
    }));
    assert!(unwound.is_err());
    all_are_cancelled(&held, tasks);
}

/// The drop does not wait for the poll, and after that poll all other tasks are cancelled.
fn a8_the_owner_dropped_while_a_task_keeps_a_thread(rt: impl Owner) {
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
fn a8_destructors_that_panic_as_the_runtime_goes(rt: impl Owner) {
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

fn a8_the_owner_dropped_in_a_task_of_its_own(rt: impl Owner) {
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

fn a9_a_handle_polled_after_it_has_resolved(rt: impl Owner) {
    let mut value = rt.spawn(async { 42 });
    assert_eq!(rt.block_on(&mut value).unwrap(), 42);
    panics_when_polled(&mut value);
    assert!(value.is_finished());
    value.abort();
    panics_when_polled(&mut value);

    let mut cancelled = AbortOnDrop::new(rt.spawn(pending::<()>()));
    cancelled.abort();
    assert!(rt.block_on(&mut cancelled).unwrap_err().is_cancelled());
    panics_when_polled(&mut cancelled);

    let mut panicked = rt.spawn(async { panic!("burnt") });
    let result: Result<(), _> = rt.block_on(&mut panicked);
    assert!(result.unwrap_err().is_panic());
    panics_when_polled(&mut panicked);

    let mut closure = rt.spawn_blocking(|| 42);
    assert_eq!(rt.block_on(&mut closure).unwrap(), 42);
    panics_when_polled(&mut closure);
}

fn a19_what_waits_when_its_runtime_is_gone(rt: impl Owner) {
    let limit = Duration::from_millis(30);
    let handle = dormouse::ToHandle::to_handle(&rt);
    // tokio's ambient functions need a context to make a future, not to poll it.
    let start = Instant::now();
    let sleep = rt.sleep(limit);
    let mut ticks = interval(&rt, limit);
    let waits = wait_n(&rt, 5, limit);
    let limited = timeout(&rt, limit, pending::<()>());
    drop(rt);
    let late = handle.sleep(limit);
    let lost = task_wait_n(&handle, 5, limit);
    Threads.block_on(async {
        sleep.await;
        assert!(start.elapsed() >= limit);
        ticks.tick().await;
        ticks.tick().await;
        assert_eq!(waits.await.len(), 5);
        assert!(limited.await.is_err());
        late.await;
    });
    // The tasks are cancelled, and so it panics, with a message about that.
    let payload = catch_unwind(AssertUnwindSafe(|| Threads.block_on(lost))).unwrap_err();
    assert!(
        text(&*payload).contains("was cancelled"),
        "{}",
        text(&*payload)
    );
    assert!(start.elapsed() < Duration::from_secs(5));
}

fn a19_a_sleep_that_was_polled_there_before(rt: impl Owner) {
    let limit = Duration::from_millis(50);
    let start = Instant::now();
    let mut sleep = Box::pin(rt.sleep(limit));
    rt.block_on(async {
        let mut cx = Context::from_waker(Waker::noop());
        assert!(sleep.as_mut().poll(&mut cx).is_pending());
    });
    // Awaited in a task of another runtime when its own is dropped.
    let other = dormouse::SmolExecutor::new(1);
    let task = other.spawn(async move {
        sleep.await;
        start.elapsed()
    });
    thread::sleep(Duration::from_millis(10));
    drop(rt);
    let took = Threads.block_on(task).unwrap();
    assert!(took >= limit && took < Duration::from_secs(5), "{took:?}");
}

fn a20_block_on_inside_of_itself(rt: impl Owner) {
    let rt = Arc::new(rt);
    let inner = Arc::clone(&rt);
    let task = rt.spawn(async move {
        refused(|| inner.block_on(async {}));
        refused(|| _ = measure_time(&*inner, 1, Duration::ZERO));
        refused(|| Threads.block_on(async {}));
        refused(|| TokioRuntime::current_thread().block_on(async {}));
        refused(|| dormouse::Smol.block_on(async {}));
        refused(|| CompioRuntime::new().block_on(async {}));
        drop(inner);
    });
    rt.block_on(task).unwrap();
    rt.block_on(async {
        refused(|| rt.block_on(async {}));
        refused(|| _ = measure_time(&*rt, 1, Duration::ZERO));
        refused(|| Threads.block_on(async {}));
    });
    assert_eq!(rt.block_on(async { 42 }), 42);
}

fn a20_block_on_inside_of_destructors(rt: impl Owner) {
    /// Blocks in its destructor, and tells that this was refused.
    struct Blocks<O: Owner>(Arc<O>, mpsc::Sender<()>);

    impl<O: Owner> Drop for Blocks<O> {
        fn drop(&mut self) {
            refused(|| self.0.block_on(async {}));
            refused(|| Threads.block_on(async {}));
            refused(|| TokioRuntime::current_thread().block_on(async {}));
            self.1.send(()).unwrap();
        }
    }

    let rt = Arc::new(rt);
    let (sender, receiver) = mpsc::channel();
    let blocks = || Blocks(Arc::clone(&rt), sender.clone());
    // In a future that is aborted before its first poll, or while it waits.
    for wait in [Duration::ZERO, Duration::from_millis(20)] {
        let inside = blocks();
        let mut task = rt.spawn(async move {
            let _inside = inside;
            pending::<()>().await;
        });
        rt.block_on(rt.sleep(wait));
        task.abort();
        assert!(rt.block_on(task).unwrap_err().is_cancelled());
        receiver.try_recv().unwrap();
    }
    // In an output that nobody reads.
    let inside = blocks();
    rt.spawn(async { inside }).detach();
    rt.block_on(async {
        let start = Instant::now();
        while receiver.try_recv().is_err() {
            assert!(start.elapsed() < LIMIT, "it has hung, or was not refused");
            rt.sleep(Duration::from_millis(2)).await;
        }
    });
    // In an output that is there, and whose handle is dropped.
    let inside = blocks();
    let mut task = rt.spawn(async { inside });
    rt.block_on(async {
        while !task.is_finished() {
            rt.sleep(Duration::from_millis(2)).await;
        }
    });
    drop(task);
    receiver.try_recv().unwrap();
}

fn a20_block_on_where_it_is_allowed(rt: impl Owner) {
    let rt = Arc::new(rt);
    let inner = Arc::clone(&rt);
    let closure = rt.spawn_blocking(move || {
        let there = Threads.block_on(async { 20 });
        there + inner.block_on(async { 22 })
    });
    // The runtime is driven while the closure runs.
    assert_eq!(rt.block_on(closure).unwrap(), 42);
    let other = thread::spawn(|| Threads.block_on(async { 42 }));
    assert_eq!(other.join().unwrap(), 42);
}

fn a21_what_a_cancelled_task_held_is_free(rt: impl Owner) {
    for _ in 0..50 {
        let held = Arc::new(());
        let inside = Arc::clone(&held);
        let task = AbortOnDrop::new(rt.spawn(async move {
            pending::<()>().await;
            drop(inside);
        }));
        assert!(rt.block_on(task.cancel()).unwrap_err().is_cancelled());
        assert_eq!(Arc::strong_count(&held), 1);
    }
}

/// The handle of a local task resolves wherever its runtime is dropped.
macro_rules! local_cases {
    ($($name:ident: $make:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn a13_the_runtime_dropped_inside_of_others() {
                let name = concat!(module_path!(), "::a13_the_runtime_dropped_inside_of_others");
                child::run(name, || {
                    for place in 0..4 {
                        let rt = $make;
                        let mut task = rt.spawn_local(pending::<()>());
                        let polled = rt.spawn_local(pending::<()>());
                        rt.block_on(async { rt.sleep(Duration::from_millis(1)).await });
                        match place {
                            0 => drop(rt),
                            1 => Threads.block_on(async { drop(rt) }),
                            2 => TokioRuntime::new().block_on(async { drop(rt) }),
                            _ => {
                                let unwound = catch_unwind(AssertUnwindSafe(|| {
                                    let _rt = rt;
                                    panic!("unwinds");
                                }));
                                assert!(unwound.is_err());
                            }
                        }
                        task.abort();
                        assert!(Threads.block_on(task).unwrap_err().is_cancelled());
                        assert!(Threads.block_on(polled).unwrap_err().is_cancelled());
                    }
                });
            }

            #[test]
            fn a13_the_runtime_dropped_by_the_panic_that_ends_its_thread() {
                let name = concat!(
                    module_path!(),
                    "::a13_the_runtime_dropped_by_the_panic_that_ends_its_thread"
                );
                child::run(name, || {
                    let held = Arc::new(());
                    let inside = Arc::clone(&held);
                    let ended = thread::spawn(move || {
                        let rt = $make;
                        rt.spawn_local(async move {
                            pending::<()>().await;
                            drop(inside);
                        })
                        .detach();
                        panic!("ends the thread");
                    });
                    assert!(ended.join().is_err());
                    assert_eq!(Arc::strong_count(&held), 1);
                });
            }

            #[test]
            fn a8_a_task_that_holds_a_handle() {
                let name = concat!(module_path!(), "::a8_a_task_that_holds_a_handle");
                child::run(name, || {
                    let held = Arc::new(());
                    let rt = $make;
                    let (inside, handle) = (Arc::clone(&held), rt.handle());
                    let mut ticks = interval(&rt, Duration::from_millis(1));
                    rt.spawn_local(async move {
                        loop {
                            ticks.tick().await;
                            let _ = (&inside, &handle);
                        }
                    })
                    .detach();
                    rt.block_on(async { rt.sleep(Duration::from_millis(5)).await });
                    let handle = rt.handle();
                    drop(rt);
                    assert_eq!(Arc::strong_count(&held), 1);
                    let task = handle.spawn_local(async {});
                    assert!(Threads.block_on(task).unwrap_err().is_cancelled());
                });
            }

            #[test]
            fn a9_a_handle_polled_after_it_has_resolved() {
                let name = concat!(module_path!(), "::a9_a_handle_polled_after_it_has_resolved");
                child::run(name, || {
                    let rt = $make;
                    let mut task = rt.spawn_local(async { 42 });
                    assert_eq!(rt.block_on(&mut task).unwrap(), 42);
                    panics_when_polled(&mut task);
                });
            }

            #[test]
            fn a5_a_destructor_that_panics_on_abort() {
                let name = concat!(module_path!(), "::a5_a_destructor_that_panics_on_abort");
                child::run(name, || {
                    struct Bomb;

                    impl Drop for Bomb {
                        fn drop(&mut self) {
                            if !thread::panicking() {
                                panic!("a bomb");
                            }
                        }
                    }

                    let rt = $make;
                    let mut task = rt.spawn_local(async {
                        let _bomb = Bomb;
                        pending::<()>().await;
                    });
                    rt.block_on(async { rt.sleep(Duration::from_millis(2)).await });
                    task.abort();
                    assert!(rt.block_on(task).unwrap_err().is_panic());
                    rt.spawn_local(async { Bomb }).detach();
                    assert_eq!(rt.block_on(rt.spawn_local(async { 1 })).unwrap(), 1);
                    rt.block_on(async { rt.sleep(Duration::from_millis(2)).await });
                });
            }
        }
    )*};
}

local_cases! {
    tokio_local: TokioLocal::new();
    smol_local: SmolLocal::new();
    futures_local: FuturesLocal::new();
    compio: CompioRuntime::new();
}

/// A handle may be kept in a type that must be `Sync`.
#[test]
fn a26_handles_are_sync() {
    fn sync<T: Send + Sync>() {}
    sync::<dormouse::TokioTask<u8>>();
    sync::<dormouse::SmolTask<u8>>();
    sync::<dormouse::SmolBlockingTask<u8>>();
    sync::<dormouse::AsyncStdTask<u8>>();
    sync::<dormouse::AsyncStdBlockingTask<u8>>();
    sync::<dormouse::FuturesTask<u8>>();
    sync::<dormouse::ThreadsTask<u8>>();
    sync::<dormouse::AnyTask<u8>>();
    sync::<AbortOnDrop<dormouse::SmolTask<u8>>>();
    // Even if the value is `Send` and not `Sync`.
    sync::<dormouse::TokioTask<std::cell::Cell<u8>>>();
    sync::<dormouse::SmolTask<std::cell::Cell<u8>>>();
    sync::<dormouse::AsyncStdTask<std::cell::Cell<u8>>>();
    sync::<dormouse::FuturesTask<std::cell::Cell<u8>>>();
    sync::<dormouse::AnyTask<std::cell::Cell<u8>>>();
}

/// A18, for hyper's timers: the sleeps are `Sync`.
#[test]
fn a18_sleeps_are_sync() {
    fn sync<R: dormouse::Runtime>() {}
    sync::<dormouse::AnyHandle>();
    sync::<dormouse::TokioHandle>();
    sync::<dormouse::Tokio>();
    sync::<dormouse::SmolHandle>();
    sync::<dormouse::AsyncStd>();
    sync::<dormouse::FuturesHandle>();
    sync::<Threads>();
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

fn panics_when_polled<T: Task>(task: &mut T) {
    let poll = catch_unwind(AssertUnwindSafe(|| {
        let mut cx = Context::from_waker(Waker::noop());
        matches!(Pin::new(&mut *task).poll(&mut cx), Poll::Ready(_))
    }));
    let payload = poll.unwrap_err();
    let text = text(&*payload);
    assert!(text.contains("polled after it had resolved"), "{text}");
}

fn refused(block: impl FnOnce()) {
    let payload = catch_unwind(AssertUnwindSafe(block)).unwrap_err();
    let text = text(&*payload);
    assert!(
        text.contains("::block_on` inside of a task or of another `block_on`"),
        "{text}"
    );
}

fn text(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no text")
}

const LIMIT: Duration = Duration::from_secs(20);
