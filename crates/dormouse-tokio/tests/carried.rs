//! Sleeps that are carried into another runtime, once their own is gone.
//!
//! tokio panics where such a timer is polled. That is caught, but the program's panic hook sees it, so
//! this process counts the panics: the two tests must not run in one that panics otherwise.

use std::future::Future;
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Interval, Sleeper, ToHandle, interval};
use dormouse_tokio::{Tokio, TokioRuntime, TokioSleep};

static PANICS: AtomicUsize = AtomicUsize::new(0);

#[test]
fn ticks_go_on_elsewhere_without_a_panic() {
    count_panics();
    for [one, two] in pairs() {
        let ticks = one.block_on(async { interval(&Tokio, TICK) });
        let of_handle = interval(&one, TICK);
        drop(one);
        two.block_on(async {
            five(ticks).await;
            five(of_handle).await;
        });
    }
    assert_eq!(PANICS.load(SeqCst), 0);
}

#[test]
fn sleeps_are_reset_elsewhere_without_a_panic() {
    count_panics();
    for [one, two] in pairs() {
        let mut sleep = Box::pin(one.handle().sleep(TICK));
        drop(one);
        two.block_on(async {
            sleep.as_mut().await;
            for _ in 0..5 {
                let deadline = Tokio.now() + TICK;
                Tokio.reset(sleep.as_mut(), deadline);
                sleep.as_mut().await;
                assert!(Tokio.now() >= deadline);
            }
        });
        // Outside of tokio it goes on, too.
        let deadline = Instant::now() + TICK;
        Tokio.reset(sleep.as_mut(), deadline);
        let cx = &mut Context::from_waker(Waker::noop());
        while sleep.as_mut().poll(cx).is_pending() {
            thread::sleep(TICK);
        }
        assert!(Instant::now() >= deadline);
    }
    assert_eq!(PANICS.load(SeqCst), 0);
}

async fn five<S: ToHandle<Handle = S> + Sleeper<Sleep = TokioSleep>>(mut ticks: Interval<S>) {
    let mut due = ticks.tick().await;
    for _ in 0..5 {
        let tick = ticks.tick().await;
        assert!(tick >= due + TICK && Instant::now() >= tick);
        due = tick;
    }
}

fn pairs() -> impl Iterator<Item = [TokioRuntime; 2]> {
    let kinds: [fn() -> TokioRuntime; 2] = [TokioRuntime::current_thread, || {
        TokioRuntime::multi_thread(1)
    }];
    kinds
        .into_iter()
        .flat_map(move |one| kinds.map(|two| [one(), two()]))
}

fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let former = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANICS.fetch_add(1, SeqCst);
            former(info);
        }));
    });
}

const TICK: Duration = Duration::from_millis(3);
