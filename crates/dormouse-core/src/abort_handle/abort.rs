//! What abort handles do with a task.

use std::sync::atomic::Ordering::Acquire;

use crate::Task;
use crate::abort_handle::shared::{Place, Shared, this_thread};
use crate::sync::{AtomicUsize, pauses};

/// What an abort handle does with a task of any type.
pub(crate) trait Abort {
    fn abort(&self);
    fn is_finished(&self) -> bool;

    /// How many abort handles there are.
    fn handles(&self) -> &AtomicUsize;

    /// Whether an abort handle is left: then the task keeps its own handle until it ends.
    fn is_shared(&self) -> bool {
        self.handles().load(Acquire) > 0
    }
}

impl<H: Task, B> Abort for Shared<H, B> {
    fn abort(&self) {
        let mut state = self.lock();
        state.abort = matches!(state.place, Place::Out(_));
        if let Some(mut taken) = self.take(state) {
            taken.task().abort();
        }
    }

    fn is_finished(&self) -> bool {
        let mut pauses = pauses();
        loop {
            let state = self.lock();
            if state.ended {
                return true;
            }
            match state.place {
                Place::Out(caller) if caller == this_thread() => return false,
                Place::Out(_) => {
                    drop(state);
                    if pauses.next().is_none() {
                        return false;
                    }
                }
                _ => {
                    let taken = self.take(state);
                    let ended = taken.is_some_and(|mut taken| taken.task().is_finished());
                    self.lock().ended |= ended;
                    return ended;
                }
            }
        }
    }

    fn handles(&self) -> &AtomicUsize {
        &self.handles
    }
}
