//! The one timer under every interleaving of its sleeps and its bell.

use std::future::{Future, poll_fn};
use std::pin::pin;

use loom::future::block_on;
use loom::thread;

use super::*;
use crate::Coalesced;

/// A clock that another thread moves, with a timer that rings from there.
#[derive(Clone, Debug)]
struct Tower {
    start: Instant,
    state: Arc<Mutex<Hand>>,
}

#[derive(Debug, Default)]
struct Hand {
    time: u64,
    timer: Option<(u64, Waker)>,
}

impl Tower {
    fn new() -> Self {
        let start = Instant::now();
        let state = Arc::new(Mutex::new(Hand::default()));
        Self { start, state }
    }

    fn coalesced(&self) -> Coalesced<Self> {
        Coalesced::with_slack(self.clone(), Duration::ZERO)
    }

    /// Moves the clock, and rings if it is time.
    fn strike(&self, time: u64) {
        let mut state = self.state.lock().unwrap();
        state.time = time;
        let due = state.timer.take_if(|timer| timer.0 <= time);
        drop(state);
        if let Some((_, waker)) = due {
            waker.wake();
        }
    }

    fn at(&self, time: u64) -> Instant {
        self.start + Duration::from_nanos(time)
    }
}

impl Sleeper for Tower {
    type Sleep = TowerSleep;

    fn now(&self) -> Instant {
        self.at(self.state.lock().unwrap().time)
    }

    fn sleep_until(&self, deadline: Instant) -> TowerSleep {
        let until = (deadline - self.start).as_nanos() as u64;
        TowerSleep {
            tower: self.clone(),
            until,
        }
    }
}

#[derive(Debug)]
struct TowerSleep {
    tower: Tower,
    until: u64,
}

impl Future for TowerSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.tower.state.lock().unwrap();
        if self.until <= state.time {
            return Poll::Ready(());
        }
        state.timer = Some((self.until, cx.waker().clone()));
        Poll::Pending
    }
}

/// Tells the order in which wakers were woken.
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
fn two_sleeps_end_whoever_arms_the_timer() {
    loom::model(|| {
        let tower = Tower::new();
        let sleeper = tower.coalesced();
        let sleep = |until| {
            let (tower, sleeper) = (tower.clone(), sleeper.clone());
            thread::spawn(move || {
                block_on(sleeper.sleep_until(tower.at(until)));
                assert!(tower.now() >= tower.at(until), "it ended early");
            })
        };
        let sleeps = [sleep(10), sleep(20)];
        tower.strike(15);
        tower.strike(20);
        sleeps.into_iter().for_each(|sleep| sleep.join().unwrap());
    });
}

#[test]
fn a_sleep_that_is_dropped_leaves_the_timer_to_another() {
    loom::model(|| {
        let tower = Tower::new();
        let sleeper = tower.coalesced();
        let leaving = sleeper.sleep_until(tower.at(10));
        let staying = sleeper.sleep_until(tower.at(20));
        let staying = thread::spawn(move || block_on(staying));
        let leaving = thread::spawn(move || {
            let mut leaving = pin!(leaving);
            let _ = leaving
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()));
        });
        tower.strike(10);
        tower.strike(20);
        leaving.join().unwrap();
        staying.join().unwrap();
    });
}

#[test]
fn who_was_to_arm_the_timer_and_is_dropped_leaves_it_to_another() {
    loom::model(|| {
        let tower = Tower::new();
        let sleeper = tower.coalesced();
        let sleep = |until| {
            let mut sleep = Box::pin(sleeper.sleep_until(tower.at(until)));
            let poll = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(poll.is_pending());
            sleep
        };
        let [first, leaving, staying] = [10, 20, 30].map(sleep);
        let staying = thread::spawn(move || block_on(staying));
        let leaving = thread::spawn(move || drop(leaving));
        tower.strike(10);
        tower.strike(30);
        leaving.join().unwrap();
        staying.join().unwrap();
        drop(first);
    });
}

#[test]
fn the_latest_waker_is_woken() {
    loom::model(|| {
        let tower = Tower::new();
        let sleep = tower.coalesced().sleep_until(tower.at(10));
        let sleep = thread::spawn(move || {
            let mut sleep = pin!(sleep);
            let once = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            if once.is_pending() {
                // From here on, it is another task's.
                block_on(poll_fn(|cx| sleep.as_mut().poll(cx)));
            }
        });
        tower.strike(10);
        sleep.join().unwrap();
    });
}

#[test]
fn wake_ups_go_out_in_the_order_of_the_deadlines() {
    loom::model(|| {
        let tower = Tower::new();
        let sleeper = tower.coalesced();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let mut sleeps = [10, 20].map(|until| {
            let call = Call {
                number: until,
                calls: Arc::clone(&calls),
            };
            let mut sleep = Box::pin(sleeper.sleep_until(tower.at(until)));
            let waker = Waker::from(Arc::new(call));
            assert!(
                sleep
                    .as_mut()
                    .poll(&mut Context::from_waker(&waker))
                    .is_pending()
            );
            (sleep, waker)
        });
        // One rings while another enters, finds all of them due, and may let them go itself.
        let entering = {
            let (tower, sleeper) = (tower.clone(), sleeper.clone());
            thread::spawn(move || block_on(sleeper.sleep_until(tower.at(15))))
        };
        tower.strike(20);
        // Who is woken for the others' sake has to look; twice is enough for two.
        for _ in 0..2 {
            for (sleep, waker) in &mut sleeps {
                let _ = sleep.as_mut().poll(&mut Context::from_waker(waker));
            }
        }
        entering.join().unwrap();
        let calls = calls.lock().unwrap();
        assert!(calls.is_sorted(), "{calls:?}");
    });
}
