//! One `Coalesced` in a static, used by several tokio runtimes.

use std::sync::LazyLock;
use std::thread;
use std::time::Instant;

use dormouse_core::{BlockOn, Coalesced, Sleeper};
use dormouse_tokio::{Tokio, TokioRuntime};

use crate::mock::{LATE, ms, poll_once, sleep_on_time, within};

type Shared = LazyLock<Coalesced<Tokio>>;

#[test]
fn one_that_is_not_driven_any_more() {
    static SLEEPER: Shared = LazyLock::new(|| Coalesced::new(Tokio));
    within(ms(5_000), || {
        let first = TokioRuntime::current_thread();
        // The driver is a task of this runtime, and has armed its timer.
        let mut held = SLEEPER.sleep(ms(30));
        first.block_on(async {
            assert!(!poll_once(&mut held).await);
            SLEEPER.sleep(ms(5)).await;
        });
        let second = TokioRuntime::current_thread();
        second.block_on(async {
            for _ in 0..5 {
                sleep_on_time(&*SLEEPER, ms(60)).await;
            }
        });
        // The first runtime is driven again, and its driver with it.
        first.block_on(held);
        first.block_on(sleep_on_time(&*SLEEPER, ms(20)));
        second.block_on(sleep_on_time(&*SLEEPER, ms(20)));
    });
}

#[test]
fn one_that_goes() {
    static SLEEPER: Shared = LazyLock::new(|| Coalesced::new(Tokio));
    within(ms(5_000), || {
        let second = TokioRuntime::multi_thread(1);
        let first = TokioRuntime::current_thread();
        let mut held = SLEEPER.sleep(ms(60));
        assert!(!first.block_on(poll_once(&mut held)));
        let start = Instant::now();
        let waiting = thread::spawn(move || {
            second.block_on(SLEEPER.sleep(ms(100)));
            (second, start.elapsed())
        });
        thread::sleep(ms(20));
        drop(first);
        let (second, slept) = waiting.join().unwrap();
        assert!(slept < ms(100) + LATE, "{slept:?}");
        // Polled outside of a runtime.
        assert!(futures::executor::block_on(poll_once(&mut held)));
        second.block_on(sleep_on_time(&*SLEEPER, ms(20)));
    });
}

#[test]
fn many_that_come_and_go() {
    static SLEEPER: Shared = LazyLock::new(|| Coalesced::new(Tokio));
    within(ms(20_000), || {
        let threads = (0..4).map(|number| {
            thread::spawn(move || {
                for round in 0..10 {
                    let runtime = if (number + round) % 2 == 0 {
                        TokioRuntime::current_thread()
                    } else {
                        TokioRuntime::multi_thread(1)
                    };
                    runtime.block_on(sleep_on_time(&*SLEEPER, ms(10 + number)));
                    // A sleep that is not polled any more, whose runtime is dropped.
                    let mut held = SLEEPER.sleep(ms(5));
                    runtime.block_on(poll_once(&mut held));
                    std::mem::forget(held);
                }
            })
        });
        let threads: Vec<_> = threads.collect();
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    });
}
