//! The queue of deadlines that n tasks share.

use std::task::{Context, Poll, Waker};

use crate::TooManyWaits;
use crate::adapter::quiet::{drop_quietly, wake};
use crate::deadline_queue::DeadlineQueue;
use crate::sync::{Mutex, lock};

#[cfg(all(test, loom))]
mod loom_tests;

/// A [`DeadlineQueue`] behind a mutex. When a task ends, every delay up to its own is released.
///
/// # The invariant
///
/// A task calls [`end`](Self::end) after its own deadline has passed. All smaller deadlines have
/// passed by then, so none is released early; and they are released by the queue, under the lock,
/// so they are released in order. `left` counts the tasks that have not ended: when it is 0, the
/// task with the last deadline has ended, so the queue is empty.
///
/// Wakers are foreign code: they are cloned, dropped and woken while the lock is not held.
#[derive(Debug)]
pub(crate) struct SharedQueue {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    deadlines: DeadlineQueue<u64>,
    /// Tasks that have not ended.
    left: usize,
    /// A task was dropped before its end.
    lost: bool,
    /// The waker of the future that waits, and what it waits for.
    waiter: Option<Waker>,
    awaited: Awaited,
}

/// What the waiter waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Awaited {
    /// The next release.
    Release,
    /// At most this many tasks pending.
    Left(usize),
}

/// A task was dropped before its end.
#[derive(Debug)]
pub(crate) struct Lost;

impl SharedQueue {
    pub(crate) fn try_new(
        n: usize,
        max: u64,
        delays: impl Iterator<Item = u64> + Clone,
    ) -> Result<Self, TooManyWaits> {
        let deadlines = DeadlineQueue::try_new(n, max, delays)?;
        let state = State {
            deadlines,
            left: n,
            lost: false,
            waiter: None,
            awaited: Awaited::Left(0),
        };
        Ok(Self {
            state: Mutex::new(state),
        })
    }

    /// The delays of a bucket of the queue, if there is one.
    pub(crate) fn bucket(&self, number: usize) -> Option<Vec<u64>> {
        let state = lock(&self.state);
        state.deadlines.bucket(number).map(<[u64]>::to_vec)
    }

    /// The wait with this delay has ended by itself.
    pub(crate) fn end(&self, delay: u64) {
        let mut state = lock(&self.state);
        let pending = state.deadlines.len();
        while state.deadlines.peek().is_some_and(|first| first <= delay) {
            state.deadlines.pop();
        }
        state.left -= 1;
        let seen = match state.awaited {
            Awaited::Release => state.deadlines.len() < pending,
            Awaited::Left(left) => state.left <= left,
        };
        let waiter = if seen { state.waiter.take() } else { None };
        drop(state);
        // A panic of the waker must not become one of the task that ends.
        waiter.into_iter().for_each(wake);
    }

    /// A wait was dropped before its end.
    pub(crate) fn lose(&self) {
        let mut state = lock(&self.state);
        state.lost = true;
        let waiter = state.waiter.take();
        drop(state);
        waiter.into_iter().for_each(wake);
    }

    /// Nobody waits any more.
    pub(crate) fn forget_waiter(&self) {
        let waiter = lock(&self.state).waiter.take();
        drop_quietly(waiter);
    }

    /// Whether every wait has ended by itself.
    pub(crate) fn all_ended(&self) -> bool {
        lock(&self.state).left == 0
    }

    /// Waits until at most `left` tasks are pending; returns how many are.
    pub(crate) fn poll_left(&self, left: usize, cx: &mut Context<'_>) -> Poll<Result<usize, Lost>> {
        self.poll(Awaited::Left(left), cx, |state| {
            (state.left <= left).then_some(state.left)
        })
    }

    /// The delay in nanoseconds that was released after the first `given`.
    pub(crate) fn poll_released(
        &self,
        given: usize,
        cx: &mut Context<'_>,
    ) -> Poll<Result<u64, Lost>> {
        self.poll(Awaited::Release, cx, |state| {
            state.deadlines.released().get(given).copied()
        })
    }

    /// The delays that were released, in nanoseconds.
    pub(crate) fn take_released(&self) -> Vec<u64> {
        std::mem::take(&mut lock(&self.state).deadlines).into_released()
    }

    fn poll<T>(
        &self,
        awaited: Awaited,
        cx: &mut Context<'_>,
        take: impl Fn(&State) -> Option<T>,
    ) -> Poll<Result<T, Lost>> {
        let waker = cx.waker().clone();
        let mut state = lock(&self.state);
        if let Some(taken) = take(&state) {
            return Poll::Ready(Ok(taken));
        }
        if state.lost {
            return Poll::Ready(Err(Lost));
        }
        state.awaited = awaited;
        let former = state.waiter.replace(waker);
        drop(state);
        drop_quietly(former);
        Poll::Pending
    }
}
