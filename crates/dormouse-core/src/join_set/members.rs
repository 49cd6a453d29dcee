//! The tasks of a set, and their results in the order in which they end.

use std::task::{Context, Poll, ready};

use crate::JoinError;
use crate::adapter::turn::without_turns;
use crate::adapter::{drop_quietly, take_turn};
use crate::allowance::{Allowance, IN_A_ROW};
use crate::join_set::member::Member;
use crate::join_set::places::{Look, Places};

/// The tasks of a set, each with a `ReadyWaker`; only tasks whose waker was woken are polled.
///
/// That waker puts the key of its task into a queue. The future of the task holds it, too, and
/// wakes it when it is dropped. That is just before the handle resolves, so as a rule the handle is
/// polled once, when it is ready. If it is not ready yet, the poll registers that waker. So the
/// tasks are queued in the order in which they end, whether or not the set is awaited, and no task
/// is polled as it is spawned.
pub(super) struct Members<M: Member> {
    pub(super) places: Places<M>,
    allowance: Allowance,
}

impl<M: Member> Members<M> {
    pub(super) fn new() -> Self {
        Self {
            places: Places::new(),
            allowance: Allowance::new(),
        }
    }

    /// Polls for the next result; `None` if there are no tasks.
    pub(super) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<M::Value, JoinError>>> {
        // Not when a handle is polled: its result would come after those of later ends. And not only
        // if there are tasks: all results may have been taken by `try_next`.
        ready!(take_turn(cx));
        if self.places.len() == 0 {
            return Poll::Ready(None);
        }
        self.allowance.poll(cx, |cx| {
            while self.places.len() > 0 {
                match self.places.look(IN_A_ROW.into(), false) {
                    Look::Ended(result) => return Poll::Ready(Some(result)),
                    Look::Nothing if self.places.queue_unpolled() => {}
                    Look::Nothing if self.places.ready.wait(cx.waker()) => return Poll::Pending,
                    // A task became ready in between.
                    Look::Nothing => {}
                    Look::Enough => {
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                }
            }
            Poll::Ready(None)
        })
    }

    /// The next result, if a task has ended.
    pub(super) fn try_next(&mut self) -> Option<Result<M::Value, JoinError>> {
        let most = self.places.len() + 1;
        without_turns(|| {
            loop {
                // A handle that wakes itself is polled again.
                match self.places.look(most, true) {
                    Look::Ended(result) => return Some(result),
                    Look::Nothing if self.places.queue_unpolled() => {}
                    Look::Nothing | Look::Enough => return None,
                }
            }
        })
    }

    pub(super) fn abort_all(&mut self) {
        self.places.tasks().for_each(Member::abort);
    }

    pub(super) fn detach_all(&mut self) {
        self.places.take().for_each(drop);
    }
}

impl<M: Member> Drop for Members<M> {
    fn drop(&mut self) {
        self.abort_all();
        drop_quietly(self.places.ready.close());
    }
}
