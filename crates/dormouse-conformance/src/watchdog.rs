//! Runs every case on a thread of its own, with a limit.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use dormouse_core::{Sleeper, timeout};

use crate::limit::LIMIT;

/// Runs a case under the suite's own limit of 60 s: a broken runtime fails, it does not hang.
///
/// # Panics
///
/// If the case does, with its own message, or if it does not end in time.
pub fn watch(case: &str, body: impl FnOnce() + Send + 'static) {
    watch_for(WATCHED, case, body);
}

/// [`watch`] with another limit, for a runtime that is known to be slower.
///
/// The case itself stops waiting, with its own message, after a sixth of the limit.
///
/// # Panics
///
/// Same as [`watch`], and if the system refuses a thread.
///
/// # Examples
///
/// ```
/// use dormouse_conformance::{cases, watch_for};
/// use dormouse_core::BlockOn;
/// use dormouse_smol::Smol;
/// use std::time::Duration;
///
/// watch_for(Duration::from_secs(300), "a_zero_sleep_ends", || {
///     Smol.block_on(cases::deadline::a_zero_sleep_ends(&Smol));
/// });
/// ```
pub fn watch_for(limit: Duration, case: &str, body: impl FnOnce() + Send + 'static) {
    match outcome(limit, case, body) {
        Outcome::Passed => {}
        Outcome::Failed(payload) => resume_unwind(payload),
        Outcome::NotOver => not_over(case, limit),
    }
}

/// What has become of a case within its limit.
pub(crate) enum Outcome {
    Passed,
    /// With this panic.
    Failed(Box<dyn Any + Send>),
    NotOver,
}

pub(crate) fn outcome(
    limit: Duration,
    case: &str,
    body: impl FnOnce() + Send + 'static,
) -> Outcome {
    let (sender, receiver) = channel();
    let run = move || {
        LIMIT.set_below(limit);
        let result = catch_unwind(AssertUnwindSafe(body));
        // Once the limit has passed, nothing receives the result.
        let _ = sender.send(result);
    };
    let thread = thread::Builder::new().name(case.to_owned()).spawn(run);
    thread.unwrap_or_else(|error| panic!("{case}: the system refuses a thread: {error}"));

    match receiver.recv_timeout(limit) {
        Ok(Ok(())) => Outcome::Passed,
        Ok(Err(payload)) => Outcome::Failed(payload),
        // The thread is left behind, as it can't be ended.
        Err(RecvTimeoutError::Timeout) => Outcome::NotOver,
        Err(RecvTimeoutError::Disconnected) => panic!("{case}: its thread ended without a result"),
    }
}

/// [`watch`] for places without threads: with a sleep of the runtime itself.
pub async fn watch_async<S: Sleeper>(case: &str, sleeper: &S, body: impl Future<Output = ()>) {
    if timeout(sleeper, WATCHED, body).await.is_err() {
        not_over(case, WATCHED);
    }
}

pub(crate) const WATCHED: Duration = Duration::from_secs(60);

pub(crate) fn not_over(case: &str, limit: Duration) -> ! {
    panic!(
        "{case}: the promise \"{}\" is broken, or the runtime has stopped: the case is not over after {limit:?}",
        case.replace('_', " "),
    )
}
