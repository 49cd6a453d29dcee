//! A clock with timers that a thread of the model moves.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use loom::future::block_on;
use loom::thread;

use crate::coalesced::driver::Driver;
use crate::coalesced::loom_system::START;
use crate::coalesced::shared::Start;
use crate::sync::Mutex;
use crate::{Coalesced, Instant, Sleeper};

/// A clock with timers; the thread that moves it wakes the timers that are due.
#[derive(Clone, Debug)]
pub(crate) struct ManualClock {
    start: Instant,
    state: Arc<Mutex<ClockState>>,
}

#[derive(Debug, Default)]
struct ClockState {
    time: u64,
    timers: Vec<(u64, Waker)>,
}

impl ManualClock {
    pub(crate) fn new() -> Self {
        // Far from the system's clock, so that it is not taken for that.
        let start = *START + Duration::from_secs(1_000);
        let state = Arc::new(Mutex::new(ClockState::default()));
        Self { start, state }
    }

    pub(crate) fn coalesced(&self) -> Coalesced<Self> {
        self.driven_by(|_, driver| drop(thread::spawn(|| block_on(driver))))
    }

    pub(crate) fn driven_by(&self, run: fn(&Self, Driver<Self>)) -> Coalesced<Self> {
        Coalesced::start_by(self.clone(), Duration::ZERO, Start::anywhere(run))
    }

    /// Moves the clock, and wakes the timers that are due.
    pub(crate) fn advance_to(&self, time: u64) {
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

    pub(crate) fn at(&self, time: u64) -> Instant {
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
pub(crate) struct ManualSleep {
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
