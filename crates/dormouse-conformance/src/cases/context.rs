//! What can be called where.

use std::cell::Cell;
use std::panic;
use std::sync::Once;
use std::time::Duration;

use dormouse_core::{BlockOn, Runtime, Sleeper, SpawnBlocking};

use crate::limit::{LIMIT, within};
use crate::panics::{caught, elsewhere};
use crate::results::gives;
use crate::witness::poll_once;

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
    let sleeps = [("sleep", sleep), ("sleep_until", until)];
    sleeps_end(PROMISE, runtime, driver, sleeps);
    match task {
        Ok(task) => driver.block_on(gives(PROMISE, "the task", runtime, task, 42)),
        Err(panicked) => panicked.says_what_to_do(PROMISE, "spawn"),
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
    elsewhere(|| called(call)).unwrap_or_else(|message| {
        Err(Panicked {
            message,
            file: String::new(),
        })
    })
}

fn called<T>(call: impl FnOnce() -> T) -> Result<T, Panicked> {
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
    let result = caught(call);
    result.map_err(|message| Panicked {
        message,
        file: FILE.take().unwrap_or_default(),
    })
}

/// `can_spawn` says whether a spawn works where it is asked.
pub fn can_spawn_says_whether_a_spawn_works<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "can_spawn says whether a spawn works";
    let outside = elsewhere(|| {
        let can = runtime.can_spawn();
        let spawned = caught(|| drop(runtime.spawn(async {})));
        (can, spawned.is_ok())
    });
    let (can, does) = outside.unwrap_or_else(|message| panic!("{PROMISE}: it panicked: {message}"));
    assert!(
        can == does,
        "{PROMISE}: on a plain thread it was {can}, and a spawn works there: {does}"
    );
    driver.block_on(async {
        assert!(runtime.can_spawn(), "{PROMISE}: in `block_on` it was false");
        let inside = runtime.clone();
        let task = runtime.spawn(async move { inside.can_spawn() });
        gives(PROMISE, "in a task it", runtime, task, true).await;
    });
}

/// A reset on a plain thread works, or says what to do.
pub async fn a_reset_outside_of_a_context_works_or_says_what_to_do<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a reset outside of a context works or says what to do";
    let mut sleep = Box::pin(runtime.sleep(Duration::MAX));
    let _ = poll_once(sleep.as_mut()).await;
    let deadline = runtime.now() + Duration::from_millis(1);
    match called_elsewhere(|| runtime.reset(sleep.as_mut(), deadline)) {
        Ok(()) => {
            let ended = within(runtime, sleep).await;
            assert!(
                ended.is_some(),
                "{PROMISE}: reset there, it has not ended within {LIMIT:?}"
            );
        }
        Err(panicked) => panicked.says_what_to_do(PROMISE, "reset"),
    }
}

/// A closure that is given away on a plain thread runs, or the call says what to do.
pub fn a_closure_outside_of_a_context_runs_or_says_what_to_do<R, B>(runtime: &R, driver: &B)
where
    R: Runtime + SpawnBlocking,
    B: BlockOn,
{
    const PROMISE: &str = "a closure outside of a context runs or says what to do";
    match called_elsewhere(|| runtime.spawn_blocking(|| 42)) {
        Ok(task) => driver.block_on(gives(PROMISE, "it", runtime, task, 42)),
        Err(panicked) => panicked.says_what_to_do(PROMISE, "spawn_blocking"),
    }
}

/// A sleep that is made outside of `block_on`, on the thread of the runtime, works, or else the
/// call says what to do: also where tasks stay on their thread.
pub fn outside_of_block_on_a_sleep_works_or_says_what_to_do<R: Sleeper, B: BlockOn>(
    runtime: &R,
    driver: &B,
) {
    const PROMISE: &str = "outside of block_on a sleep works or says what to do";
    let sleep = called(|| runtime.sleep(Duration::from_millis(5)));
    let until = called(|| runtime.sleep_until(runtime.now()));
    let sleeps = [("sleep", sleep), ("sleep_until", until)];
    sleeps_end(PROMISE, runtime, driver, sleeps);
}

/// Checks that sleeps end, or that the calls that made them say what to do.
fn sleeps_end<R: Sleeper, B: BlockOn>(
    promise: &str,
    runtime: &R,
    driver: &B,
    sleeps: [(&str, Result<R::Sleep, Panicked>); 2],
) {
    for (call, sleep) in sleeps {
        match sleep {
            Ok(sleep) => {
                let ended = driver.block_on(async { within(runtime, sleep).await });
                assert!(
                    ended.is_some(),
                    "{promise}: the sleep has not ended within {LIMIT:?}"
                );
            }
            Err(panicked) => panicked.says_what_to_do(promise, call),
        }
    }
}
