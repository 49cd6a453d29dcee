//! What a poll does to each kind of step.

use crate::model::spawned::{Blocked, Spawned};
use crate::model::world::{Work, World};
use crate::model::{TICK, Time};
use crate::program::{Body, Id, Interval, Kept, Missed, Node, Other, Payload, Step, Then, Ticks};

pub(super) enum Polled {
    Ready,
    Pending,
    /// The poll itself takes until then.
    Busy(Time),
    Panicked(String),
}

/// A body that is being run.
pub(super) struct Run<'p> {
    body: &'p Body,
    at: usize,
    pub(super) state: Option<State<'p>>,
    /// Values whose destructors panic if the body is dropped now.
    pub(super) bombs: Vec<Id>,
}

impl<'p> Run<'p> {
    pub(super) fn new(body: &'p Body) -> Self {
        Self {
            body,
            at: 0,
            state: None,
            bombs: Vec::new(),
        }
    }
}

pub(super) enum State<'p> {
    Until(Time),
    Yields(u8),
    Busy(Time),
    Timeout(Time, Box<Run<'p>>),
    /// When the next tick is due, how many are left, and until when it works.
    Ticks(Time, u8, Option<Time>),
    /// The arms, and the one that keeps the thread.
    Select(Vec<Run<'p>>, usize),
    Join(Vec<Option<Run<'p>>>, usize),
    Kept(Time, Box<Run<'p>>),
    Courier(usize),
    Spawned(Spawned<'p>),
    Blocked(Blocked),
    /// When the task of another runtime ends, and when that runtime is dropped.
    Inside(Option<Time>, Time),
    /// When its handle resolves, and whether with a value.
    Settling(Time, bool),
}

impl<'p> World<'p> {
    pub(super) fn poll_work(&mut self, work: &mut Work<'p>) -> Polled {
        match work {
            Work::Body(run) => self.poll_run(run),
            Work::Until(deadline) => self.until(*deadline),
            Work::Await(task) => self.ready_if(self.tasks[*task].ended.is_some()),
        }
    }

    pub(super) fn poll_run(&mut self, run: &mut Run<'p>) -> Polled {
        while let Some(node) = run.body.get(run.at) {
            match self.poll_step(node, &mut run.state, &mut run.bombs) {
                Polled::Ready => {
                    run.state = None;
                    run.at += 1;
                }
                other => return other,
            }
        }
        run.bombs.clear();
        Polled::Ready
    }

    /// The deadline of a sleep that is made now; of two that are made one after the other, the
    /// second may be due a moment later.
    pub(super) fn after(&mut self, ticks: Ticks) -> Time {
        let moment = !self.profile.exact && ticks > 0 && self.coin(2);
        self.now + u64::from(ticks) * TICK + u64::from(moment)
    }

    pub(super) fn until(&self, deadline: Time) -> Polled {
        self.ready_if(self.now >= deadline)
    }

    pub(super) fn ready_if(&self, ready: bool) -> Polled {
        if ready {
            Polled::Ready
        } else {
            Polled::Pending
        }
    }

    /// Ready, with an outcome, if the poll was.
    pub(super) fn seen_if_ready(&mut self, id: Id, what: &str, word: &str, poll: Polled) -> Polled {
        if matches!(poll, Polled::Ready) {
            self.see(id, what, word);
        }
        poll
    }

    fn poll_step(
        &mut self,
        node: &'p Node,
        state: &mut Option<State<'p>>,
        bombs: &mut Vec<Id>,
    ) -> Polled {
        let (id, now) = (node.id, self.now);
        match &node.step {
            Step::Sleep(ticks) | Step::Reset { to: ticks, .. } => {
                let deadline = sleep_state(state, self.after(*ticks));
                let poll = self.until(deadline);
                self.seen_if_ready(id, "sleep", "done", poll)
            }
            Step::Yield(times) => {
                let State::Yields(left) = state.get_or_insert(State::Yields(*times)) else {
                    unreachable!("the state of this step");
                };
                if *left == 0 {
                    return Polled::Ready;
                }
                // On a thread of its own it may be done before anything else happens.
                *left = if self.coin(2) { 0 } else { *left - 1 };
                self.again = true;
                Polled::Pending
            }
            Step::Spend | Step::BrokenYield => Polled::Ready,
            Step::Block(_) if self.profile.exact => Polled::Ready,
            Step::Block(ticks) => match state {
                Some(State::Busy(until)) if *until <= now => Polled::Ready,
                Some(State::Busy(until)) => Polled::Busy(*until),
                _ => {
                    let until = now + u64::from(*ticks) * TICK;
                    *state = Some(State::Busy(until));
                    Polled::Busy(until)
                }
            },
            Step::Forever => Polled::Pending,
            Step::Panic(payload) => Polled::Panicked(match payload {
                Payload::Text => format!("text {id}"),
                Payload::Bomb => format!("payload {id}"),
            }),
            Step::Bomb => {
                bombs.push(id);
                Polled::Ready
            }
            Step::BlockOn => self.seen_if_ready(id, "block_on", "refused", Polled::Ready),
            Step::Timeout(ticks, body) => self.timeout(id, *ticks, body, state),
            Step::BusyTimeout(ticks) => {
                let new = state.is_none();
                let deadline = sleep_state(state, self.after(*ticks));
                if new {
                    self.hogs.push(deadline);
                }
                let poll = self.until(deadline);
                self.seen_if_ready(id, "timeout", "elapsed", poll)
            }
            Step::Interval(interval) => self.interval(id, *interval, state),
            Step::Select(bodies) => self.select(id, bodies, state),
            Step::Join(bodies) => self.join(bodies, state),
            Step::Kept(kept) => self.kept(id, kept, state),
            Step::Spawn(spawn) => self.spawned(id, spawn, state),
            Step::Blocking(blocking) => self.blocking(id, *blocking, state),
            Step::Inside {
                other,
                sleep,
                after,
            } => {
                let undriven = *other == Other::TokioCurrentThread;
                let begun = self.later();
                let inner = (!undriven).then_some(begun + u64::from(*sleep) * TICK);
                let until = self.after(*after);
                self.inside(id, inner, until, state)
            }
        }
    }

    /// Another runtime, dropped after a while; then its task is awaited.
    fn inside(
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
            // The same instant may be before or after.
            let ended = inner.is_some_and(|inner| inner < now || inner == now && self.coin(2));
            // Its threads may have to settle that.
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

    fn timeout(
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

    fn interval(&mut self, id: Id, of: Interval, state: &mut Option<State<'p>>) -> Polled {
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

    fn select(&mut self, id: Id, bodies: &'p [Body], state: &mut Option<State<'p>>) -> Polled {
        let new = || State::Select(bodies.iter().map(Run::new).collect(), 0);
        let State::Select(arms, from) = state.get_or_insert_with(new) else {
            unreachable!("the state of this step");
        };
        let first = std::mem::take(from);
        // What was due while another arm kept the thread is asked by the next poll.
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

    fn join(&mut self, bodies: &'p [Body], state: &mut Option<State<'p>>) -> Polled {
        let new = || State::Join(bodies.iter().map(|body| Some(Run::new(body))).collect(), 0);
        let State::Join(arms, from) = state.get_or_insert_with(new) else {
            unreachable!("the state of this step");
        };
        let first = std::mem::take(from);
        // What was due while another arm kept the thread is asked by the next poll.
        self.again |= first > 0;
        for number in first..arms.len() {
            let Some(arm) = &mut arms[number] else {
                continue;
            };
            match self.poll_run(arm) {
                Polled::Pending => {}
                Polled::Busy(until) => {
                    *from = number;
                    return Polled::Busy(until);
                }
                Polled::Panicked(payload) => return Polled::Panicked(payload),
                Polled::Ready => arms[number] = None,
            }
        }
        let all = arms.iter().all(Option::is_none);
        self.ready_if(all)
    }

    fn kept(&mut self, id: Id, kept: &'p Kept, state: &mut Option<State<'p>>) -> Polled {
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

/// The deadline in the state of a step that sleeps.
fn sleep_state(state: &mut Option<State<'_>>, deadline: Time) -> Time {
    match state.get_or_insert(State::Until(deadline)) {
        State::Until(deadline) => *deadline,
        _ => unreachable!("the state of this step"),
    }
}
