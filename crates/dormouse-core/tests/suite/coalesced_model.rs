//! Coalesced sleeps, each in its own task, with checks of what must always hold.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

use dormouse_core::{Coalesced, CoalescedSleep, Sleeper};

use crate::mock::Mock;

/// Which sleeps were woken, in this order: the number, and the poll that registered the waker.
type Calls = Arc<Mutex<VecDeque<(usize, usize)>>>;

struct Call {
    calls: Calls,
    number: usize,
    poll: usize,
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.calls
            .lock()
            .unwrap()
            .push_back((self.number, self.poll));
    }
}

/// Sleeps on one timer, each in its own task.
pub(crate) struct CoalescedModel {
    mock: Mock,
    sleeper: Option<Coalesced<Mock>>,
    sleeps: Vec<Option<(CoalescedSleep<Mock>, Instant)>>,
    polls: Vec<usize>,
    calls: Calls,
    /// The deadlines of the sleeps that have ended, in the order in which they ended.
    pub(crate) ended: Vec<Instant>,
    pub(crate) cancelled: Vec<usize>,
    pub(crate) latest: Duration,
}

impl CoalescedModel {
    pub(crate) fn new(mock: &Mock, slack: Duration) -> Self {
        Self {
            mock: mock.clone(),
            sleeper: Some(Coalesced::with_slack(mock.clone(), slack)),
            sleeps: Vec::new(),
            polls: Vec::new(),
            calls: Calls::default(),
            ended: Vec::new(),
            cancelled: Vec::new(),
            latest: Duration::ZERO,
        }
    }

    pub(crate) fn enter(&mut self, after: Duration) -> usize {
        let sleeper = self.sleeper.as_ref().expect("it is there");
        let deadline = self.mock.start() + after;
        self.sleeps
            .push(Some((sleeper.sleep_until(deadline), deadline)));
        self.polls.push(0);
        self.sleeps.len() - 1
    }

    pub(crate) fn poll(&mut self, number: usize) {
        let Some((sleep, deadline)) = &mut self.sleeps[number] else {
            return;
        };
        self.polls[number] += 1;
        let calls = Arc::clone(&self.calls);
        let waker = Waker::from(Arc::new(Call {
            calls,
            number,
            poll: self.polls[number],
        }));
        if Pin::new(sleep)
            .poll(&mut Context::from_waker(&waker))
            .is_ready()
        {
            let late = self.mock.now().checked_duration_since(*deadline);
            self.latest = self.latest.max(late.expect("a sleep ended early"));
            self.ended.push(*deadline);
            self.sleeps[number] = None;
        }
        assert!(self.mock.live_sleeps() <= 1, "more than one timer");
    }

    /// Runs the driver and the woken sleeps until nothing is woken.
    pub(crate) fn run(&mut self) {
        self.mock.run_all();
        self.poll_woken();
    }

    /// Polls the sleeps that were woken, in that order; a wake-up of a replaced waker has no
    /// effect.
    pub(crate) fn poll_woken(&mut self) {
        loop {
            let call = self.calls.lock().unwrap().pop_front();
            match call {
                Some((number, poll)) if poll == self.polls[number] => self.poll(number),
                Some(_) => {}
                None => return,
            }
        }
    }

    /// Drops a sleep; whether it was still there.
    pub(crate) fn cancel(&mut self, number: usize) -> bool {
        let seen = |model: &Self| {
            let (mock, calls) = (&model.mock, model.calls.lock().unwrap().len());
            (mock.made_so_far(), mock.polls(), mock.woken_tasks(), calls)
        };
        let before = seen(self);
        let slept = self.sleeps[number].take().is_some();
        assert_eq!(
            before,
            seen(self),
            "a drop touched the timer or woke somebody"
        );
        if slept {
            self.cancelled.push(number);
        }
        slept
    }

    pub(crate) fn sleeping(&self) -> Vec<usize> {
        (0..self.sleeps.len())
            .filter(|&number| self.sleeps[number].is_some())
            .collect()
    }

    pub(crate) fn fire(&self, number: usize) {
        let before = (self.mock.made_so_far(), self.mock.polls());
        self.mock.fire(number);
        let after = (self.mock.made_so_far(), self.mock.polls());
        assert_eq!(before, after, "the waker touched the timer");
    }

    /// Runs to the end as a runtime without faults does.
    pub(crate) fn finish(&mut self) {
        self.run();
        while self.sleeps.iter().any(Option::is_some) {
            match self.mock.due().first() {
                Some(&timer) => self.fire(timer),
                None => assert!(self.mock.advance_to_next(), "nobody will ever wake them"),
            }
            self.run();
        }
    }

    /// Drops everything first: while the sleeper lives, the driver may wait without a sleep.
    pub(crate) fn check_nothing_left(mut self) {
        self.sleeps.clear();
        self.sleeper = None;
        self.mock.run_all();
        assert_eq!((self.mock.live_tasks(), self.mock.live_sleeps()), (0, 0));
    }
}
