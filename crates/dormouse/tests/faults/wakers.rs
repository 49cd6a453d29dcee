//! A waker that panics harms no other, where our own thread or queue calls the wakers.

use std::future::Future;
use std::panic::panic_any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse::{Coalesced, Sleeper, Threads};

use crate::{Expected, SHORT, quiet};

#[test]
fn a_waker_that_panics_on_the_alarm_thread() {
    a_waker_that_panics(&Threads);
    a_waker_that_panics(&Coalesced::new(Threads));
}

/// If the wakers are called by our own thread or queue, one that panics harms only its own task:
/// all others are woken, and later sleeps too.
fn a_waker_that_panics<S: Sleeper>(sleeper: &S) {
    quiet();
    let broken = Waker::from(Arc::new(Broken));
    let counted = Arc::new(Counted(AtomicUsize::new(0)));
    let counting = Waker::from(Arc::clone(&counted));
    for _ in 0..2 {
        let mut sleeps: Vec<_> = (0..100_u32)
            .map(|number| Box::pin(sleeper.sleep(SHORT + SHORT * number / 100)))
            .collect();
        for (number, sleep) in sleeps.iter_mut().enumerate() {
            let waker = if number % 10 == 3 { &broken } else { &counting };
            assert!(
                sleep
                    .as_mut()
                    .poll(&mut Context::from_waker(waker))
                    .is_pending()
            );
        }
        // Woken sleeps are polled, as an executor would do; the one with the broken waker never is.
        let start = Instant::now();
        let mut woken = 0;
        let mut left: Vec<_> = sleeps.into_iter().enumerate().collect();
        while left.iter().any(|(number, _)| number % 10 != 3) {
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "{} never end",
                left.len()
            );
            thread::sleep(SHORT / 20);
            let now = counted.0.load(Relaxed);
            if now > woken {
                woken = now;
                left.retain_mut(|(number, sleep)| {
                    let mut cx = Context::from_waker(&counting);
                    *number % 10 == 3 || sleep.as_mut().poll(&mut cx).is_pending()
                });
            }
        }
    }
}

/// A waker that panics every time, used along with wakers that count.
struct Broken;

impl Wake for Broken {
    fn wake(self: Arc<Self>) {
        panic_any(Expected);
    }
}

struct Counted(AtomicUsize);

impl Wake for Counted {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}
