//! Aborts in progress, which a thread waits for when the destructor of a task panics.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use crate::sync::pauses;

thread_local! {
    /// This thread has begun an abort, and not yet registered the waker for the end of the task.
    static HERE: Cell<bool> = const { Cell::new(false) };
}

/// How many threads are in that state.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// An abort, from its beginning until it has registered the waker for the end of the task.
///
/// Another thread may drop the future before that. A panic of its destructor is passed on by that
/// waker, so that thread has to [wait](Self::wait).
pub(super) struct Starting {
    outer: bool,
}

impl Starting {
    pub(super) fn here() -> Self {
        let outer = HERE.try_with(|here| here.replace(true)).unwrap_or(true);
        if !outer {
            THREADS.fetch_add(1, SeqCst);
        }
        Self { outer }
    }

    /// Waits until the aborts in progress on other threads have registered their wakers.
    ///
    /// Those do not block. If new ones begin all the time, the wait ends after some 20 ms.
    pub(super) fn wait() {
        if HERE.try_with(Cell::get).unwrap_or(true) {
            return; // The abort is this thread's own.
        }
        let mut pauses = pauses();
        while THREADS.load(SeqCst) > 0 && pauses.next().is_some() {}
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        if !self.outer {
            THREADS.fetch_sub(1, SeqCst);
            let _ = HERE.try_with(|here| here.set(false));
        }
    }
}
