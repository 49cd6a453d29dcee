//! Who is woken by a sleep, and from where it can be made and polled.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use dormouse_core::{BlockOn, Runtime, Sleeper};

use crate::cases::failure::said;
use crate::limit::{LIMIT, eventually, within};
use crate::witness::Witness;

/// Dropping a sleep cancels it: nobody is woken at its deadline.
pub fn dropping_a_sleep_cancels_it<R: Sleeper, B: BlockOn>(runtime: &R, driver: &B) {
    driver.block_on(async {
        let cancelled = attempts(async |duration| {
            let (never_polled, woken) = (runtime.sleep(duration), Witness::default());
            let deadline = runtime.now() + duration;
            let mut sleep = Box::pin(runtime.sleep_until(deadline));
            let pending = woken.poll(&mut sleep).is_pending();
            drop((sleep, never_polled));
            if !pending || woken.seen() || runtime.now() >= deadline {
                return false;
            }
            runtime.sleep_until(deadline + Duration::from_millis(10)).await;
            assert!(
                !woken.seen(),
                "dropping a sleep cancels it: one of {duration:?} was dropped and still woke its waker"
            );
            true
        });
        cancelled.await;
    });
}

/// A sleep wakes the waker of its latest poll.
pub fn sleep_wakes_the_latest_waker<R: Sleeper, B: BlockOn>(runtime: &R, driver: &B) {
    driver.block_on(async {
        let woken = attempts(async |duration| {
            let (first, latest) = (Witness::default(), Witness::default());
            let mut sleep = Box::pin(runtime.sleep(duration));
            if first.poll(&mut sleep).is_ready() || latest.poll(&mut sleep).is_ready() {
                return false;
            }
            runtime.sleep(duration).await;
            assert!(
                eventually(runtime, || latest.seen()).await,
                "a sleep wakes the latest waker: polled by one and then by another, {LIMIT:?} after its \
                 deadline it has woken the first {} times and the latest never",
                first.times()
            );
            assert!(
                within(runtime, sleep).await.is_some(),
                "a sleep wakes the latest waker: it has, but the sleep has not ended"
            );
            true
        });
        woken.await;
    });
}

/// Repeats what needs a sleep to be still pending, on a busy machine with longer and longer ones.
async fn attempts(attempt: impl AsyncFn(Duration) -> bool) {
    for doubled in 0..8 {
        if attempt(Duration::from_millis(20 << doubled)).await {
            return;
        }
    }
    panic!("a sleep of 2.56s had ended before it could be looked at twice");
}

/// A sleep can be polled on another thread, and wakes who polled it there.
pub fn a_sleep_can_be_polled_on_another_thread<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "a sleep can be polled on another thread";
    driver.block_on(async {
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
    });
}

/// A sleep can end on another thread, where nothing of the runtime is, while its driver runs.
pub fn a_sleep_can_end_on_another_thread<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    driver.block_on(async {
        let sleep = runtime.sleep(Duration::from_millis(20));
        let thread = thread::spawn(move || block_on(sleep));
        // Time passes here for both. The watchdog says it if that takes for ever.
        while !thread.is_finished() {
            runtime.sleep(Duration::from_millis(1)).await;
        }
        if let Err(payload) = thread.join() {
            panic!(
                "a sleep can end on another thread: it panicked: {}",
                said(&*payload)
            );
        }
    });
}

/// A sleep or a task made where nothing of the runtime is, on a plain thread, works, or else
/// panics right there, with a message that says what to do.
pub fn outside_of_a_context_it_works_or_says_what_to_do<R: Runtime, B: BlockOn>(
    runtime: &R,
    driver: &B,
) {
    const PROMISE: &str = "outside of a context it works or says what to do";
    let sleep = elsewhere(|| runtime.sleep(Duration::from_millis(5)));
    let task = elsewhere(|| runtime.spawn(async { 42 }));
    driver.block_on(async {
        match sleep {
            Ok(sleep) => {
                let ended = within(runtime, sleep).await;
                assert!(
                    ended.is_some(),
                    "{PROMISE}: the sleep has not ended within {LIMIT:?}"
                );
            }
            Err(message) => assert!(
                message.contains(' '),
                "{PROMISE}: `sleep` panicked without a word"
            ),
        }
        match task {
            Ok(task) => match within(runtime, task).await {
                Some(result) => assert_eq!(result.ok(), Some(42), "{PROMISE}: the task is lost"),
                None => panic!("{PROMISE}: the task has not ended within {LIMIT:?}"),
            },
            Err(message) => assert!(
                message.contains(' '),
                "{PROMISE}: `spawn` panicked without a word"
            ),
        }
    });
}

/// Calls on a plain thread, and gives the message of the panic if there is one. It is over in no
/// time, so the driver's thread may wait for it.
pub(crate) fn elsewhere<T: Send>(call: impl FnOnce() -> T + Send) -> Result<T, String> {
    thread::scope(|scope| {
        let thread = scope.spawn(|| catch_unwind(AssertUnwindSafe(call)));
        let result = thread.join().unwrap_or_else(Err);
        result.map_err(|payload| said(&*payload))
    })
}

/// Drives a future with nothing but this thread.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        thread::park();
    }
}
