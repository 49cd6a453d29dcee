//! Sleeps that are polled at or after their deadlines.

use std::future::{Future, pending};
use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use dormouse::{Coalesced, Sleeper, interval, timeout, wait_n};

use crate::cases_everywhere;
use crate::child::Owner;

cases_everywhere! {
    a_sleep_that_is_polled_elsewhere
    a_sleep_that_is_polled_after_its_end
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
