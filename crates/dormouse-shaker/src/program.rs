//! A program of tasks, as a tree that can be printed, sent to another process and cut down.

use serde::{Deserialize, Serialize};

mod show;
mod visit;

/// A time, in ticks of the run: 10 ms, or more on a machine that is busy.
pub(crate) type Ticks = u8;

/// The name of a place in a program, which stays the same when the program is cut down.
pub(crate) type Id = u16;

/// The root runs in `block_on`; then the owner is dropped.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Program {
    pub(crate) root: Body,
    pub(crate) end: End,
}

/// Where the owner of the runtime is dropped. An ambient runtime is not dropped at all.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum End {
    /// On the thread that blocked on the root.
    Outside,
    /// While a panic unwinds that thread.
    Unwinding,
    /// Inside the `block_on` of another runtime.
    InOther(Other),
    /// In one of its own tasks, if it has threads to run one.
    InOwnTask,
}

/// A runtime other than the one under test.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Other {
    Tokio,
    TokioCurrentThread,
    Smol,
    Futures,
    Threads,
}

/// Steps, one after the other.
pub(crate) type Body = Vec<Node>;

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Node {
    pub(crate) id: Id,
    pub(crate) step: Step,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Step {
    Sleep(Ticks),
    Yield(u8),
    /// Polls a `yield_now` once, with a waker that panics.
    BrokenYield,
    /// Spends the budget that tokio gives a poll, and goes on in the same poll.
    Spend,
    /// Blocks the thread.
    Block(Ticks),
    Forever,
    Panic(Payload),
    /// From here to the end of the body there is a value whose destructor panics, unless the body
    /// runs to its end.
    Bomb,
    /// `block_on` inside a task, which must be refused.
    BlockOn,
    Timeout(Ticks, Body),
    /// A timeout around a loop that is always ready, and spends its budget.
    BusyTimeout(Ticks),
    Interval(Interval),
    /// Ends with the first arm; the others are dropped.
    Select(Vec<Body>),
    Join(Vec<Body>),
    Kept(Kept),
    /// A sleep that is given another deadline, after a poll or before any.
    Reset {
        polled: bool,
        from: Ticks,
        to: Ticks,
    },
    Spawn(Spawn),
    Blocking(Blocking),
    /// Another runtime inside this task: a task of it sleeps, and the runtime is dropped after a
    /// while.
    Inside {
        other: Other,
        sleep: Ticks,
        after: Ticks,
    },
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Payload {
    Text,
    /// A payload whose destructor panics.
    Bomb,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Interval {
    pub(crate) missed: Missed,
    pub(crate) period: Ticks,
    pub(crate) ticks: u8,
    /// How long the task sleeps between two ticks.
    pub(crate) work: Ticks,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Missed {
    Burst,
    Delay,
    Skip,
}

/// A sleep that is polled once and then held, while its task does something else.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Kept {
    pub(crate) sleep: Ticks,
    pub(crate) poll: Poll,
    pub(crate) meanwhile: Body,
    pub(crate) then: Then,
}

/// How a sleep or a handle is polled before it is held.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Poll {
    Never,
    Once,
    /// With a waker that panics.
    Broken,
}

/// What is done with a sleep that was held.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Then {
    Await,
    Drop,
    Forget,
    /// Another task awaits it.
    Elsewhere,
    /// It is polled once its runtime is gone.
    Outlive,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Spawn {
    pub(crate) body: Body,
    /// The destructor of the task's value panics, unless the value is taken.
    pub(crate) bomb: bool,
    pub(crate) poll: Poll,
    pub(crate) meanwhile: Body,
    pub(crate) fate: Fate,
}

/// What is done with a handle.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Fate {
    Await,
    /// Awaited, and polled again: that panics, with our message.
    Again,
    /// Asked whether the task has finished, and awaited.
    Ask,
    /// Aborted, once or twice, and awaited.
    Abort {
        twice: bool,
    },
    Drop,
    Detach,
    Forget,
    /// Wrapped in an `AbortOnDrop` from the start, and dropped.
    Guard,
    /// Wrapped in an `AbortOnDrop` from the start, and cancelled.
    Cancel,
    /// Another task awaits it.
    Elsewhere,
    /// Awaited once the runtime is gone.
    Keep,
}

/// A closure that blocks a thread, off the executor.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Blocking {
    pub(crate) ticks: Ticks,
    pub(crate) panics: bool,
    pub(crate) after: Ticks,
    pub(crate) fate: BlockingFate,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum BlockingFate {
    Await,
    Abort,
    Drop,
}
