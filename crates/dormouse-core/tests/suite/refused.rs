//! Sleeps of a process that gets no more threads.

use std::env;
use std::future::{Future, pending};
use std::panic::catch_unwind;
use std::pin::{Pin, pin};
use std::process::Command;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::adapter::AlarmSleep;
use dormouse_core::{Coalesced, sleeper_fn};

/// Another caller may have asked for the alarm thread just before, and been refused.
#[test]
fn a_sleep_that_the_refused_thread_was_to_wake_says_so() {
    const STACK: &str = "RUST_MIN_STACK";
    if env::var_os(STACK).is_none() {
        let name = "refused::a_sleep_that_the_refused_thread_was_to_wake_says_so";
        let child = Command::new(env::current_exe().unwrap())
            .args([name, "--exact", "--test-threads=1"])
            .env(STACK, (1_u64 << 47).to_string())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success(), "{said}");
        return;
    }
    if thread::Builder::new().spawn(|| ()).is_ok() {
        return; // This system has room for such a stack.
    }
    let sleeper = Coalesced::on_thread(sleeper_fn(|_| pending()));
    // So many panics are not printed.
    std::panic::set_hook(Box::new(|_| ()));
    let alone = thread::scope(|scope| {
        let small = || thread::Builder::new().stack_size(256 * 1024);
        let others = || {
            for _ in 0..MANY {
                // Its own timer will do, so it goes on without the thread.
                poll(pin!(sleeper.wait_n(1, 1)));
            }
        };
        let alone = || {
            let hour = Duration::from_secs(3_600);
            let pending = || poll(pin!(AlarmSleep::until(Instant::now() + hour)));
            (0..MANY).filter(|_| catch_unwind(pending).is_ok()).count()
        };
        let others = small().spawn_scoped(scope, others).unwrap();
        let alone = small().spawn_scoped(scope, alone).unwrap();
        others.join().unwrap();
        alone.join().unwrap()
    });
    println!("of {MANY} sleeps {alone} are pending, and no thread is there to wake them");
    assert_eq!(alone, 0);
}

const MANY: usize = 20_000;

/// Whether it is pending.
fn poll(future: Pin<&mut impl Future>) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    future.poll(&mut cx).is_pending()
}
