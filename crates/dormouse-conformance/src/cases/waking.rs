//! Which waker a sleep wakes, and where a sleep can be made and polled.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use dormouse_core::{Runtime, Sleeper};

use crate::clock::passes_by_itself;
use crate::limit::{LIMIT, eventually, within};
use crate::panics::{caught, elsewhere};
use crate::results::gives;
use crate::witness::{Witness, poll_once, waker_that_calls};

/// A sleep wakes the waker of its latest poll.
pub async fn sleep_wakes_the_latest_waker<R: Sleeper>(runtime: &R) {
    for order in ORDERS {
        let woken = attempts(async |duration| {
            let wakers = [(); 4].map(|()| Witness::default());
            let mut sleep = Box::pin(runtime.sleep(duration));
            let mut polls = order
                .map(|number| wakers[number].poll(&mut sleep))
                .into_iter();
            if polls.any(|poll| poll.is_ready()) {
                return false;
            }
            runtime.sleep(duration).await;
            assert!(
                eventually(runtime, || wakers[order[3]].seen()).await,
                "a sleep wakes the latest waker: polled by four, in the order {order:?}, {LIMIT:?} after its \
                 deadline it has woken them {:?} times",
                wakers.each_ref().map(Witness::times)
            );
            assert!(
                within(runtime, sleep).await.is_some(),
                "a sleep wakes the latest waker: it has, but the sleep has not ended"
            );
            true
        });
        woken.await;
    }
}

/// In which order wakers poll: each once, or the latest is an earlier one, which a cache may still hold.
pub(crate) const ORDERS: [[usize; 4]; 2] = [[0, 1, 2, 3], [0, 1, 1, 0]];

/// Repeats a case that needs a sleep to be still pending, with longer sleeps on a busy machine.
pub(crate) async fn attempts(attempt: impl AsyncFn(Duration) -> bool) {
    for doubled in 0..8 {
        if attempt(Duration::from_millis(20 << doubled)).await {
            return;
        }
    }
    panic!("a sleep of 2.56s had ended before it could be looked at twice");
}

/// A sleep can be polled on another thread, and wakes the waker of that poll.
pub async fn a_sleep_can_be_polled_on_another_thread<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a sleep can be polled on another thread";
    let woken = Witness::default();
    let mut sleep = Box::pin(runtime.sleep(Duration::from_millis(20)));
    let polled = elsewhere(|| woken.poll(&mut sleep));
    let poll = polled.unwrap_or_else(|message| panic!("{PROMISE}: it panicked: {message}"));
    if poll.is_pending() {
        assert!(
            eventually(runtime, || woken.seen()).await,
            "{PROMISE}: {LIMIT:?} after its deadline nobody has been woken"
        );
        assert!(
            within(runtime, sleep).await.is_some(),
            "{PROMISE}: woken, it has not ended"
        );
    }
}

/// A sleep can end on another thread, outside of the runtime, while its driver runs.
pub async fn a_sleep_can_end_on_another_thread<R: Runtime>(runtime: &R) {
    let sleep = runtime.sleep(Duration::from_millis(20));
    let thread = thread::spawn(move || caught(|| block_on(sleep)));
    // Time passes here for both threads. If it takes for ever, the watchdog reports it.
    while !thread.is_finished() {
        runtime.sleep(Duration::from_millis(1)).await;
    }
    if let Err(words) = thread.join().expect("its panic is caught") {
        panic!("a sleep can end on another thread: it panicked: {words}");
    }
}

/// A sleep that was polled in one task can be awaited in another.
pub async fn a_sleep_can_move_to_another_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a sleep can move to another task";
    for duration in [Duration::ZERO, Duration::from_millis(20)] {
        let deadline = runtime.now() + duration;
        let mut sleep = Box::pin(runtime.sleep_until(deadline));
        if poll_once(sleep.as_mut()).await.is_ready() {
            continue;
        }
        gives(
            PROMISE,
            "polled here and awaited there, the other task",
            runtime,
            runtime.spawn(sleep),
            (),
        )
        .await;
        assert!(runtime.now() >= deadline, "{PROMISE}: it ended early");
    }
}

/// Drives a future on this thread alone.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let thread = thread::current();
    let waker = waker_that_calls(move || thread.unpark());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        thread::park();
    }
}

/// A sleep that was polled on one thread is not early on another.
pub async fn a_sleep_is_never_early_on_another_thread<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a sleep is never early on another thread";
    if !passes_by_itself(runtime) {
        // Virtual time stands still meanwhile.
        return;
    }
    for _ in 0..20 {
        let deadline = runtime.now() + Duration::from_micros(1_500);
        let mut sleep = Box::pin(runtime.sleep_until(deadline));
        let _ = poll_once(sleep.as_mut()).await;
        let early = elsewhere(|| {
            let nobody = Witness::default();
            while nobody.poll(&mut sleep).is_pending() {}
            deadline.saturating_duration_since(runtime.now())
        });
        assert_eq!(
            early,
            Ok(Duration::ZERO),
            "{PROMISE}: polled there in a loop, by so much it was early"
        );
    }
}
