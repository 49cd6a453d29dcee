//! Limits how long a stream keeps its task from other futures in it.

use std::task::{Context, Poll, ready};

use crate::adapter::current::poll_number;

/// How many items a stream may return in a row before it lets others run.
///
/// A stream whose items are all due would otherwise starve other futures in its task, such as the
/// other half of a `select!` or a `join!`, for as long as there are items. The limit is half of
/// tokio's budget for a task, 128, so that the other half is left to those futures.
///
/// The count restarts when others could run: after a poll that was pending, or in another poll of
/// the task. In a task that was not spawned through these traits, polls can't be told apart, so
/// there only a pending one restarts it. Restarting it after some time would not do: a task that
/// takes longer than that over each item would never let others run.
#[derive(Debug)]
pub(crate) struct Allowance {
    left: u8,
    /// In which poll of the task the latest item was given.
    poll: u32,
}

pub(crate) const IN_A_ROW: u8 = 64;

impl Allowance {
    pub(crate) fn new() -> Self {
        Self {
            left: IN_A_ROW,
            poll: 0,
        }
    }

    /// Polls for the next item, or lets others run first.
    pub(crate) fn poll<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        let number = poll_number();
        if number != self.poll {
            (self.left, self.poll) = (IN_A_ROW, number);
        }
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
