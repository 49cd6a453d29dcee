//! What `block_on` does inside of another one, after a panic, and when it is woken.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use dormouse_core::adapter::YieldNow;
use dormouse_core::{BlockOn, Runtime, Sleeper};

use crate::cases::context::has_words;
use crate::cases::wakes::{Idle, woken_during_its_polls};
use crate::clock::passes_by_itself;
use crate::endless::keeping;
use crate::limit::{LIMIT, within};
use crate::panics::{caught, elsewhere, said};
use crate::results::gives;
use crate::witness::{Signal, Witness};

/// `block_on` inside `block_on` ends, with the value or with a panic that has a message. It must
/// not hang, even if its future waits, and the outer one goes on: it is polled again if it was
/// woken before.
pub fn block_on_inside_of_block_on_ends<R: Sleeper, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "block_on inside of block_on ends";
    let value = driver.block_on(async {
        ends(PROMISE, inner(driver, async {}));
        ends(
            PROMISE,
            inner(driver, runtime.sleep(Duration::from_millis(1))),
        );
        7
    });
    assert_eq!(value, 7, "{PROMISE}: the outer one gave another value");
    let mut woken = false;
    driver.block_on(poll_fn(|cx| {
        if std::mem::replace(&mut woken, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        ends(PROMISE, inner(driver, async {}));
        Poll::Pending
    }));
    let value = driver.block_on(async { 7 });
    assert_eq!(value, 7, "{PROMISE}: the next one gave another value");
}

/// The future of `block_on` is dropped when the call returns, and when it panics: what it holds, such as a
/// lock or the end of a channel, is free then.
pub fn block_on_drops_its_future<R, B: BlockOn>(_: &R, driver: &B) {
    const PROMISE: &str = "block_on drops its future";
    for panics in [false, true] {
        let dropped = Witness::default();
        let kept = dropped.of_drop();
        let ended = caught(|| {
            driver.block_on(keeping(kept, async {
                YieldNow::default().await;
                assert!(!panics, "a future of the test panics");
            }));
        });
        assert!(
            ended.is_err() == panics && dropped.times() == 1,
            "{PROMISE}: when the call is over (panicked: {}), it was dropped {} times",
            ended.is_err(),
            dropped.times()
        );
    }
}

/// What an inner `block_on` gives: 42 after this, unless it panics.
pub(crate) fn inner<B: BlockOn>(
    driver: &B,
    waits: impl Future<Output = ()>,
) -> Result<u32, String> {
    caught(|| {
        driver.block_on(async {
            waits.await;
            42
        })
    })
}

/// Checks that an inner `block_on` gave 42, or refused with a message.
pub(crate) fn ends(promise: &str, nested: Result<u32, String>) {
    match nested {
        Ok(value) => assert_eq!(value, 42, "{promise}: with another value"),
        Err(words) => has_words(promise, "the inner one", &words),
    }
}

/// A panic of the future comes out of `block_on`, and the thread can call `block_on` again.
pub fn block_on_works_again_after_a_panic<R: Sleeper, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "block_on works again after a panic";
    for number in 0..3_u32 {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            driver.block_on(async {
                runtime.sleep(Duration::from_millis(1)).await;
                panic_any(number);
            });
        }));
        let payload = panicked.expect_err("it panics");
        assert!(
            payload.downcast_ref() == Some(&number),
            "{PROMISE}: another panic came out of it: {}",
            said(&*payload)
        );
        let again = caught(|| {
            driver
                .block_on(async { within(runtime, runtime.sleep(Duration::from_millis(1))).await })
        });
        match again {
            Ok(ended) => assert!(
                ended.is_some(),
                "{PROMISE}: a sleep in the next one has not ended within {LIMIT:?}"
            ),
            Err(words) => panic!("{PROMISE}: the next one panicked: {words}"),
        }
    }
}

/// A panic of the future of `block_on` harms no task.
pub fn a_panic_of_block_on_harms_no_task<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "a panic of block_on harms no task";
    let (go_on, mut tasks) = (Signal::default(), Vec::new());
    let panicked = caught(|| {
        driver.block_on(async {
            for sleeps in [false, true] {
                let (told, sleep) = (go_on.clone(), runtime.sleep(Duration::from_millis(5)));
                tasks.push(runtime.spawn(async move {
                    if sleeps {
                        sleep.await;
                    }
                    told.told().await;
                    42
                }));
            }
            runtime.sleep(Duration::from_millis(1)).await;
            panic_any(7_u32);
        });
    });
    assert!(panicked.is_err(), "{PROMISE}: the panic is lost");
    go_on.tell();
    for task in tasks {
        driver.block_on(gives(
            PROMISE,
            "one that was under way then",
            runtime,
            task,
            42,
        ));
    }
}

/// A future that is woken by another thread while `block_on` polls it is polled again.
pub fn a_wake_during_a_poll_of_block_on_is_not_lost<R, B: BlockOn>(_: &R, driver: &B) {
    driver.block_on(woken_during_its_polls());
}

/// So is the future of `block_on`.
pub fn block_on_can_be_woken_by_another_thread<R: Sleeper, B: BlockOn>(runtime: &R, driver: &B) {
    if !passes_by_itself(runtime) {
        // Virtual time does not wait for a thread that it does not know.
        return;
    }
    for by_reference in [false, true] {
        let (idle, waker, over) = Idle::new();
        let thread = thread::spawn(move || {
            let waker = loop {
                match waker.take() {
                    Some(waker) => break waker,
                    None => thread::sleep(Duration::from_millis(1)),
                }
            };
            // So that it waits by then, most of the time.
            thread::sleep(Duration::from_millis(5));
            over.see();
            if by_reference {
                waker.wake_by_ref();
            } else {
                waker.wake();
            }
        });
        // If the wake-up is lost, the watchdog reports it.
        driver.block_on(idle);
        thread.join().expect("it does not panic");
    }
}

/// A waker of `block_on` that is kept past its end does nothing when it is woken, by any thread.
pub fn a_waker_of_block_on_kept_past_the_end_harms_nobody<R: Sleeper, B: BlockOn>(
    runtime: &R,
    driver: &B,
) {
    const PROMISE: &str = "a waker of block_on kept past the end harms nobody";
    let waker = driver.block_on(poll_fn(|cx| Poll::Ready(cx.waker().clone())));
    let other = waker.clone();
    let woken = caught(|| waker.wake());
    for result in [woken, elsewhere(move || other.wake())] {
        assert_eq!(result, Ok(()), "{PROMISE}: it panicked");
    }
    let ended =
        driver.block_on(async { within(runtime, runtime.sleep(Duration::from_millis(1))).await });
    assert!(
        ended.is_some(),
        "{PROMISE}: a sleep in the next one has not ended within {LIMIT:?}"
    );
}
