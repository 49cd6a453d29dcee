//! What abort handles do with a task.

use std::sync::atomic::Ordering::Acquire;
#[cfg(not(loom))]
use std::thread;
#[cfg(not(loom))]
use std::time::Duration;

use crate::Task;
use crate::abort_handle::shared::{Place, Shared, this_thread};
use crate::sync::AtomicUsize;

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
        for _ in 0..ROUNDS {
            let state = self.lock();
            if state.ended {
                return true;
            }
            match state.place {
                Place::Out(caller) if caller == this_thread() => return false,
                Place::Out(_) => {
                    drop(state);
                    pause();
                }
                _ => {
                    let taken = self.take(state);
                    let ended = taken.is_some_and(|mut taken| taken.task().is_finished());
                    self.lock().ended |= ended;
                    return ended;
                }
            }
        }
        false
    }

    fn handles(&self) -> &AtomicUsize {
        &self.handles
    }
}

// How long to wait for a caller on another thread: its call may run foreign code, but hardly ever
// does.
#[cfg(not(loom))]
const ROUND: Duration = Duration::from_micros(50);
#[cfg(not(loom))]
const ROUNDS: u32 = 400;
#[cfg(loom)]
const ROUNDS: u32 = 2;

#[cfg(not(loom))]
fn pause() {
    thread::sleep(ROUND);
}

#[cfg(loom)]
fn pause() {
    loom::thread::yield_now();
}
