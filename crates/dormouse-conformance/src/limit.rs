//! Waits with a limit, by the runtime's own sleeps, so that they also work on virtual time.

use std::cell::Cell;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use dormouse_core::{Instant, Sleeper};

/// How long a case waits before it gives up: 10 s, a sixth of the watchdog's 60 s, as the machine
/// may be busy with other things.
pub(crate) const LIMIT: Limit = Limit;

thread_local! {
    static OF_THIS_CASE: Cell<Duration> = const { Cell::new(Duration::from_secs(10)) };
}

pub(crate) struct Limit;

impl Limit {
    pub(crate) fn get(&self) -> Duration {
        OF_THIS_CASE.get()
    }

    /// Sets it for the case on this thread: well below the limit of the watchdog, whose message
    /// says less.
    pub(crate) fn set_below(&self, watchdog: Duration) {
        OF_THIS_CASE.set(watchdog / 6);
    }
}

impl fmt::Debug for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// The output of the future, or `None` if it takes longer than [`LIMIT`].
pub(crate) async fn within<S: Sleeper, F: Future>(sleeper: &S, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut limit = pin!(sleeper.sleep(LIMIT.get()));
    poll_fn(|cx| {
        // First the limit: its end wakes this task even if the future's own wake-up was lost.
        if limit.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

/// Whether `it` is true within [`LIMIT`], of real time too: it may wait for a plain thread, for
/// which a test's clock does not.
pub(crate) async fn eventually<S: Sleeper>(sleeper: &S, mut it: impl FnMut() -> bool) -> bool {
    let (start, real, limit) = (sleeper.now(), Instant::now(), LIMIT.get());
    loop {
        if it() {
            return true;
        }
        if sleeper.now() - start > limit && real.elapsed() > limit {
            return false;
        }
        sleeper.sleep(Duration::from_millis(1)).await;
    }
}

/// Runs a few hundred futures concurrently in this task. Each wake-up polls them all, so that they
/// are polled with the task's own waker.
pub(crate) async fn at_once<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures
        .into_iter()
        .map(|future| (Box::pin(future), None))
        .collect();
    poll_fn(|cx| {
        for (future, output) in &mut running {
            if output.is_none() {
                if let Poll::Ready(ready) = Pin::new(future).poll(cx) {
                    *output = Some(ready);
                }
            }
        }
        if running.iter().any(|(_, output)| output.is_none()) {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    running
        .into_iter()
        .filter_map(|(_, output)| output)
        .collect()
}

/// Polls each future once, and keeps those that have not ended.
pub(crate) async fn under_way<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<Pin<Box<F>>> {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    // With the waker of the task that awaits them later: this tests nothing else.
    poll_fn(|cx| {
        futures.retain_mut(|future| future.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
    futures
}
