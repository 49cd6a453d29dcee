//! What a handle keeps alive, and what it does when its runtime is gone.

use std::cell::RefCell;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Coalesced, Sleeper, SpawnBlocking, Spawner};
use dormouse_tokio::{TokioHandle, TokioRuntime};

#[test]
fn a_handle_is_the_same_runtime_while_it_is_there() {
    let runtime = TokioRuntime::current_thread();
    let handle = runtime.handle();
    let task = handle.spawn(handle.sleep(Duration::from_millis(1)));
    assert!(runtime.block_on(task).is_ok());
}

#[test]
fn a_task_that_holds_a_handle_goes_with_the_runtime() {
    let runtime = TokioRuntime::current_thread();
    let handle = runtime.handle();
    let task = runtime.spawn(async move { handle.sleep(Duration::MAX).await });
    drop(runtime);
    let error = TokioRuntime::current_thread().block_on(task).unwrap_err();
    assert!(error.is_cancelled());
}

#[test]
fn a_coalesced_sleep_in_a_task_does_not_keep_the_runtime() {
    let runtime = Coalesced::new(TokioRuntime::current_thread());
    let task = runtime.spawn(runtime.sleep(Duration::MAX));
    drop(runtime);
    let error = TokioRuntime::current_thread().block_on(task).unwrap_err();
    assert!(error.is_cancelled());
}

#[test]
fn a_runtime_that_is_gone_cancels_what_is_spawned() {
    let runtime = TokioRuntime::multi_thread(2);
    let handle = runtime.handle();
    drop(runtime);
    let other = TokioRuntime::current_thread();
    let task = handle.spawn(async {});
    assert!(other.block_on(task).unwrap_err().is_cancelled());
    let closure = handle.spawn_blocking(|| {});
    assert!(other.block_on(closure).unwrap_err().is_cancelled());
}

/// tokio fires all timers when a runtime is shut down, and a poll may see that.
#[test]
fn a_sleep_that_is_polled_while_its_runtime_goes_is_not_early() {
    for _ in 0..300 {
        let runtime = TokioRuntime::multi_thread(1);
        let mut sleep = Box::pin(runtime.sleep(Duration::from_secs(60)));
        let going = Arc::new(AtomicBool::new(false));
        let see = Arc::clone(&going);
        let dropping = thread::spawn(move || {
            see.store(true, SeqCst);
            drop(runtime);
        });
        // The context of another one: outside of tokio, its timer is not asked.
        let owner = TokioRuntime::current_thread();
        let other = owner.handle();
        let _context = other.as_ref().enter();
        let mut last = None;
        while last.is_none_or(|since: Instant| since.elapsed() < Duration::from_millis(2)) {
            if going.load(SeqCst) && last.is_none() {
                last = Some(Instant::now());
            }
            let poll = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(poll.is_pending(), "it ended a minute early");
        }
        dropping.join().unwrap();
    }
}

/// There tokio's own thread-local variables may be gone, and a panic would end the process.
#[test]
fn the_clock_is_read_in_the_destructor_of_a_thread_local_variable() {
    struct Log(TokioHandle, mpsc::Sender<Instant>);

    impl Drop for Log {
        fn drop(&mut self) {
            self.1.send(self.0.now()).unwrap();
        }
    }

    thread_local! {
        static LOG: RefCell<Option<Log>> = const { RefCell::new(None) };
    }

    for runtime in [
        TokioRuntime::multi_thread(1),
        TokioRuntime::current_thread(),
    ] {
        let (handle, (tell, told)) = (runtime.handle(), mpsc::channel());
        let begun = runtime.now();
        let thread = thread::spawn(move || {
            // The later a variable is used for the first time, the sooner it is dropped.
            LOG.set(Some(Log(handle.clone(), tell)));
            let _context = handle.as_ref().enter();
        });
        thread.join().unwrap();
        assert!(told.recv().unwrap() >= begun);
    }
}
