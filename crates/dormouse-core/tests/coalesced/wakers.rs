//! Wakers and wake-ups.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Wake, Waker};
use std::thread;

use dormouse_core::{BlockOn, Coalesced, Sleeper};

use crate::mock::{Owner, ms, on_each_runtime, sleep_on_time};

on_each_runtime! {
    a_bystander_is_not_woken_while_others_are_cancelled;
    one_is_ready_when_it_is_polled_after_its_deadline;
    one_that_is_moved_to_another_time_keeps_its_waker;
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

fn a_bystander_is_not_woken_while_others_are_cancelled<R: Owner>(runtime: &Coalesced<R>) {
    let count = Arc::<Count>::default();
    let waker = Waker::from(Arc::clone(&count));
    let mut bystander = runtime.sleep(ms(400));
    runtime.block_on(async {
        let poll = Pin::new(&mut bystander).poll(&mut Context::from_waker(&waker));
        assert!(poll.is_pending());
        let mut others: Vec<_> = (0..200)
            .map(|number| runtime.sleep(ms(20 + number)))
            .collect();
        for other in &mut others {
            assert!(
                Pin::new(other)
                    .poll(&mut Context::from_waker(Waker::noop()))
                    .is_pending()
            );
        }
        for other in others {
            drop(other);
            runtime.sleep(ms(1)).await;
        }
    });
    let woken = count.0.load(Relaxed);
    assert!(woken <= 3, "{woken} times");
}

fn one_is_ready_when_it_is_polled_after_its_deadline<R: Owner>(runtime: &Coalesced<R>) {
    runtime.block_on(async {
        let mut cx = Context::from_waker(Waker::noop());
        let mut earlier = runtime.sleep(ms(10));
        let mut later = runtime.sleep(ms(30));
        let mut unpolled = runtime.sleep(ms(30));
        assert!(Pin::new(&mut earlier).poll(&mut cx).is_pending());
        assert!(Pin::new(&mut later).poll(&mut cx).is_pending());
        drop(earlier);
        thread::sleep(ms(40));
        assert!(Pin::new(&mut later).poll(&mut cx).is_ready());
        assert!(Pin::new(&mut unpolled).poll(&mut cx).is_ready());
    });
}

fn one_that_is_moved_to_another_time_keeps_its_waker<R: Owner>(runtime: &Coalesced<R>) {
    let count = Arc::<Count>::default();
    let waker = Waker::from(Arc::clone(&count));
    runtime.block_on(async {
        let mut sleep = runtime.sleep(ms(100_000));
        let poll = Pin::new(&mut sleep).poll(&mut Context::from_waker(&waker));
        assert!(poll.is_pending());
        runtime.reset(Pin::new(&mut sleep), runtime.now() + ms(20));
        sleep_on_time(runtime, ms(50)).await;
        assert_eq!(count.0.load(Relaxed), 1);
        // A sleep that has ended can be used again.
        let poll = Pin::new(&mut sleep).poll(&mut Context::from_waker(&waker));
        assert!(poll.is_ready());
        runtime.reset(Pin::new(&mut sleep), runtime.now() + ms(20));
        sleep.await;
    });
}
