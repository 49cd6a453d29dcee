//! The queue under every interleaving of its sleeps, its driver and the runtime's timer.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::Ordering::SeqCst;
use std::task::{Context, Poll, Wake, Waker};

use loom::future::block_on;
use loom::thread;

use super::*;
use crate::Instant;
use crate::Sleeper;
use crate::coalesced::driver::Driver;
use crate::coalesced::loom_system::{AlarmSleep, START, reset_system, ring_alarms};
use crate::sync::{AtomicU64, Mutex, system_now};

/// A clock with timers; the thread that moves it wakes the timers that are due.
#[derive(Clone, Debug)]
struct ManualClock {
    start: Instant,
    state: Arc<Mutex<ClockState>>,
}

#[derive(Debug, Default)]
struct ClockState {
    time: u64,
    timers: Vec<(u64, Waker)>,
}

impl ManualClock {
    fn new() -> Self {
        // Far from the system's clock, so that it is not taken for that.
        let start = *START + Duration::from_secs(1_000);
        let state = Arc::new(Mutex::new(ClockState::default()));
        Self { start, state }
    }

    fn coalesced(&self) -> Coalesced<Self> {
        self.driven_by(|_, driver| drop(thread::spawn(|| block_on(driver))))
    }

    fn driven_by(&self, run: fn(&Self, Driver<Self>)) -> Coalesced<Self> {
        Coalesced::start_by(self.clone(), Duration::ZERO, run.into())
    }

    /// Moves the clock, and wakes the timers that are due.
    fn advance_to(&self, time: u64) {
        let mut state = self.state.lock().unwrap();
        state.time = time;
        let (due, later) = std::mem::take(&mut state.timers)
            .into_iter()
            .partition(|timer| timer.0 <= time);
        state.timers = later;
        drop(state);
        let due: Vec<(u64, Waker)> = due;
        due.into_iter().for_each(|(_, waker)| waker.wake());
    }

    fn at(&self, time: u64) -> Instant {
        self.start + Duration::from_nanos(time)
    }
}

impl Sleeper for ManualClock {
    type Sleep = ManualSleep;

    fn now(&self) -> Instant {
        self.at(self.state.lock().unwrap().time)
    }

    fn sleep_until(&self, deadline: Instant) -> ManualSleep {
        let until = (deadline - self.start).as_nanos() as u64;
        ManualSleep {
            clock: self.clone(),
            until,
        }
    }
}

#[derive(Debug)]
struct ManualSleep {
    clock: ManualClock,
    until: u64,
}

impl Future for ManualSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.state.lock().unwrap();
        if self.until <= state.time {
            return Poll::Ready(());
        }
        let timer = (self.until, cx.waker().clone());
        state.timers.push(timer);
        Poll::Pending
    }
}

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

/// A sleeper on the system's clock, whose own sleeps are woken by the alarm thread.
#[derive(Clone, Debug)]
struct ByAlarm;

impl Sleeper for ByAlarm {
    type Sleep = ByAlarmSleep;

    fn now(&self) -> Instant {
        system_now()
    }

    fn sleep_until(&self, deadline: Instant) -> ByAlarmSleep {
        ByAlarmSleep {
            deadline,
            alarm: None,
        }
    }
}

struct ByAlarmSleep {
    deadline: Instant,
    alarm: Option<AlarmSleep>,
}

impl Future for ByAlarmSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.deadline <= system_now() {
            return Poll::Ready(());
        }
        let mut alarm = AlarmSleep::until(self.deadline);
        alarm.arm(cx.waker()).unwrap();
        self.alarm = Some(alarm);
        Poll::Pending
    }
}

/// The alarm thread alone wakes sleeps on threads, whatever becomes of their driver.
fn the_alarm_thread_wakes<const N: usize>(untils: [u64; N], start: Start<ByAlarm>) {
    reset_system();
    let sleeper = Coalesced::start_by(ByAlarm, Duration::ZERO, start);
    let ended = Arc::new(AtomicU64::new(0));
    let sleeps = untils.map(|until| {
        let sleep = sleeper.sleep_until(*START + Duration::from_millis(until));
        let ended = Arc::clone(&ended);
        thread::spawn(move || {
            block_on(sleep);
            ended.fetch_add(1, SeqCst);
        })
    });
    let mut looks = 0;
    while ended.load(SeqCst) < N as u64 {
        looks += 1;
        assert!(
            looks < 100,
            "the alarm thread has looked so often, and they have not ended"
        );
        ring_alarms(Duration::from_millis(600));
        thread::yield_now();
    }
    sleeps.into_iter().for_each(|sleep| sleep.join().unwrap());
    reset_system();
}

fn long_model(run: impl Fn() + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.max_branches = 20_000;
    // A bound of three preemptions takes minutes.
    model.preemption_bound = Some(3);
    model.check(run);
}

#[test]
fn the_alarm_thread_wakes_those_whose_driver_does_not_come() {
    // The second sleep may enter just after the alarm for the first has rung.
    let run: fn(&ByAlarm, _) = |_, driver| std::mem::forget(driver);
    long_model(move || the_alarm_thread_wakes([1, 1_000], run.into()));
}

#[test]
fn the_alarm_thread_wakes_those_whose_driver_is_lost() {
    let run: fn(&ByAlarm, _) = |_, driver| drop(thread::spawn(move || drop(driver)));
    long_model(move || the_alarm_thread_wakes([1], run.into()));
}

#[test]
fn the_alarm_thread_wakes_those_whose_driver_cannot_be_started() {
    long_model(|| {
        let start = Start {
            has_context: |_| false,
            run: |_, _| unreachable!("there is no context"),
        };
        the_alarm_thread_wakes([1, 1_000], start);
    });
}
