//! A handle while its runtime goes, and while its thread ends.

use std::cell::RefCell;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::Sleeper;
use dormouse_tokio::{TokioHandle, TokioRuntime};

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
