//! Steps that contain others, and steps that consist of several parts.

use crate::model::run::{Polled, Run, State, Work};
use crate::model::world::World;
use crate::model::{TICK, Time};
use crate::program::{Body, Id, Interval, Kept, Missed, Then};

impl<'p> World<'p> {
    /// Another runtime, which is dropped after a while; then its task is awaited.
    pub(super) fn inside(
        &mut self,
        id: Id,
        inner: Option<Time>,
        until: Time,
        state: &mut Option<State<'p>>,
    ) -> Polled {
        let now = self.now;
        if let State::Inside(inner, until) = state.get_or_insert(State::Inside(inner, until)) {
            if now < *until {
                return Polled::Pending;
            }
            // Of two events at the same time, either may come first.
            let ended = inner.is_some_and(|inner| inner < now || inner == now && self.coin(2));
            // The threads of that runtime may take a while for that.
            let settled = if self.coin(2) {
                now
            } else {
                self.later().max(now + 1)
            };
            *state = Some(State::Settling(settled, ended));
        }
        let Some(State::Settling(settled, ended)) = state else {
            unreachable!("the state of this step");
        };
        if now < *settled {
            return Polled::Pending;
        }
        let word = if *ended { "value" } else { "cancelled" };
        self.see(id, "inside", word);
        Polled::Ready
    }

    pub(super) fn timeout(
        &mut self,
        id: Id,
        ticks: u8,
        body: &'p Body,
        state: &mut Option<State<'p>>,
    ) -> Polled {
        let deadline = self.after(ticks);
        let new = || State::Timeout(deadline, Box::new(Run::new(body)));
        let State::Timeout(deadline, inner) = state.get_or_insert_with(new) else {
            unreachable!("the state of this step");
        };
        let poll = self.poll_run(inner);
        if !matches!(poll, Polled::Pending) {
            return self.seen_if_ready(id, "timeout", "in time", poll);
        }
        if self.now < *deadline {
            return Polled::Pending;
        }
        if let Some(payload) = self.drop_run(inner, true) {
            *state = None;
            return Polled::Panicked(payload);
        }
        self.seen_if_ready(id, "timeout", "elapsed", Polled::Ready)
    }

    pub(super) fn interval(
        &mut self,
        id: Id,
        of: Interval,
        state: &mut Option<State<'p>>,
    ) -> Polled {
        let now = self.now;
        let State::Ticks(due, left, work) = state.get_or_insert(State::Ticks(now, of.ticks, None))
        else {
            unreachable!("the state of this step");
        };
        let period = u64::from(of.period) * TICK;
        loop {
            if let Some(until) = *work {
                if now < until {
                    return Polled::Pending;
                }
                *work = None;
            }
            if now < *due {
                return Polled::Pending;
            }
            let late = now - *due;
            // It takes its start a moment after a sleep or a timeout that was made before it.
            let is_first = *left == of.ticks;
            *due += u64::from(is_first && !self.profile.exact && self.coin(2));
            *due += match of.missed {
                Missed::Burst => period,
                Missed::Skip => (late / period + 1) * period,
                Missed::Delay if late > TICK / 2 => late + period,
                Missed::Delay => period,
            };
            *left -= 1;
            if *left == 0 {
                return self.seen_if_ready(id, "interval", "done", Polled::Ready);
            }
            if of.work > 0 {
                *work = Some(now + u64::from(of.work) * TICK);
            }
        }
    }

    pub(super) fn select(
        &mut self,
        id: Id,
        bodies: &'p [Body],
        state: &mut Option<State<'p>>,
    ) -> Polled {
        let new = || State::Select(bodies.iter().map(Run::new).collect(), 0);
        let State::Select(arms, from) = state.get_or_insert_with(new) else {
            unreachable!("the state of this step");
        };
        let first = std::mem::take(from);
        // Arms that became due while another arm blocked the thread are polled next time.
        self.again |= first > 0;
        for number in first..arms.len() {
            match self.poll_run(&mut arms[number]) {
                Polled::Pending => {}
                Polled::Busy(until) => {
                    *from = number;
                    return Polled::Busy(until);
                }
                Polled::Panicked(payload) => return Polled::Panicked(payload),
                Polled::Ready => {
                    let mut payload = None;
                    for arm in arms.iter_mut() {
                        let burst = self.drop_run(arm, payload.is_none());
                        payload = payload.or(burst);
                    }
                    *state = None;
                    if let Some(payload) = payload {
                        return Polled::Panicked(payload);
                    }
                    self.see(id, "select", format!("arm {number}"));
                    return Polled::Ready;
                }
            }
        }
        Polled::Pending
    }

    pub(super) fn join(&mut self, bodies: &'p [Body], state: &mut Option<State<'p>>) -> Polled {
        let new = || State::Join(bodies.iter().map(|body| Some(Run::new(body))).collect(), 0);
        let State::Join(arms, from) = state.get_or_insert_with(new) else {
            unreachable!("the state of this step");
        };
        let first = std::mem::take(from);
        // Arms that became due while another arm blocked the thread are polled next time.
        self.again |= first > 0;
        for (number, kept) in arms.iter_mut().enumerate().skip(first) {
            let Some(arm) = kept else {
                continue;
            };
            match self.poll_run(arm) {
                Polled::Pending => {}
                Polled::Busy(until) => {
                    *from = number;
                    return Polled::Busy(until);
                }
                Polled::Panicked(payload) => return Polled::Panicked(payload),
                Polled::Ready => *kept = None,
            }
        }
        let all = arms.iter().all(Option::is_none);
        self.ready_if(all)
    }

    pub(super) fn kept(&mut self, id: Id, kept: &'p Kept, state: &mut Option<State<'p>>) -> Polled {
        let deadline = self.after(kept.sleep);
        let new = || State::Kept(deadline, Box::new(Run::new(&kept.meanwhile)));
        if let State::Kept(deadline, meanwhile) = state.get_or_insert_with(new) {
            let deadline = *deadline;
            match self.poll_run(meanwhile) {
                Polled::Ready => {}
                other => return other,
            }
            *state = Some(match kept.then {
                Then::Elsewhere => State::Courier(self.spawn(None, Work::Until(deadline))),
                _ => State::Until(deadline),
            });
        }
        let (poll, word) = match (kept.then, &*state) {
            (Then::Await, Some(State::Until(deadline))) => (self.until(*deadline), "done".into()),
            (Then::Elsewhere, Some(State::Courier(task))) => {
                let ended = &self.tasks[*task].ended;
                let word = ended.as_ref().map(|ended| ended.word()).unwrap_or_default();
                (self.ready_if(ended.is_some()), word)
            }
            (Then::Outlive, _) => (Polled::Ready, "ended".into()),
            _ => (Polled::Ready, "gone".into()),
        };
        self.seen_if_ready(id, "kept", &word, poll)
    }
}
