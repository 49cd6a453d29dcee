//! The queue under every interleaving of its sleeps, its driver and the runtime's timer.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Wake, Waker};

use loom::future::block_on;
use loom::thread;

use super::*;
use crate::Sleeper;
use crate::coalesced::loom_tests::manual_clock::ManualClock;
use crate::sync::Mutex;

mod alarm;
mod manual_clock;

/// Polls once, with a waker that does nothing.
fn poll_once(sleep: &mut CoalescedSleep<ManualClock>) -> Poll<()> {
    let mut cx = Context::from_waker(Waker::noop());
    Pin::new(sleep).poll(&mut cx)
}

#[test]
fn a_sleep_ends_whenever_the_timer_rings() {
    loom::model(|| {
        let clock = ManualClock::new();
        let sleep = clock.coalesced().sleep_until(clock.at(10));
        let sleep = thread::spawn({
            let clock = clock.clone();
            move || {
                block_on(sleep);
                assert!(clock.now() >= clock.at(10), "it ended early");
            }
        });
        clock.advance_to(10);
        sleep.join().unwrap();
    });
}

#[test]
fn nobody_waits_for_one_that_is_held() {
    loom::model(|| {
        let clock = ManualClock::new();
        let sleeper = clock.coalesced();
        let mut held = sleeper.sleep_until(clock.at(10));
        assert!(poll_once(&mut held).is_pending());
        let staying = sleeper.sleep_until(clock.at(20));
        let staying = thread::spawn(move || block_on(staying));
        clock.advance_to(10);
        clock.advance_to(20);
        staying.join().unwrap();
        drop(held);
    });
}

#[test]
fn one_that_enters_as_the_driver_ends_has_a_driver() {
    loom::model(|| {
        let clock = ManualClock::new();
        let sleeper = clock.coalesced();
        let mut leaving = sleeper.sleep_until(clock.at(10));
        assert!(poll_once(&mut leaving).is_pending());
        drop(leaving);
        let staying = sleeper.sleep_until(clock.at(20));
        let staying = thread::spawn(move || block_on(staying));
        // The driver finds no deadline, and ends, or finds the other one.
        clock.advance_to(10);
        clock.advance_to(20);
        staying.join().unwrap();
    });
}

#[test]
fn an_earlier_one_is_not_late() {
    loom::model(|| {
        let clock = ManualClock::new();
        let sleeper = clock.coalesced();
        let mut later = sleeper.sleep_until(clock.at(20));
        assert!(poll_once(&mut later).is_pending());
        let earlier = sleeper.sleep_until(clock.at(10));
        let earlier = thread::spawn(move || block_on(earlier));
        clock.advance_to(10);
        earlier.join().unwrap();
        drop(later);
    });
}

#[test]
fn one_whose_driver_is_lost_goes_on() {
    loom::model(|| {
        let clock = ManualClock::new();
        let sleeper = clock.driven_by(|_, driver| {
            drop(thread::spawn(|| {
                let mut driver = Box::pin(driver);
                let _ = driver
                    .as_mut()
                    .poll(&mut Context::from_waker(Waker::noop()));
            }));
        });
        let sleep = sleeper.sleep_until(clock.at(10));
        let sleep = thread::spawn(move || block_on(sleep));
        clock.advance_to(10);
        sleep.join().unwrap();
    });
}

#[test]
fn one_that_can_not_have_a_driver_goes_alone() {
    loom::model(|| {
        let clock = ManualClock::new();
        let sleep = clock
            .driven_by(|_, driver| drop(driver))
            .sleep_until(clock.at(10));
        let sleep = thread::spawn(move || block_on(sleep));
        clock.advance_to(10);
        sleep.join().unwrap();
    });
}

#[test]
fn the_latest_waker_is_woken() {
    loom::model(|| {
        let clock = ManualClock::new();
        let mut sleep = clock.coalesced().sleep_until(clock.at(10));
        let sleep = thread::spawn(move || {
            if poll_once(&mut sleep).is_pending() {
                // From here on, another task polls it.
                block_on(poll_fn(|cx| Pin::new(&mut sleep).poll(cx)));
            }
        });
        clock.advance_to(10);
        sleep.join().unwrap();
    });
}

/// Records the order in which wakers were woken.
struct Call {
    number: u64,
    calls: Arc<Mutex<Vec<u64>>>,
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.calls.lock().unwrap().push(self.number);
    }
}

#[test]
fn wake_ups_go_out_in_the_order_of_the_deadlines() {
    loom::model(|| {
        let clock = ManualClock::new();
        let sleeper = clock.coalesced();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let sleeps = [20, 10].map(|until| {
            let call = Call {
                number: until,
                calls: Arc::clone(&calls),
            };
            let mut sleep = sleeper.sleep_until(clock.at(until));
            let waker = Waker::from(Arc::new(call));
            let poll = Pin::new(&mut sleep).poll(&mut Context::from_waker(&waker));
            assert!(poll.is_pending());
            sleep
        });
        let last = sleeper.sleep_until(clock.at(30));
        let last = thread::spawn(move || block_on(last));
        clock.advance_to(20);
        clock.advance_to(30);
        last.join().unwrap();
        // The last sleep may have read the clock itself, before the driver has.
        let calls = calls.lock().unwrap();
        assert_eq!(*calls, [10, 20][..calls.len()]);
        drop(sleeps);
    });
}

#[test]
fn the_driver_ends_with_the_last_one() {
    loom::model(|| {
        let clock = ManualClock::new();
        let sleeper = clock.coalesced();
        let mut sleep = sleeper.sleep_until(clock.at(10));
        assert!(poll_once(&mut sleep).is_pending());
        drop(sleeper);
        drop(sleep);
        // A driver that waits for ever would be a deadlock, which loom reports.
    });
}
