//! Virtual time: livelocks, a clock moved by two threads, dropped runtimes, and real work.
#![cfg(feature = "virtual")]

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use dormouse::{
    BlockOn, Coalesced, LocalSpawner, Sleeper, SpawnBlocking, Spawner, Task, Threads, Virtual,
    interval, timeout,
};
use futures::channel::oneshot;

#[path = "harness/child.rs"]
mod child;

macro_rules! tests {
    ($($test:ident)*) => {$(
        mod $test {
            #[test]
            fn virtual_time() {
                let name = concat!(module_path!(), "::virtual_time");
                crate::child::run(name, || {
                    // The child runs this on a test's thread, which may end by a panic.
                    super::$test();
                });
            }
        }
    )*};
}

tests! {
    a_timeout_around_sleeps_of_no_time_as_written
    a_timeout_around_sleeps_of_no_time_is_a_livelock
    a_task_that_wakes_itself_is_a_livelock
    the_clock_never_goes_back
    an_advance_inside_of_an_advance_of_another_thread
    a_local_task_whose_runtime_is_dropped_on_another_thread
    a_handle_awaited_while_the_runtime_goes
    a_closure_that_blocks_holds_the_clock
    real_work_that_is_announced_holds_the_clock
    a_far_sleep_is_no_deadlock
    two_threads_on_one_runtime
    a_thread_that_waits_for_a_task_of_the_other
    kept_sleeps_are_no_deadlock
}

fn a_timeout_around_sleeps_of_no_time_as_written() {
    let runtime = Virtual::new();
    let handle = runtime.handle();
    let task = runtime.spawn(async move {
        let busy = async {
            loop {
                handle.sleep(Duration::ZERO).await;
            }
        };
        let result: Result<(), _> = timeout(&handle, Duration::from_millis(10), busy).await;
        assert!(result.is_err());
    });
    let ended = catch_unwind(AssertUnwindSafe(|| runtime.block_on(task)));
    let words = match ended {
        Err(payload) => text(&*payload).to_owned(),
        Ok(result) => result.unwrap_err().to_string(),
    };
    assert!(
        words.contains("cases_virtual.rs"),
        "the spawn sites: {words}"
    );
}

fn a_timeout_around_sleeps_of_no_time_is_a_livelock() {
    let runtime = Virtual::new();
    let handle = runtime.handle();
    let task = runtime.spawn(async move {
        let busy = async {
            loop {
                handle.sleep(Duration::ZERO).await;
                handle.yield_now().await;
            }
        };
        let result: Result<(), _> = timeout(&handle, Duration::from_millis(10), busy).await;
        assert!(result.is_err());
    });
    let payload = catch_unwind(AssertUnwindSafe(|| runtime.block_on(task))).unwrap_err();
    let text = text(&*payload);
    assert!(text.contains("cases_virtual.rs"), "the spawn sites: {text}");
}

fn a_task_that_wakes_itself_is_a_livelock() {
    let runtime = Virtual::new();
    let handle = runtime.handle();
    runtime
        .spawn(async move {
            loop {
                handle.yield_now().await;
            }
        })
        .detach();
    let late = runtime.sleep(Duration::from_millis(10));
    let payload = catch_unwind(AssertUnwindSafe(|| runtime.block_on(late))).unwrap_err();
    assert!(
        text(&*payload).contains("cases_virtual.rs"),
        "{}",
        text(&*payload)
    );
}

fn the_clock_never_goes_back() {
    let runtime = Virtual::new();
    let handle = runtime.handle();
    let task = runtime.spawn(async move {
        handle.sleep(Duration::from_millis(500)).await;
        let before = handle.now();
        handle.advance(Duration::from_secs(100));
        assert!(handle.now() >= before + Duration::from_secs(100));
        handle.now()
    });
    runtime.advance(Duration::from_secs(1));
    let after = runtime.now();
    assert!(runtime.block_on(task).unwrap() <= after);
    let mut last = after;
    for _ in 0..10 {
        runtime.advance(Duration::from_millis(10));
        assert!(runtime.now() >= last);
        last = runtime.now();
    }
}

fn an_advance_inside_of_an_advance_of_another_thread() {
    let runtime = Arc::new(Virtual::new());
    let threads = [1, 7].map(|seconds| {
        let runtime = Arc::clone(&runtime);
        thread::spawn(move || {
            let mut last = runtime.now();
            for _ in 0..200 {
                runtime.advance(Duration::from_secs(seconds));
                let now = runtime.now();
                assert!(now >= last + Duration::from_secs(seconds));
                last = now;
            }
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(runtime.elapsed(), Duration::from_secs(8 * 200));
}

fn a_local_task_whose_runtime_is_dropped_on_another_thread() {
    let runtime = Virtual::new();
    let task = runtime.spawn_local(pending::<()>());
    thread::spawn(move || drop(runtime)).join().unwrap();
    assert!(Threads.block_on(task).unwrap_err().is_cancelled());
}

fn a_handle_awaited_while_the_runtime_goes() {
    let runtime = Virtual::new();
    let task = runtime.spawn(pending::<()>());
    let waits = thread::spawn(move || Threads.block_on(task));
    thread::sleep(Duration::from_millis(20));
    let sleep = runtime.sleep(Duration::from_secs(3600));
    let mut ticks = interval(&runtime, Duration::from_secs(3600));
    drop(runtime);
    assert!(waits.join().unwrap().unwrap_err().is_cancelled());
    Threads.block_on(sleep);
    Threads.block_on(async {
        ticks.tick().await;
        ticks.tick().await;
    });
}

fn a_closure_that_blocks_holds_the_clock() {
    let runtime = Virtual::new();
    let start = runtime.now();
    let (sender, receiver) = oneshot::channel();
    runtime
        .spawn_blocking(move || {
            thread::sleep(Duration::from_millis(300));
            sender.send(42).unwrap();
        })
        .detach();
    let hour = Duration::from_secs(3600);
    let answer = runtime.block_on(timeout(&runtime, hour, receiver));
    assert_eq!(answer.unwrap().unwrap(), 42);
    assert!(runtime.now() - start < hour);
}

fn real_work_that_is_announced_holds_the_clock() {
    let runtime = Virtual::new();
    let (sender, receiver) = oneshot::channel();
    let work = runtime.real_work();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        sender.send(42).unwrap();
        drop(work);
    });
    assert_eq!(runtime.block_on(receiver).unwrap(), 42);
}

fn a_far_sleep_is_no_deadlock() {
    let runtime = Virtual::new();
    let far = Duration::from_secs(100 * 365 * 86_400);
    runtime.block_on(runtime.sleep(far));
    assert_eq!(runtime.elapsed(), far);
}

fn two_threads_on_one_runtime() {
    let runtime = Arc::new(Virtual::new());
    let (sender, receiver) = oneshot::channel();
    let first = {
        let runtime = Arc::clone(&runtime);
        thread::spawn(move || runtime.block_on(receiver))
    };
    thread::sleep(Duration::from_millis(30));
    runtime.block_on(async {
        runtime.sleep(Duration::from_secs(5)).await;
        sender.send(42).unwrap();
    });
    assert_eq!(first.join().unwrap().unwrap(), 42);
}

fn a_thread_that_waits_for_a_task_of_the_other() {
    let runtime = Arc::new(Virtual::new());
    let (sender, receiver) = mpsc::channel();
    let other = {
        let runtime = Arc::clone(&runtime);
        thread::spawn(move || {
            let task: dormouse::VirtualTask<()> = receiver.recv().unwrap();
            runtime.block_on(task)
        })
    };
    let sleep = runtime.sleep(Duration::from_secs(3600));
    sender.send(runtime.spawn(sleep)).unwrap();
    runtime.block_on(runtime.sleep(Duration::from_secs(7200)));
    other.join().unwrap().unwrap();
}

/// Kept sleeps of a `Coalesced`, which were once reported as a deadlock.
fn kept_sleeps_are_no_deadlock() {
    let runtime = Virtual::new();
    let shared = Coalesced::new(runtime.handle());
    let start = runtime.now();
    runtime.block_on(async {
        let mut kept = [40, 80].map(|ms| Box::pin(shared.sleep(Duration::from_millis(ms))));
        for sleep in &mut kept {
            let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
            assert!(sleep.as_mut().poll(&mut cx).is_pending());
        }
        let child = shared.clone();
        let child = shared.spawn(async move { child.sleep(Duration::from_millis(120)).await });
        child.await.unwrap();
        drop(kept);
    });
    assert!(runtime.now() - start >= Duration::from_millis(120));
}

fn text(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no text")
}
