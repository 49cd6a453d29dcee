//! What the cases on a runtime that is gone share.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{JoinError, Task};

use crate::limit::LIMIT;
use crate::panics::caught;
use crate::results::is_cancelled;
use crate::witness::{Bomb, Witness};

/// Drops the owner and what goes with it, which must not panic.
pub(crate) fn drop_owner<T>(promise: &str, owner: T) {
    if let Err(words) = caught(|| drop(owner)) {
        panic!("{promise}: the drop of the owner panicked: {words}");
    }
}

/// Says that a case does not apply to a runtime that needs a context.
pub(crate) fn has_no_context(promise: &str) {
    println!("{promise}: it needs a context, and there is none when its runtime is gone");
}

/// What a call gives on a runtime that is gone, unless it panics, as it always does without a
/// context.
pub(crate) fn with_context<T>(
    promise: &str,
    call: &str,
    needs_a_context: bool,
    result: Result<T, String>,
) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(_) if needs_a_context => {
            has_no_context(promise);
            None
        }
        Err(words) => panic!("{promise}: `{call}` panicked: {words}"),
    }
}

/// The result of a task, with a limit in real time, as no runtime is left.
pub(crate) fn result_of<H: Task>(promise: &str, task: &mut H) -> Result<H::Value, JoinError> {
    result_of_poll(promise, |cx| Pin::new(&mut *task).poll(cx))
}

/// Checks that each of these tasks is cancelled.
pub(crate) fn all_cancelled<H: Task>(promise: &str, tasks: impl IntoIterator<Item = H>) {
    for mut task in tasks {
        is_cancelled(promise, result_of(promise, &mut task));
    }
}

/// The result of polling, with a limit in real time.
pub(crate) fn result_of_poll<T>(
    promise: &str,
    mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
) -> T {
    let start = Instant::now();
    let nobody = Witness::default().of_wakes();
    while start.elapsed() < LIMIT.get() {
        match caught(|| poll(&mut Context::from_waker(&nobody))) {
            Err(words) => panic!("{promise}: awaiting it panicked: {words}"),
            Ok(Poll::Ready(result)) => return result,
            Ok(Poll::Pending) => thread::sleep(Duration::from_millis(1)),
        }
    }
    panic!(
        "{promise}: {LIMIT:?} later its handle has not resolved. If its owner was dropped: that must \
         drop every future that is pending"
    );
}

/// Whether `it` is true within the limit, in real time.
pub(crate) fn soon(mut it: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if it() {
            return true;
        }
        if start.elapsed() > LIMIT.get() {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Whether a future that this witness has polled ends within the limit, in real time, if it is
/// polled again only after a wake-up.
pub(crate) fn ends_by_wakes<F: Future + Unpin>(woken: &Witness, future: &mut F) -> bool {
    let mut known = 0;
    soon(|| {
        let times = woken.times();
        times > std::mem::replace(&mut known, times) && woken.poll(future).is_ready()
    })
}

/// Checks that a call on a runtime that is gone returns a handle, even if the destructor of what it
/// was given panics.
pub(crate) fn gives_a_handle<H>(promise: &str, call: &str, spawn: impl FnOnce(Bomb) -> H) {
    let bomb = Bomb(1);
    let spawned = caught(|| spawn(bomb));
    assert!(
        spawned.is_ok(),
        "{promise}: `{call}` panicked, as the destructor of what it was given did"
    );
}
