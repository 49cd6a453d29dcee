//! Drops the handles of ended tasks while others are still pending.

use std::pin::Pin;
use std::task::{Context, Poll};

use crate::adapter::noop;
use crate::allowance::IN_A_ROW;
use crate::{JoinError, Task};

/// Drops the handles of ended tasks, each time that the number of pending tasks has halved.
///
/// A handle keeps its task's memory, and a runtime takes some 100 ms to free a million tasks. The
/// sweeps do that before the end, while the last tasks still wait. All sweeps together look at
/// fewer than 2n handles.
#[derive(Debug)]
pub(super) struct Sweep {
    /// The sweep begins when this many tasks are pending.
    pub(super) at_left: usize,
    /// The index of the next handle to look at.
    handle: usize,
}

impl Sweep {
    /// The next sweep, when `left` tasks are pending.
    pub(super) fn after(left: usize) -> Self {
        let few = left <= HANDLES_AT_ONCE;
        Self {
            at_left: if few { 0 } else { left / 2 },
            handle: 0,
        }
    }

    /// Whether it has looked at all handles.
    pub(super) fn is_over<H>(&self, handles: &[H]) -> bool {
        self.handle == handles.len()
    }

    /// Looks at some more handles.
    pub(super) fn step<H: Task<Value = ()>>(
        &mut self,
        handles: &mut Vec<H>,
    ) -> Result<(), JoinError> {
        for _ in 0..HANDLES_AT_ONCE {
            let Some(task) = handles.get_mut(self.handle) else {
                break;
            };
            match result(task) {
                Some(result) => {
                    drop(handles.swap_remove(self.handle));
                    result?;
                }
                None => self.handle += 1,
            }
        }
        Ok(())
    }
}

/// The result of a task, if it has ended.
///
/// A runtime may refuse to give it in a poll that has done enough (tokio's budget): then the handle
/// is kept.
fn result<H: Task<Value = ()>>(task: &mut H) -> Option<Result<(), JoinError>> {
    if !task.is_finished() {
        return None;
    }
    match Pin::new(task).poll(&mut Context::from_waker(noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}

/// How many handles a poll looks at: half of tokio's budget for a task, so that the other half is
/// left to other futures in the task.
const HANDLES_AT_ONCE: usize = IN_A_ROW as usize;
