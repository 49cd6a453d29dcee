//! Limits how long a stream keeps its task from other futures in it.

use std::task::{Context, Poll, ready};

/// How many items a stream may give in a row before it lets others run.
///
/// A stream whose items are all due would otherwise starve other futures in its task, such as the
/// other half of a `select!` or a `join!`, for as long as there are items. The limit is half of
/// tokio's budget for a task, 128, so that the other half is left to those futures.
///
/// Only a poll that is pending tells that the row is over. Time does not: a task that takes longer
/// over each item would never let others run. Nor does that nothing more was ready after an item:
/// while the task works on it, another thread may end the next one.
#[derive(Debug)]
pub(crate) struct Allowance {
    left: u8,
}

pub(crate) const IN_A_ROW: u8 = 64;

impl Allowance {
    pub(crate) fn new() -> Self {
        Self { left: IN_A_ROW }
    }

    /// Polls for the next item, or lets others run first.
    pub(crate) fn poll<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        if self.left == 0 {
            self.left = IN_A_ROW;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        // If the poll is pending, others run, so the full allowance is restored.
        let left = std::mem::replace(&mut self.left, IN_A_ROW);
        let item = ready!(poll(cx));
        self.left = left - 1;
        Poll::Ready(item)
    }
}
