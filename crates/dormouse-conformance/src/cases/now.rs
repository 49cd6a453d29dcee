//! What the clock of a sleeper shows.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use dormouse_core::{Runtime, Sleeper};

use crate::clock::block_thread;
use crate::limit::{LIMIT, within};
use crate::panics::elsewhere;

/// `now` never goes back, neither between two calls nor across a sleep.
pub async fn now_never_goes_back<R: Sleeper>(runtime: &R) {
    let mut last = runtime.now();
    for number in 0..2_000 {
        if number % 500 == 499 {
            runtime.sleep(Duration::from_millis(1)).await;
        }
        let now = runtime.now();
        let back = last.saturating_duration_since(now);
        assert!(
            back.is_zero(),
            "now never goes back: reading {number} is {back:?} before the last"
        );
        last = now;
    }
}

/// Nor does it between threads that hand on what they have read.
pub async fn now_never_goes_back_between_threads<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "now never goes back between threads";
    // Some threads, as a clock may be the same on two of them by chance.
    for _ in 0..8 {
        let (ask, asked) = channel();
        let (answer, answers) = channel();
        thread::scope(|scope| {
            scope.spawn(move || {
                for () in asked {
                    _ = answer.send(runtime.now());
                }
            });
            for number in 0..25 {
                let before = runtime.now();
                _ = ask.send(());
                let there = answers.recv();
                let there =
                    there.unwrap_or_else(|_| panic!("{PROMISE}: it panicked on another thread"));
                let back = before.saturating_duration_since(there);
                let back = back.max(there.saturating_duration_since(runtime.now()));
                assert!(
                    back.is_zero(),
                    "{PROMISE}: reading {number} is {back:?} before one that another thread had taken before it"
                );
            }
            drop(ask);
        });
    }
}

/// Nor does `now` go back in a task that takes what another thread has read.
pub async fn now_never_goes_back_in_a_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "now never goes back in a task";
    let inside = runtime.clone();
    let task = runtime.spawn(async move {
        let mut most = Duration::ZERO;
        for _ in 0..5 {
            block_thread(Duration::from_millis(1));
            let there = elsewhere(|| inside.now()).expect("`now` works on any thread");
            most = most.max(there.saturating_duration_since(inside.now()));
        }
        most
    });
    let back = within(runtime, task).await;
    assert!(
        matches!(back, Some(Ok(Duration::ZERO))),
        "{PROMISE}: one that another thread had read before it was later, by {back:?}"
    );
}

/// A handle and its clone read one clock.
pub async fn handles_read_one_clock<R: Sleeper + Clone>(runtime: &R) {
    let (mut handle, mut last) = (runtime.clone(), runtime.now());
    for number in 0..20 {
        for (whose, now) in [("a clone", handle.now()), ("the first", runtime.now())] {
            let back = last.saturating_duration_since(now);
            assert!(
                back.is_zero(),
                "handles read one clock: reading {number} of {whose} is {back:?} before the last"
            );
            last = now;
        }
        handle = handle.clone();
    }
}

/// `now` and `sleep_until` read one clock: a deadline computed from `now` ends when a sleep of the
/// same duration does.
pub async fn now_and_sleep_until_share_a_clock<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "now and sleep_until share a clock";
    let duration = Duration::from_millis(20);
    let start = runtime.now();
    let ended = within(runtime, runtime.sleep_until(start + duration)).await;
    assert!(
        ended.is_some(),
        "{PROMISE}: `sleep_until(now() + {duration:?})` has not ended when `sleep({LIMIT:?})` has"
    );
    let elapsed = runtime.now() - start;
    assert!(
        duration <= elapsed && elapsed < LIMIT.get(),
        "{PROMISE}: `sleep_until(now() + {duration:?})` took {elapsed:?} by `now`"
    );

    let start = runtime.now();
    runtime.sleep(duration).await;
    let elapsed = runtime.now() - start;
    assert!(
        duration <= elapsed && elapsed < LIMIT.get(),
        "{PROMISE}: `sleep({duration:?})` took {elapsed:?} by `now`"
    );
}
