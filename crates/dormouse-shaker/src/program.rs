//! A program of tasks, as a tree that can be printed, sent to another process and cut down.

use serde::{Deserialize, Serialize};

mod show;
mod visit;

/// A time, in ticks of the run: 10 ms, or more on a machine that is busy.
pub(crate) type Ticks = u8;

/// A name of a place in a program; cutting a program down keeps it.
pub(crate) type Id = u16;

/// The root runs in `block_on`; then the owner is dropped.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Program {
    pub(crate) root: Body,
    pub(crate) end: End,
}

/// Where the owner of the runtime is dropped. What is simply there is not dropped at all.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum End {
    /// On the thread that has blocked on the root.
    Outside,
    /// While a panic unwinds that thread.
    Unwinding,
    /// Inside of another runtime's `block_on`.
    InOther(Other),
    /// In a task of its own, where it has threads to run one.
    InOwnTask,
}

/// Another runtime than the one under test.
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
    /// Keeps the thread.
    Block(Ticks),
    Forever,
    Panic(Payload),
    /// From here to the end of the body there is a value whose destructor panics, unless the body
    /// comes to its end.
    Bomb,
    /// `block_on` inside of a task, which must be refused.
    BlockOn,
    Timeout(Ticks, Body),
    /// A timeout around a loop that is always ready, and spends its budget.
    BusyTimeout(Ticks),
    Interval(Interval),
    /// Ends with the first of them; the others are dropped.
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
    /// Another runtime inside of this task: a task of it sleeps, and it is dropped after a while.
    Inside {
        other: Other,
        sleep: Ticks,
        after: Ticks,
    },
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Payload {
    Text,
    /// One whose destructor panics.
    Bomb,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Interval {
    pub(crate) missed: Missed,
    pub(crate) period: Ticks,
    pub(crate) ticks: u8,
    /// How long it sleeps between them.
    pub(crate) work: Ticks,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Missed {
    Burst,
    Delay,
    Skip,
}

/// A sleep that is polled once and kept, while its task does something else.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Kept {
    pub(crate) sleep: Ticks,
    pub(crate) poll: Poll,
    pub(crate) meanwhile: Body,
    pub(crate) then: Then,
}

/// How something is polled before it is kept.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Poll {
    Never,
    Once,
    /// With a waker that panics.
    Broken,
}

/// What becomes of a sleep that was kept.
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
    /// The task's value has a destructor that panics, unless somebody takes the value.
    pub(crate) bomb: bool,
    pub(crate) poll: Poll,
    pub(crate) meanwhile: Body,
    pub(crate) fate: Fate,
}

/// What becomes of a handle.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Fate {
    Await,
    /// Awaited, and polled again: a panic, in our words.
    Again,
    /// Asked whether the task has ended, and awaited.
    Ask,
    /// Aborted, once or twice, and awaited.
    Abort {
        twice: bool,
    },
    Drop,
    Detach,
    Forget,
    /// An `AbortOnDrop` from the start.
    Guard,
    /// An `AbortOnDrop` from the start, cancelled.
    Cancel,
    /// Another task awaits it.
    Elsewhere,
    /// Awaited once the runtime is gone.
    Keep,
}

/// A closure that keeps a thread, off the executor.
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
