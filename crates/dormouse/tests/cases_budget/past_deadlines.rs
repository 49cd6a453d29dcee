//! Sleeps that are polled at or after their deadlines.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use dormouse::{Coalesced, Sleeper, interval, timeout, wait_n};

use crate::cases_everywhere;
use crate::child::Owner;

cases_everywhere! {
    a_sleep_whose_deadline_has_passed
    a_sleep_that_is_polled_again_after_its_deadline
    a_sleep_that_is_polled_elsewhere
    a_sleep_that_is_polled_after_its_end
}

fn a_sleep_whose_deadline_has_passed(rt: impl Owner) {
    rt.block_on(async {
        let now = rt.now();
        let waited = rt.sleep(Duration::from_millis(2));
        thread::sleep(Duration::from_millis(5));
        for sleep in [rt.sleep_until(now), rt.sleep(Duration::ZERO), waited] {
            let mut cx = Context::from_waker(Waker::noop());
            assert!(pin!(sleep).poll(&mut cx).is_ready());
        }
    });
}

fn a_sleep_that_is_polled_again_after_its_deadline(rt: impl Owner) {
    rt.block_on(async {
        let mut sleep = pin!(rt.sleep(Duration::from_millis(5)));
        poll_fn(|cx| {
            assert!(sleep.as_mut().poll(cx).is_pending());
            thread::sleep(Duration::from_millis(10));
            // Ready in this very poll, whatever drives the timer.
            assert!(sleep.as_mut().poll(cx).is_ready());
            Poll::Ready(())
        })
        .await;
        // Another sleep keeps waiting.
        assert!(
            timeout(&rt, Duration::from_millis(2), pending::<()>())
                .await
                .is_err()
        );
    });
}

/// As in a loop around a `select!` that keeps the sleep: it stays ready.
fn a_sleep_that_is_polled_after_its_end(rt: impl Owner) {
    let handle = rt.to_handle();
    let coalesced = Coalesced::new(handle);
    rt.block_on(async {
        let mut sleep = pin!(rt.sleep(Duration::from_millis(2)));
        let mut coalesced = pin!(coalesced.sleep(Duration::from_millis(2)));
        sleep.as_mut().await;
        coalesced.as_mut().await;
        for _ in 0..3 {
            sleep.as_mut().await;
            coalesced.as_mut().await;
        }
    });
}

/// Polled by another executor, while the runtime itself may not be driven.
fn a_sleep_that_is_polled_elsewhere(rt: impl Owner) {
    let mut cx = Context::from_waker(Waker::noop());
    let waited = rt.sleep(Duration::from_millis(2));
    let mut polled = pin!(rt.sleep(Duration::from_millis(500)));
    assert!(polled.as_mut().poll(&mut cx).is_pending());
    thread::sleep(Duration::from_millis(500));
    assert!(pin!(waited).poll(&mut cx).is_ready());
    assert!(polled.as_mut().poll(&mut cx).is_ready());

    let rt = rt.to_handle();
    futures::executor::block_on(async {
        let start = rt.now();
        let limit = Duration::from_millis(5);
        assert!(timeout(&rt, limit, pending::<()>()).await.is_err());
        let mut ticks = interval(&rt, limit);
        ticks.tick().await;
        ticks.tick().await;
        assert!(rt.now() >= start + 2 * limit);
        assert!(wait_n(&rt, 100, limit).await.is_sorted());
    });
}
