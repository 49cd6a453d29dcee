//! Aborts that are under way, for a task whose destructor panics.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

thread_local! {
    /// This thread has begun an abort, and not yet said whom the end of the task is to wake.
    static HERE: Cell<bool> = const { Cell::new(false) };
}

/// How many threads have.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// An abort from its beginning to where it has said whom the end of the task is to wake.
///
/// In between, another thread may drop the future already. A panic of its destructor travels by
/// that wake, so that thread has to [wait](Self::wait).
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

    /// Waits until the aborts that are under way on other threads have come so far.
    ///
    /// They do not block. Should new ones begin all the time, it goes on after a while.
    pub(super) fn wait() {
        if HERE.try_with(Cell::get).unwrap_or(true) {
            return; // The abort is this thread's own.
        }
        for _ in 0..ROUNDS {
            if THREADS.load(SeqCst) == 0 {
                return;
            }
            thread::sleep(ROUND);
        }
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

const ROUND: Duration = Duration::from_micros(50);
const ROUNDS: u32 = 400;
