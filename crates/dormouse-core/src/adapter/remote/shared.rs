//! What the two halves of a task share.

use std::task::{Context, Poll, Waker};

use crate::JoinError;
use crate::adapter::current::enter_destructor;
use crate::adapter::quiet::{drop_quietly, wake};
use crate::adapter::{polled_after_its_end, take_turn};
use crate::sync::{Mutex, lock};

/// What the two halves share. Foreign code, including wakers, runs while the lock is not held.
pub(super) struct Shared<T>(Mutex<State<T>>);

struct State<T> {
    /// `None` again once it has been taken.
    result: Option<Result<T, JoinError>>,
    /// The future has been dropped, and the result is there.
    ended: bool,
    aborted: bool,
    /// The handle has been dropped, so the result is not wanted.
    forgotten: bool,
    /// The waker of the latest poll of the future, woken by an abort.
    runner: Option<Waker>,
    waiter: Option<Waker>,
}

impl<T> Shared<T> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(State {
            result: None,
            ended: false,
            aborted: false,
            forgotten: false,
            runner: None,
            waiter: None,
        }))
    }

    /// Whether the task has been aborted; if not, an abort will wake the polling task.
    pub(super) fn is_aborted(&self, cx: &Context<'_>) -> bool {
        let state = lock(&self.0);
        let known = state.runner.as_ref();
        if state.aborted || known.is_some_and(|runner| runner.will_wake(cx.waker())) {
            return state.aborted;
        }
        drop(state);
        let runner = cx.waker().clone();
        let mut state = lock(&self.0);
        let former = state.runner.replace(runner);
        let aborted = state.aborted;
        drop(state);
        drop_quietly(former);
        aborted
    }

    pub(super) fn abort(&self) {
        let mut state = lock(&self.0);
        state.aborted = true;
        let runner = state.runner.take();
        drop(state);
        runner.into_iter().for_each(wake);
    }

    pub(super) fn end(&self, result: Result<T, JoinError>) {
        let mut state = lock(&self.0);
        let unwanted = if state.forgotten {
            Some(result)
        } else {
            state.result = Some(result);
            None
        };
        state.ended = true;
        let (runner, waiter) = (state.runner.take(), state.waiter.take());
        drop(state);
        // This is a thread of the runtime, where a panic would harm other tasks.
        drop_quietly(runner);
        drop_unread(unwanted);
        waiter.into_iter().for_each(wake);
    }

    /// The result, once, when the task has ended.
    pub(super) fn poll_result(&self, cx: &mut Context<'_>) -> Poll<Result<T, JoinError>> {
        let turn = take_turn(cx);
        let waker = cx.waker().clone();
        let mut state = lock(&self.0);
        if state.ended {
            let is_lost = matches!(&state.result, Some(Err(error)) if error.is_cancelled());
            if turn.is_pending() && is_lost {
                return Poll::Pending;
            }
            let result = state.result.take();
            drop(state);
            return Poll::Ready(result.unwrap_or_else(|| polled_after_its_end()));
        }
        let former = state.waiter.replace(waker);
        drop(state);
        drop_quietly(former);
        Poll::Pending
    }

    pub(super) fn is_ended(&self) -> bool {
        lock(&self.0).ended
    }

    /// Notes that nobody wants the result any more.
    pub(super) fn forget(&self) {
        let mut state = lock(&self.0);
        state.forgotten = true;
        let (result, waiter) = (state.result.take(), state.waiter.take());
        drop(state);
        drop_unread(result);
        drop_quietly(waiter);
    }
}

/// The destructor of an output that nobody has read is the task's.
fn drop_unread<T>(output: Option<Result<T, JoinError>>) {
    if output.is_some() {
        let _current = enter_destructor("");
        drop_quietly(output);
    }
}
