//! How sleeps use the browser's timeouts.
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

mod browser;
#[path = "browser/held.rs"]
mod held;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use browser::{Browser, poll_once};
use dormouse_core::{Coalesced, Sleeper, wait_random};
use dormouse_web::{Web, WebSleep};
use held::held;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const DAY: Duration = Duration::from_secs(86_400);

/// The longest possible timeout: 24.8 days.
const LONGEST: f64 = 2_147_483_647.0;

#[wasm_bindgen_test]
fn a_hundred_thousand_sleeps_leave_nothing_behind() {
    let browser = Browser::watched();
    let round = || {
        let mut sleeps: Vec<_> = (0..100_000).map(|_| Web.sleep(DAY)).collect();
        assert_eq!(
            browser.open_timeouts(),
            0,
            "a sleep is armed by its first poll"
        );
        for sleep in &mut sleeps {
            let mut cx = Context::from_waker(Waker::noop());
            assert!(Pin::new(sleep).poll(&mut cx).is_pending());
        }
        assert_eq!(browser.open_timeouts(), 100_000);
        drop(sleeps);
        assert_eq!(browser.open_timeouts(), 0, "a timeout was not cleared");
        browser.take_spans();
    };
    // After these rounds the table of the timeouts no longer grows.
    (0..4).for_each(|_| round());
    let before = held();
    for _ in 0..3 {
        round();
    }
    assert_eq!(held(), before, "references and bytes");
}

#[wasm_bindgen_test]
fn a_timeout_is_set_in_whole_milliseconds_rounded_up() {
    let browser = Browser::watched();
    for (micros, millis) in [(1, 1.0), (999, 1.0), (20_900, 21.0), (21_000, 21.0)] {
        // On a busy machine a millisecond may pass in between.
        let rounded = (0..20).any(|_| {
            let mut sleep = Web.sleep(Duration::from_micros(micros));
            let polled = Pin::new(&mut sleep).poll(&mut Context::from_waker(Waker::noop()));
            let spans = browser.take_spans();
            assert!(
                spans.iter().all(|span| *span <= millis),
                "{micros} us: {spans:?}"
            );
            polled.is_pending() && spans == [millis]
        });
        assert!(
            rounded || micros == 1,
            "{micros} us have never been {millis} ms"
        );
    }
}

#[wasm_bindgen_test]
async fn a_sleep_is_not_early_where_its_timeout_is() {
    let browser = Browser::hurried(0.5);
    let deadline = Web.now() + Duration::from_millis(60);
    Web.sleep_until(deadline).await;
    assert!(Web.now() >= deadline);
    let spans = browser.take_spans();
    assert!(spans.len() > 1 && spans.len() < 30, "{spans:?}");
    assert_eq!(browser.open_timeouts(), 0);
}

#[wasm_bindgen_test]
async fn a_sleep_longer_than_a_timeout_can_be_is_a_chain_of_them() {
    let browser = Browser::watched();
    for long in [60 * DAY, Duration::MAX] {
        let mut sleep = Web.sleep(long);
        assert!(poll_once(&mut sleep).await.is_pending());
        assert_eq!(browser.take_spans(), [LONGEST]);
        drop(sleep);
    }
    drop(browser);

    // A timeout of 24.8 days ends after 20 ms, and the rest of the sleep is still pending.
    let browser = Browser::hurried(20.0 / LONGEST);
    let woken = Arc::<Woken>::default();
    let mut sleep = Web.sleep(60 * DAY);
    assert!(woken.poll(&mut sleep).is_pending());
    while browser.take_spans().len() < 2 {
        turn().await;
    }
    assert_eq!(woken.times(), 0);
    assert_eq!(browser.open_timeouts(), 1);
}

#[wasm_bindgen_test]
async fn a_sleep_put_off_sets_no_timeout_until_the_first_has_ended() {
    let browser = Browser::watched();
    let woken = Arc::<Woken>::default();
    let mut sleep = Web.sleep(Duration::from_millis(20));
    assert!(woken.poll(&mut sleep).is_pending());
    let mut deadline = Web.now();
    for _ in 0..1_000 {
        deadline = Web.now() + Duration::from_millis(60);
        Web.reset(Pin::new(&mut sleep), deadline);
    }
    assert_eq!(browser.take_spans().len(), 1);
    while woken.times() == 0 {
        turn().await;
    }
    assert!(Web.now() >= deadline);
    assert!(woken.poll(&mut sleep).is_ready());
    // Without the timeouts of the turns.
    let set = browser.take_spans().into_iter().filter(|span| *span > 1.0);
    assert!(set.count() < 10);

    // A sleep that is moved to an earlier time gets another timeout, and keeps its waker.
    let mut sleep = Web.sleep(DAY);
    assert!(woken.poll(&mut sleep).is_pending());
    Web.reset(Pin::new(&mut sleep), Web.now() + Duration::from_millis(5));
    assert_eq!(browser.open_timeouts(), 1);
    while woken.times() == 1 {
        turn().await;
    }
    assert!(woken.poll(&mut sleep).is_ready());
}

#[wasm_bindgen_test]
async fn a_clock_that_stands_still_for_long_makes_no_sleep_early() {
    let browser = Browser::coarse(100.0);
    let start = Web.now();
    Web.sleep(Duration::from_millis(10)).await;
    assert!(Web.now() - start >= Duration::from_millis(100));
    let spans = browser.take_spans();
    assert!(spans.len() <= 30, "it did not rest in between: {spans:?}");
}

#[wasm_bindgen_test]
async fn coalesced_sleeps_share_a_timeout() {
    let browser = Browser::watched();
    let coalesced = Coalesced::new_local(Web);
    let mut sleeps: Vec<_> = (0..1_000).map(|_| Box::pin(coalesced.sleep(DAY))).collect();
    for sleep in &mut sleeps {
        assert!(poll_once(sleep).await.is_pending());
    }
    turn().await;
    assert_eq!(browser.open_timeouts(), 1);
    drop((sleeps, coalesced));
    turn().await;
    assert_eq!(browser.open_timeouts(), 0);
}

#[wasm_bindgen_test]
async fn delays_are_drawn_by_the_browser() {
    let max = Duration::from_millis(3);
    let fixed = Browser::without_chance(0.3);
    let delays = (wait_random(&Web, max).await, wait_random(&Web, max).await);
    assert_eq!(delays.0, delays.1);
    drop(fixed);
    let delays = (wait_random(&Web, max).await, wait_random(&Web, max).await);
    assert_ne!(delays.0, delays.1);
}

#[wasm_bindgen_test]
fn a_sleep_may_go_to_another_thread() {
    fn goes_anywhere<T: Send + Sync + Unpin + 'static>(_: &T) {}
    goes_anywhere::<WebSleep>(&Web.sleep(DAY));
}

/// Lets the browser run the timeouts that are due.
async fn turn() {
    Web.sleep(Duration::from_millis(1)).await;
}

/// A waker that counts.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Woken {
    fn poll(self: &Arc<Self>, sleep: &mut WebSleep) -> Poll<()> {
        let waker = Waker::from(Arc::clone(self));
        Pin::new(sleep).poll(&mut Context::from_waker(&waker))
    }

    fn times(&self) -> usize {
        self.0.load(SeqCst)
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}
