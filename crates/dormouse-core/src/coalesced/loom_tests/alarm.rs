//! Sleeps on threads under every interleaving with the alarm thread, whatever becomes of their
//! driver.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::task::{Context, Poll};
use std::time::Duration;

use loom::future::block_on;
use loom::thread;

use crate::adapter::Alarm;
use crate::coalesced::loom_system::{START, reset_system, ring_alarms};
use crate::coalesced::shared::Start;
use crate::sync::{AtomicU64, system_now};
use crate::{Coalesced, Instant, Sleeper};

#[test]
fn the_alarm_thread_wakes_those_whose_driver_does_not_come() {
    // The second sleep may enter just after the alarm for the first has fired.
    let start = || Start::anywhere(|_, driver| std::mem::forget(driver));
    long_model(move || the_alarm_thread_wakes([1, 1_000], start()));
}

#[test]
fn the_alarm_thread_wakes_those_whose_driver_is_lost() {
    let start = || Start::anywhere(|_, driver| drop(thread::spawn(move || drop(driver))));
    long_model(move || the_alarm_thread_wakes([1], start()));
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
            alarm: Alarm::default(),
        }
    }
}

struct ByAlarmSleep {
    deadline: Instant,
    alarm: Alarm,
}

impl Future for ByAlarmSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.deadline <= system_now() {
            return Poll::Ready(());
        }
        let deadline = self.deadline;
        self.alarm.arm(deadline, cx.waker()).unwrap();
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
