//! A program on a real runtime.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use dormouse::{
    BlockOn, Instant, JoinError, MissedTick, Runtime, SpawnBlocking, Threads, interval, timeout,
};

use crate::log::Log;
use crate::program::{self, Body, Id, Interval, Missed, Node, Payload, Step, Ticks};
use crate::stage::bombs::{Bombs, Explosive, Ours, Output, panic_text, word};
use crate::stage::futures::{busy, join, poll_as, poll_once, select, spend};

pub(crate) mod bombs;
mod futures;
mod inside;
mod kept;
mod spawned;
pub(crate) mod watched;

/// What a program needs to run on: every runtime with `Send` tasks has it.
pub(crate) trait Host: Runtime + SpawnBlocking {}

impl<R: Runtime + SpawnBlocking> Host for R {}

/// A runtime, and everything that a program leaves behind on it.
pub(crate) struct Stage<R: Host> {
    pub(crate) runtime: R,
    pub(crate) log: Arc<Log>,
    pub(crate) tick: Duration,
    bag: Arc<Mutex<Bag<R>>>,
}

/// What is awaited once the runtime is gone.
pub(crate) struct Bag<R: Host> {
    pub(crate) tasks: Vec<(Id, R::Task<Output>)>,
    pub(crate) sleeps: Vec<KeptSleep<R>>,
}

/// A sleep of this place, with its deadline.
pub(crate) type KeptSleep<R> = (Id, Instant, Pin<Box<<R as dormouse::Sleeper>::Sleep>>);

pub(crate) type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

impl<R: Host> Clone for Stage<R> {
    fn clone(&self) -> Self {
        Self {
            runtime: self.runtime.clone(),
            log: Arc::clone(&self.log),
            tick: self.tick,
            bag: Arc::clone(&self.bag),
        }
    }
}

impl<R: Host> Stage<R> {
    pub(crate) fn new(runtime: R, log: Arc<Log>, tick: Duration) -> Self {
        let bag = Bag {
            tasks: Vec::new(),
            sleeps: Vec::new(),
        };
        Self {
            runtime,
            log,
            tick,
            bag: Arc::new(Mutex::new(bag)),
        }
    }

    /// What has been kept so far.
    pub(crate) fn take_bag(&self) -> Bag<R> {
        let mut bag = self.bag.lock().expect("no foreign code runs under it");
        Bag {
            tasks: std::mem::take(&mut bag.tasks),
            sleeps: std::mem::take(&mut bag.sleeps),
        }
    }

    /// The steps of a body, one after the other.
    pub(crate) fn run(&self, body: &Body) -> Boxed {
        let (stage, body) = (self.clone(), body.clone());
        Box::pin(async move {
            let mut bombs = Bombs::default();
            for node in &body {
                if let Step::Bomb = node.step {
                    bombs.add(node.id);
                } else {
                    stage.step(node).await;
                }
            }
            bombs.defuse();
        })
    }

    async fn step(&self, node: &Node) {
        let id = node.id;
        match &node.step {
            Step::Sleep(ticks) => self.sleep(id, *ticks).await,
            Step::Yield(times) => {
                for _ in 0..*times {
                    self.runtime.yield_now().await;
                }
            }
            Step::BrokenYield => {
                let mut turn = Box::pin(self.runtime.yield_now());
                let _ = poll_as(program::Poll::Broken, turn.as_mut()).await;
            }
            Step::Spend => spend().await,
            Step::Block(ticks) => thread::sleep(self.time(*ticks)),
            Step::Forever => std::future::pending().await,
            Step::Panic(Payload::Text) => panic_any(Ours(format!("text {id}"))),
            Step::Panic(Payload::Bomb) => panic_any(Explosive(id)),
            Step::Bomb => unreachable!("handled with its body"),
            Step::BlockOn => self.block_on(id),
            Step::Timeout(ticks, body) => {
                let result = timeout(&self.runtime, self.time(*ticks), self.run(body)).await;
                let word = result.map_or("elapsed", |()| "in time");
                self.log.see(id, "timeout", word);
            }
            Step::BusyTimeout(ticks) => {
                let result = timeout(&self.runtime, self.time(*ticks), busy()).await;
                let word = result.map_or("elapsed", |()| "in time");
                self.log.see(id, "timeout", word);
            }
            Step::Interval(interval) => self.interval(id, *interval).await,
            Step::Select(bodies) => {
                let arm = select(bodies.iter().map(|body| self.run(body)).collect()).await;
                self.log.see(id, "select", format!("arm {arm}"));
            }
            Step::Join(bodies) => {
                join(bodies.iter().map(|body| Some(self.run(body))).collect()).await;
            }
            Step::Kept(kept) => self.kept(id, kept).await,
            Step::Reset { polled, from, to } => self.reset(id, *polled, *from, *to).await,
            Step::Spawn(spawn) => self.spawn(id, spawn).await,
            Step::Blocking(blocking) => self.blocking(id, *blocking).await,
            Step::Inside {
                other,
                sleep,
                after,
            } => self.inside(id, *other, *sleep, *after).await,
        }
    }

    pub(crate) fn time(&self, ticks: Ticks) -> Duration {
        self.tick * u32::from(ticks)
    }

    async fn sleep(&self, id: Id, ticks: Ticks) {
        let deadline = self.runtime.now() + self.time(ticks);
        self.runtime.sleep(self.time(ticks)).await;
        self.on_time(id, deadline);
        self.log.see(id, "sleep", "done");
    }

    async fn reset(&self, id: Id, polled: bool, from: Ticks, to: Ticks) {
        let mut sleep = Box::pin(self.runtime.sleep(self.time(from)));
        if polled {
            let _ = poll_once(sleep.as_mut()).await;
        }
        let deadline = self.runtime.now() + self.time(to);
        self.runtime.reset(sleep.as_mut(), deadline);
        sleep.await;
        self.on_time(id, deadline);
        self.log.see(id, "sleep", "done");
    }

    async fn interval(&self, id: Id, of: Interval) {
        let period = self.time(of.period);
        let start = self.runtime.now();
        let mut ticks = interval(&self.runtime, period).missed_tick(match of.missed {
            Missed::Burst => MissedTick::Burst,
            Missed::Delay => MissedTick::Delay,
            Missed::Skip => MissedTick::Skip,
        });
        let mut last: Option<Instant> = None;
        for number in 0..of.ticks {
            let due = ticks.tick().await;
            self.log.check(due <= self.runtime.now(), || {
                format!("#{id}: a tick before it was due")
            });
            let apart = last.is_none_or(|last| due >= last + period);
            self.log
                .check(apart, || format!("#{id}: two ticks in less than a period"));
            // The interval takes its start a moment later.
            let due_after_start = due >= start + period * u32::from(number);
            self.log
                .check(due_after_start, || format!("#{id}: tick {number} is early"));
            last = Some(due);
            if of.work > 0 && number + 1 < of.ticks {
                self.runtime.sleep(self.time(of.work)).await;
            }
        }
        self.log.see(id, "interval", "done");
    }

    fn block_on(&self, id: Id) {
        let tried = catch_unwind(AssertUnwindSafe(|| Threads.block_on(async {})));
        let refused = match tried {
            Ok(()) => "allowed".into(),
            Err(payload) => panic_text(payload, "inside of a task or of another `block_on`"),
        };
        self.log.see(id, "block_on", refused);
    }

    /// Checks that a sleep has ended neither before its deadline nor long after it.
    pub(crate) fn on_time(&self, id: Id, deadline: Instant) {
        let now = self.runtime.now();
        self.log.check(now >= deadline, || {
            format!("#{id}: a sleep is early by {:?}", deadline - now)
        });
        let late = now.saturating_duration_since(deadline);
        self.log.late(id, late);
    }
}

/// The word for the result of a handle.
pub(crate) fn join_word(id: Id, result: Result<Output, JoinError>) -> String {
    match result {
        Ok(output) => output.take(id),
        Err(error) => match error.try_into_panic() {
            Ok(payload) => format!("panicked: {}", word(payload)),
            Err(_) => "cancelled".into(),
        },
    }
}

/// The word for the result of a task that sleeps.
fn sleep_word(result: Result<(), JoinError>) -> String {
    match result {
        Ok(()) => "value".into(),
        Err(error) if error.is_cancelled() => "cancelled".into(),
        Err(error) => error.to_string(),
    }
}
