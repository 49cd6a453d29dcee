//! What a task does: the body that it runs, and the state of the step that it has come to.

use crate::model::Time;
use crate::program::{Body, Id};

/// The result of a poll.
pub(super) enum Polled {
    Ready,
    Pending,
    /// The poll itself takes until this time.
    Busy(Time),
    Panicked(String),
}

/// The work of a task.
pub(super) enum Work<'p> {
    Body(Run<'p>),
    /// A task that is given a sleep.
    Until(Time),
    /// A task that is given the handle of another one.
    Await(usize),
}

/// A body that is running.
pub(super) struct Run<'p> {
    pub(super) body: &'p Body,
    pub(super) at: usize,
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

/// The state of the step that a body has come to.
pub(super) enum State<'p> {
    Until(Time),
    Yields(u8),
    Busy(Time),
    Timeout(Time, Box<Run<'p>>),
    /// When the next tick is due, how many are left, and until when it works.
    Ticks(Time, u8, Option<Time>),
    /// The arms, and the number of the one that blocks the thread.
    Select(Vec<Run<'p>>, usize),
    Join(Vec<Option<Run<'p>>>, usize),
    Kept(Time, Box<Run<'p>>),
    Courier(usize),
    Spawned(Spawned<'p>),
    Blocked(Blocked),
    /// When the task of the other runtime ends, and when that runtime is dropped.
    Inside(Option<Time>, Time),
    /// When its handle resolves, and whether it gives a value.
    Settling(Time, bool),
}

/// A spawned task, seen from the task that has its handle.
pub(super) struct Spawned<'p> {
    pub(super) task: usize,
    pub(super) phase: Phase<'p>,
    /// The task is aborted when its handle is dropped.
    pub(super) guarded: bool,
    /// Its handle resolved at the first poll.
    pub(super) known: bool,
}

pub(super) enum Phase<'p> {
    Meanwhile(Box<Run<'p>>),
    Awaited,
    /// Another task, with this number, has its handle.
    Courier(usize),
}

/// A closure that blocks.
pub(super) struct Blocked {
    pub(super) begin: Time,
    pub(super) end: Time,
    /// When the fate of the handle is carried out.
    pub(super) after: Time,
    pub(super) cancelled: bool,
    pub(super) settled: bool,
}
