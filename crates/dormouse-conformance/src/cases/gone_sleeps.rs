//! Sleeps whose runtime is gone, used on the thread that made them.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Sleeper};

use crate::cases::failure::said;
use crate::clock::passes_by_itself;
use crate::ending::{ends_by_wakes, has_no_context};
use crate::limit::LIMIT;
use crate::witness::Witness;

/// A sleep that is awaited when its runtime goes wakes the one who awaits it and ends, though
/// nobody polls it without being woken.
pub fn an_awaited_sleep_outlives_its_runtime<R: Sleeper, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "an awaited sleep outlives its runtime";
    let woken = Witness::default();
    let real = Instant::now();
    let (mut sleep, poll) = driver.block_on(async {
        let mut sleep = Box::pin(runtime.sleep(DURATION));
        let poll = woken.poll(&mut sleep);
        (sleep, poll)
    });
    drop((driver, runtime));
    if poll.is_ready() {
        assert!(real.elapsed() >= DURATION, "{PROMISE}: it ended early");
        return;
    }
    match catch_unwind(AssertUnwindSafe(|| ends_by_wakes(&woken, &mut sleep))) {
        Ok(true) => {}
        Ok(false) => panic!(
            "{PROMISE}: {LIMIT:?} after its runtime has gone it has not ended, and its waker was woken {} times",
            woken.times()
        ),
        Err(payload) => panic!("{PROMISE}: it panicked: {}", said(&*payload)),
    }
}

/// A sleep can be made when its runtime is gone, and ends: at its deadline or later, or in another
/// poll of its task if the clock is at its end then. Where a runtime needs a context, there is none
/// then.
pub fn a_sleep_of_a_runtime_that_is_gone_ends<R: Sleeper, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "a sleep of a runtime that is gone ends";
    let outside = catch_unwind(AssertUnwindSafe(|| drop(runtime.sleep(DURATION))));
    drop(driver);
    let real = Instant::now();
    let made = catch_unwind(AssertUnwindSafe(|| runtime.sleep(DURATION)));
    let mut sleep = match made {
        Ok(sleep) => Box::pin(sleep),
        Err(_) if outside.is_err() => {
            has_no_context(PROMISE);
            return;
        }
        Err(payload) => panic!("{PROMISE}: `sleep` panicked: {}", said(&*payload)),
    };
    let woken = Witness::default();
    let ended = catch_unwind(AssertUnwindSafe(|| {
        woken.poll(&mut sleep).is_ready() || ends_by_wakes(&woken, &mut sleep)
    }));
    let (elapsed, passes) = (real.elapsed(), passes_by_itself(&runtime));
    match ended {
        Ok(true) => assert!(
            elapsed >= DURATION || !passes,
            "{PROMISE}: it ended {:?} early",
            DURATION - elapsed
        ),
        Ok(false) => panic!("{PROMISE}: made then, one of {DURATION:?} has not ended in {LIMIT:?}"),
        Err(payload) => panic!("{PROMISE}: it panicked: {}", said(&*payload)),
    }
    let one_after_the_other = async {
        for _ in 0..100_000 {
            runtime.sleep(Duration::from_secs(3_600)).await;
        }
    };
    // As streams that look at their items once more in the same poll do.
    let polled_twice = async {
        for _ in 0..100_000 {
            let mut sleep = Box::pin(runtime.sleep(Duration::from_secs(3_600)));
            poll_fn(|cx| match sleep.as_mut().poll(cx) {
                Poll::Pending => sleep.as_mut().poll(cx),
                Poll::Ready(()) => Poll::Ready(()),
            })
            .await;
        }
    };
    let loops: [Pin<Box<dyn Future<Output = ()> + '_>>; 2] =
        [Box::pin(one_after_the_other), Box::pin(polled_twice)];
    for mut sleeps in loops {
        assert!(
            woken.poll(&mut sleeps).is_pending(),
            "{PROMISE}: a loop of new sleeps of an hour did not give up its thread"
        );
    }
}

const DURATION: Duration = Duration::from_millis(20);
