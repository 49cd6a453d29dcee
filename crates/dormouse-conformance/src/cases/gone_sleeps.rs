//! Sleeps whose runtime is gone, used on the thread that made them.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Sleeper};

use crate::clock::passes_by_itself;
use crate::ending::{ends_by_wakes, with_context};
use crate::limit::LIMIT;
use crate::panics::caught;
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
    match caught(|| ends_by_wakes(&woken, &mut sleep)) {
        Ok(true) => {}
        Ok(false) => panic!(
            "{PROMISE}: {LIMIT:?} after its runtime has gone it has not ended, and its waker was woken {} times",
            woken.times()
        ),
        Err(words) => panic!("{PROMISE}: it panicked: {words}"),
    }
}

/// A sleep can be made when its runtime is gone, and ends: at its deadline or later, or in another
/// poll of its task if the clock is at its end then. Where a runtime needs a context, there is none
/// then.
pub fn a_sleep_of_a_runtime_that_is_gone_ends<R: Sleeper, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "a sleep of a runtime that is gone ends";
    let needs_a_context = caught(|| drop(runtime.sleep(DURATION))).is_err();
    drop(driver);
    let (real, made) = (Instant::now(), caught(|| runtime.sleep(DURATION)));
    let Some(sleep) = with_context(PROMISE, "sleep", needs_a_context, made) else {
        return;
    };
    let mut sleep = Box::pin(sleep);
    let woken = Witness::default();
    let ended = caught(|| woken.poll(&mut sleep).is_ready() || ends_by_wakes(&woken, &mut sleep));
    let (elapsed, passes) = (real.elapsed(), passes_by_itself(&runtime));
    match ended {
        Ok(true) => assert!(
            elapsed >= DURATION || !passes,
            "{PROMISE}: it ended {:?} early",
            DURATION - elapsed
        ),
        Ok(false) => panic!("{PROMISE}: made then, one of {DURATION:?} has not ended in {LIMIT:?}"),
        Err(words) => panic!("{PROMISE}: it panicked: {words}"),
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

/// When its runtime is gone, a sleep can be reset, and one of the longest duration can be made: it
/// neither panics nor is it ready at once.
pub fn a_sleep_can_be_reset_when_its_runtime_is_gone<R: Sleeper, B: BlockOn>(
    runtime: R,
    driver: B,
) {
    const PROMISE: &str = "a sleep can be reset when its runtime is gone";
    let needs_a_context = caught(|| drop(runtime.sleep(DURATION))).is_err();
    let woken = Witness::default();
    let (mut polled, unpolled) = driver.block_on(async {
        let (mut polled, unpolled) = (
            Box::pin(runtime.sleep(Duration::from_secs(3_600))),
            Box::pin(runtime.sleep(Duration::from_secs(3_600))),
        );
        let _ = woken.poll(&mut polled);
        (polled, unpolled)
    });
    drop(driver);
    for sleep in [&mut polled, &mut { unpolled }] {
        let ended = caught(|| {
            runtime.reset(sleep.as_mut(), runtime.now() + DURATION);
            woken.poll(sleep).is_ready() || ends_by_wakes(&woken, sleep)
        });
        assert!(
            with_context(PROMISE, "reset", needs_a_context, ended) != Some(false),
            "{PROMISE}: reset to {DURATION:?}, it has not ended in {LIMIT:?}"
        );
    }
    let far = caught(|| {
        let mut far = Box::pin(runtime.sleep(Duration::MAX));
        woken.poll(&mut far).is_pending()
    });
    assert!(
        with_context(PROMISE, "sleep(Duration::MAX)", needs_a_context, far) != Some(false),
        "{PROMISE}: one of {:?} was ready at once",
        Duration::MAX
    );
}

/// `now` does not go back when its runtime goes.
pub fn now_never_goes_back_when_the_runtime_goes<R: Sleeper, B: BlockOn>(runtime: R, driver: B) {
    let before = driver.block_on(async {
        runtime.sleep(Duration::from_millis(5)).await;
        runtime.now()
    });
    drop(driver);
    let back = before.saturating_duration_since(runtime.now());
    assert!(
        back.is_zero(),
        "now never goes back when the runtime goes: it is {back:?} before the last reading"
    );
}

/// A sleep that is awaited elsewhere ends while its runtime is not being driven.
pub fn a_sleep_ends_while_its_runtime_rests<R: Sleeper, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "a sleep ends while its runtime rests";
    if !passes_by_itself(&runtime) {
        // Virtual time stands still meanwhile.
        return;
    }
    for polled in [false, true] {
        let woken = Witness::default();
        let [mut sleep] = driver.block_on(async {
            let mut sleep = Box::pin(runtime.sleep(DURATION));
            if polled {
                let _ = woken.poll(&mut sleep);
            }
            [sleep]
        });
        let ended = woken.poll(&mut sleep).is_ready() || ends_by_wakes(&woken, &mut sleep);
        assert!(
            ended,
            "{PROMISE}: {LIMIT:?} later it has not ended (polled before: {polled}), and its waker was woken {} \
             times",
            woken.times()
        );
    }
}
