//! `timeout` and `timeout_at`, on this runtime.

use std::future::{Future, poll_fn, ready};
use std::io;
use std::pin::pin;
use std::ptr;
use std::task::Poll;
use std::time::Duration;

use dormouse_core::{Sleeper, timeout, timeout_at};

use crate::limit::{LIMIT, within};
use crate::witness::poll_once;

const SHORT: Duration = Duration::from_millis(20);

/// A timeout gives the output, or the error that its time is over: not before it is over, and not
/// if the output is ready.
pub async fn a_timeout_gives_the_output_or_elapsed<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "a timeout gives the output or elapsed";
    let output = timeout(runtime, SHORT, async { 42 }).await;
    assert!(
        output == Ok(42),
        "{PROMISE}: of a ready future it gave {output:?}"
    );
    let output = timeout(runtime, Duration::ZERO, ready(42)).await;
    assert!(
        output == Ok(42),
        "{PROMISE}: of a ready future and no time it gave {output:?}"
    );
    let slept = timeout(runtime, Duration::MAX, runtime.sleep(SHORT / 4)).await;
    assert!(
        slept.is_ok(),
        "{PROMISE}: with time enough it gave {slept:?}"
    );

    let start = runtime.now();
    let elapsed = within(
        runtime,
        timeout(runtime, SHORT, runtime.sleep(Duration::MAX)),
    )
    .await;
    let took = runtime.now() - start;
    assert!(
        matches!(elapsed, Some(Err(_))) && took >= SHORT,
        "{PROMISE}: over an endless sleep, after {took:?} of {SHORT:?}, it gave {elapsed:?}"
    );
    let deadline = runtime.now() + SHORT;
    let endless = runtime.sleep(Duration::MAX);
    let elapsed = within(runtime, timeout_at(runtime, deadline, endless)).await;
    assert!(
        matches!(elapsed, Some(Err(_))) && runtime.now() >= deadline,
        "{PROMISE}: `timeout_at` over an endless sleep gave {elapsed:?}"
    );
}

/// A timeout fires over a future that is busy at every poll, and spends any budget that its runtime
/// has for the task.
pub async fn a_timeout_fires_over_a_future_that_is_always_busy<R: Sleeper>(runtime: &R) {
    let (start, limit) = (runtime.now(), LIMIT.get());
    let mut again = Box::pin(runtime.sleep(Duration::ZERO));
    let busy = poll_fn(|cx| {
        // Polled again after a millisecond, so that time passes, even virtual time.
        while again.as_mut().poll(cx).is_ready() {
            let next = runtime.now() + Duration::from_millis(1);
            runtime.reset(again.as_mut(), next);
        }
        for _ in 0..400 {
            let _ = pin!(runtime.sleep_until(start)).poll(cx);
        }
        if runtime.now() - start > limit {
            return Poll::Ready(());
        }
        Poll::Pending
    });
    let busy = timeout(runtime, SHORT, busy).await;
    assert!(
        busy.is_err(),
        "a timeout fires over a future that is always busy: it has not within {limit:?}"
    );
}

/// A timeout gives access to its future, and gives it back.
pub async fn a_timeout_gives_its_future_back<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "a timeout gives its future back";
    let future = Box::pin(async {
        runtime.sleep(SHORT).await;
        42
    });
    let mut limited = timeout(runtime, Duration::ZERO, future);
    let future: *const _ = &**limited.get_ref();
    let polled = poll_once(limited.get_mut().as_mut()).await;
    assert!(
        polled.is_pending() && ptr::addr_eq(future, &raw const **limited.get_ref()),
        "{PROMISE}: it gave another one"
    );
    let output = within(runtime, limited.into_inner()).await;
    assert!(
        output == Some(42),
        "{PROMISE}: it gave {output:?} for 42 then"
    );
}

/// `Elapsed` converts into an I/O error.
pub async fn elapsed_is_an_io_error<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "elapsed is an io error";
    let elapsed = timeout(runtime, Duration::ZERO, runtime.sleep(Duration::MAX)).await;
    let Err(elapsed) = elapsed else {
        panic!("{PROMISE}: an endless sleep ended");
    };
    assert_eq!(elapsed.to_string(), "timed out", "{PROMISE}");
    let kind = io::Error::from(elapsed).kind();
    assert_eq!(kind, io::ErrorKind::TimedOut, "{PROMISE}");
}
