//! What a sleep that is dropped leaves behind: nothing.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use dormouse_core::{Instant, Runtime, Sleeper};

use crate::cases::waking::attempts;
use crate::limit::{LIMIT, eventually};
use crate::panics::elsewhere;
use crate::witness::{Witness, waker_that_keeps};

/// Dropping a sleep cancels it: no waker is woken at its deadline.
pub async fn dropping_a_sleep_cancels_it<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "dropping a sleep cancels it";
    let never_polled = |duration| runtime.sleep(duration);
    dropping_cancels(PROMISE, runtime, never_polled, drop).await;
}

/// Dropping a sleep on another thread than that of its poll cancels it, too.
pub async fn dropping_a_sleep_on_another_thread_cancels_it<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "dropping a sleep on another thread cancels it";
    let drop_there = |sleeps| {
        if let Err(message) = elsewhere(|| drop(sleeps)) {
            panic!("{PROMISE}: it panicked: {message}");
        }
    };
    dropping_cancels(PROMISE, runtime, |_| (), drop_there).await;
}

/// A sleep that is dropped drops its waker, long before its deadline: a waker may own a task.
pub async fn a_dropped_sleep_drops_its_waker<R: Sleeper>(runtime: &R) {
    let gone = Witness::default();
    for _ in 0..MANY {
        let mut sleep = Box::pin(runtime.sleep(Duration::from_secs(3_600)));
        let waker = waker_that_keeps(gone.of_drop());
        let _ = sleep.as_mut().poll(&mut Context::from_waker(&waker));
    }
    assert!(
        eventually(runtime, || gone.times() == MANY).await,
        "a dropped sleep drops its waker: {LIMIT:?} later, of {MANY} wakers {} are held",
        MANY - gone.times()
    );
}

/// A sleep that was reset and is then dropped wakes nobody, at neither deadline.
pub async fn dropping_a_sleep_that_was_reset_cancels_it<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "dropping a sleep that was reset cancels it";
    let cancelled = attempts(async |duration| {
        let (start, woken) = (runtime.now(), Witness::default());
        let (first, second) = (start + duration, start + duration * 3 / 2);
        let mut pending = true;
        for (from, to) in [(first, second), (second, first)] {
            for polled in [false, true] {
                let mut sleep = Box::pin(runtime.sleep_until(from));
                pending &= woken.poll(&mut sleep).is_pending();
                runtime.reset(sleep.as_mut(), to);
                if polled {
                    pending &= woken.poll(&mut sleep).is_pending();
                }
            }
        }
        wakes_nobody(PROMISE, runtime, (first, second), &woken, pending, 4).await
    });
    cancelled.await;
}

/// Dropping a sleep cancels no other one, which may have been made when it had ended, or beside it: each
/// wakes its waker.
pub async fn dropping_a_sleep_cancels_no_other<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "dropping a sleep cancels no other";
    const OTHERS: usize = 20;
    let (short, long) = (Duration::from_millis(2), Duration::from_millis(20));
    for read in [false, true] {
        let begin = |duration| {
            let (mut sleep, woken) = (Box::pin(runtime.sleep(duration)), Witness::default());
            let pending = woken.poll(&mut sleep).is_pending();
            (sleep, woken, pending)
        };
        let mut ended: Vec<_> = (0..OTHERS).map(|_| begin(short)).collect();
        let beside: Vec<_> = (0..OTHERS).map(|_| begin(long)).collect();
        runtime.sleep(2 * short).await;
        if read {
            for (sleep, woken, _) in &mut ended {
                let _ = woken.poll(sleep);
            }
        }
        let after: Vec<_> = (0..OTHERS).map(|_| begin(long)).collect();
        drop(ended);
        for (others, when) in [(beside, "beside"), (after, "after")] {
            for (sleep, woken, pending) in others {
                assert!(
                    !pending || eventually(runtime, || woken.seen()).await,
                    "{PROMISE}: {OTHERS} that had ended were dropped (read: {read}), and one made {when} \
                     them has woken nobody within {LIMIT:?}"
                );
                drop(sleep);
            }
        }
    }
}

/// Checks that sleeps which `drops` is given, of some duration, wake nobody at their deadline; what
/// `beside` makes is dropped with them.
async fn dropping_cancels<R: Sleeper, T>(
    promise: &str,
    runtime: &R,
    beside: impl Fn(Duration) -> T,
    drops: impl Fn(Vec<Pin<Box<R::Sleep>>>),
) {
    let cancelled = attempts(async |duration| {
        let (beside, woken) = (beside(duration), Witness::default());
        let deadline = runtime.now() + duration;
        let (sleeps, pending) = begun(runtime, deadline, &woken);
        drops(sleeps);
        drop(beside);
        wakes_nobody(
            promise,
            runtime,
            (deadline, deadline),
            &woken,
            pending,
            MANY,
        )
        .await
    });
    cancelled.await;
}

/// Many sleeps, polled with the waker of this witness, and whether all of them were pending.
fn begun<R: Sleeper>(
    runtime: &R,
    deadline: Instant,
    woken: &Witness,
) -> (Vec<Pin<Box<R::Sleep>>>, bool) {
    let mut sleeps: Vec<_> = (0..MANY)
        .map(|_| Box::pin(runtime.sleep_until(deadline)))
        .collect();
    let pending = sleeps
        .iter_mut()
        .all(|sleep| woken.poll(sleep).is_pending());
    (sleeps, pending)
}

/// More than a runtime might keep as cancelled without removing them.
const MANY: usize = 200;

/// Checks that sleeps which were dropped wake nobody until the last of these deadlines; false if
/// they were dropped too late, on a busy machine.
async fn wakes_nobody<R: Sleeper>(
    promise: &str,
    runtime: &R,
    (first, last): (Instant, Instant),
    woken: &Witness,
    pending: bool,
    dropped: usize,
) -> bool {
    // A spurious wake-up before that is allowed, as everywhere.
    let before = woken.times();
    if !pending || runtime.now() >= first {
        return false;
    }
    runtime.sleep_until(last + Duration::from_millis(10)).await;
    assert!(
        woken.times() == before,
        "{promise}: {dropped} were dropped, and {} still woke their waker",
        woken.times() - before
    );
    true
}
