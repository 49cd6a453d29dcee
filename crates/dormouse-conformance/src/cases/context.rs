//! What can be called where.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::panic::{self, AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::{Arc, Once};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, Runtime, Sleeper};

use crate::cases::failure::said;
use crate::cases::waking::elsewhere;
use crate::limit::{LIMIT, within};

/// A sleep or a task that is made outside of the runtime, on a plain thread, works, or else the
/// call panics: with a message that says what to do, and at the caller's line.
pub fn outside_of_a_context_it_works_or_says_what_to_do<R: Runtime, B: BlockOn>(
    runtime: &R,
    driver: &B,
) {
    const PROMISE: &str = "outside of a context it works or says what to do";
    let sleep = called_elsewhere(|| runtime.sleep(Duration::from_millis(5)));
    let until = called_elsewhere(|| runtime.sleep_until(runtime.now()));
    let task = called_elsewhere(|| runtime.spawn(async { 42 }));
    driver.block_on(async {
        for (call, sleep) in [("sleep", sleep), ("sleep_until", until)] {
            match sleep {
                Ok(sleep) => {
                    let ended = within(runtime, sleep).await;
                    assert!(
                        ended.is_some(),
                        "{PROMISE}: the sleep has not ended within {LIMIT:?}"
                    );
                }
                Err(panicked) => panicked.says_what_to_do(PROMISE, call),
            }
        }
        match task {
            Ok(task) => match within(runtime, task).await {
                Some(result) => assert_eq!(result.ok(), Some(42), "{PROMISE}: the task is lost"),
                None => panic!("{PROMISE}: the task has not ended within {LIMIT:?}"),
            },
            Err(panicked) => panicked.says_what_to_do(PROMISE, "spawn"),
        }
    });
}

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

/// `block_on` inside a task of the same runtime ends, with the value or with a panic that has a
/// message. Skipped if the driver is not `Send` and `Sync`.
pub fn block_on_inside_of_a_task_ends<R: Runtime, B: BlockOn + Send + Sync + 'static>(
    runtime: R,
    driver: Option<Arc<B>>,
) {
    const PROMISE: &str = "block_on inside of a task ends";
    let Some(driver) = driver else {
        println!("{PROMISE}: skipped: does not apply, as the driver is not `Send` and `Sync`");
        return;
    };
    driver.block_on(async {
        let inside = Arc::clone(&driver);
        let task = runtime.spawn(async move { inner(&*inside, async {}) });
        match within(&runtime, task).await {
            Some(Ok(nested)) => ends(PROMISE, nested),
            other => panic!("{PROMISE}: the task gave {other:?} within {LIMIT:?}"),
        }
    });
}

/// What an inner `block_on` gives: 42 after this, unless it panics.
fn inner<B: BlockOn>(driver: &B, waits: impl Future<Output = ()>) -> thread::Result<u32> {
    catch_unwind(AssertUnwindSafe(|| {
        driver.block_on(async {
            waits.await;
            42
        })
    }))
}

/// Checks that an inner `block_on` gave 42, or refused with a message.
fn ends(promise: &str, nested: thread::Result<u32>) {
    match nested {
        Ok(value) => assert_eq!(value, 42, "{promise}: with another value"),
        Err(payload) => has_words(promise, "the inner one", &said(&*payload)),
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
        let again = catch_unwind(AssertUnwindSafe(|| {
            driver
                .block_on(async { within(runtime, runtime.sleep(Duration::from_millis(1))).await })
        }));
        match again {
            Ok(ended) => assert!(
                ended.is_some(),
                "{PROMISE}: a sleep in the next one has not ended within {LIMIT:?}"
            ),
            Err(payload) => panic!("{PROMISE}: the next one panicked: {}", said(&*payload)),
        }
    }
}

/// Checks that a message is a sentence, not a word.
pub(crate) fn has_words(promise: &str, who: &str, message: &str) {
    let words = message.split_whitespace().count();
    assert!(
        words >= 5,
        "{promise}: {who} panicked, and said no more than {message:?}: say what to do"
    );
}

struct Panicked {
    message: String,
    file: String,
}

impl Panicked {
    fn says_what_to_do(&self, promise: &str, call: &str) {
        has_words(promise, &format!("`{call}`"), &self.message);
        assert!(
            self.file == file!(),
            "{promise}: `{call}` panicked and named a line of {}, not the line that called it: is \
             it `#[track_caller]`?",
            self.file
        );
    }
}

fn called_elsewhere<T: Send>(call: impl FnOnce() -> T + Send) -> Result<T, Panicked> {
    static HOOK: Once = Once::new();
    thread_local! {
        static FILE: Cell<Option<String>> = const { Cell::new(None) };
    }
    // It only adds to the existing hook, so it may stay.
    HOOK.call_once(|| {
        let former = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            FILE.set(info.location().map(|place| place.file().to_owned()));
            former(info);
        }));
    });
    let called = elsewhere(|| {
        let result = catch_unwind(AssertUnwindSafe(call));
        result.map_err(|payload| Panicked {
            message: said(&*payload),
            file: FILE.take().unwrap_or_default(),
        })
    });
    called.unwrap_or_else(|message| {
        Err(Panicked {
            message,
            file: String::new(),
        })
    })
}
