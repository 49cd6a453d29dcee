//! Waiting with an end, by the runtime's own sleeps: so virtual time passes too.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use dormouse_core::Sleeper;

/// When a case gives up. Generous: the machine may be busy with much else.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);

/// The output of the future, or `None` if it takes longer than [`LIMIT`].
pub(crate) async fn within<S: Sleeper, F: Future>(sleeper: &S, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut limit = pin!(sleeper.sleep(LIMIT));
    poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        limit.as_mut().poll(cx).map(|()| None)
    })
    .await
}

/// Whether it happens within [`LIMIT`].
pub(crate) async fn eventually<S: Sleeper>(sleeper: &S, mut it: impl FnMut() -> bool) -> bool {
    let start = sleeper.now();
    loop {
        if it() {
            return true;
        }
        if sleeper.now() - start > LIMIT {
            return false;
        }
        sleeper.sleep(Duration::from_millis(1)).await;
    }
}

/// Runs a few hundred futures at once in this task. Each wake-up polls them all, so that no waker
/// of its own stands between a sleep and its runtime.
pub(crate) async fn at_once<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    poll_fn(|cx| {
        for (future, output) in &mut running {
            if output.is_none() {
                if let Poll::Ready(ready) = Pin::new(future).poll(cx) {
                    *output = Some(ready);
                }
            }
        }
        if running.iter().any(|(_, output)| output.is_none()) { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    running.into_iter().filter_map(|(_, output)| output).collect()
}

/// Polls each future once, so that all are under way, and keeps those that have not ended.
///
/// They have to be polled again by who waits for them, as this poll's waker wakes nobody.
pub(crate) fn under_way<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<Pin<Box<F>>> {
    let mut cx = Context::from_waker(Waker::noop());
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    futures.retain_mut(|future| future.as_mut().poll(&mut cx).is_pending());
    futures
}
