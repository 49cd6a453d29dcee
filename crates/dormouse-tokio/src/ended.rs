//! Runtimes whose owners have been dropped: tokio's workers notice that only after some more tasks.

use std::cell::Cell;
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Handle, Id};

/// Notes that the owner of this runtime is being dropped.
pub(crate) fn note_end(handle: &Handle) {
    let mut ended = lock();
    // A program may start a runtime for each call.
    if ended.len() == MOST {
        ended.pop_front();
    }
    ended.push_back(low_half(handle.id()));
    drop(ended);
    ENDS.fetch_add(1, SeqCst);
}

/// Whether the owner of this runtime has been dropped, as far as is known.
#[inline]
pub(crate) fn has_ended(handle: &Handle) -> bool {
    let ends = ENDS.load(SeqCst);
    ends > 0 && look_up(low_half(handle.id()), ends)
}

/// The same by half of the runtime's number.
pub(crate) fn has_half_ended(id: u32) -> bool {
    lock().contains(&id)
}

/// Half of the number of a runtime: runtimes are counted from 1.
pub(crate) fn low_half(id: Id) -> u32 {
    struct LowHalf(u64);

    impl Hasher for LowHalf {
        fn write(&mut self, bytes: &[u8]) {
            for &byte in bytes {
                self.0 = self.0.rotate_left(8) ^ u64::from(byte);
            }
        }

        fn write_u64(&mut self, number: u64) {
            self.0 = number;
        }

        fn finish(&self) -> u64 {
            self.0
        }
    }

    let mut half = LowHalf(0);
    id.hash(&mut half);
    half.finish() as u32
}

/// A thread spawns on one runtime most of the time, and need not take the lock for that.
fn look_up(id: u32, ends: usize) -> bool {
    if THERE.try_with(Cell::get) == Ok((id, ends)) {
        return false;
    }
    let ended = has_half_ended(id);
    if !ended {
        let _ = THERE.try_with(|there| there.set((id, ends)));
    }
    ended
}

fn lock() -> MutexGuard<'static, VecDeque<u32>> {
    ENDED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The latest runtimes whose owners have been dropped.
static ENDED: Mutex<VecDeque<u32>> = Mutex::new(VecDeque::new());

/// 16 KiB. The workers of an earlier one have long seen that it ends.
const MOST: usize = 4_096;

/// How many owners have been dropped.
static ENDS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The runtime that was there when this thread last looked, and how many had ended then.
    static THERE: Cell<(u32, usize)> = const { Cell::new((0, 0)) };
}

#[cfg(test)]
mod tests {
    use super::{ENDED, MOST, has_ended};
    use crate::TokioRuntime;

    #[test]
    fn runtimes_that_have_ended_take_no_more_and_more_memory() {
        let there = TokioRuntime::current_thread();
        for _ in 0..MOST + 10 {
            drop(TokioRuntime::current_thread());
        }
        assert_eq!(ENDED.lock().unwrap().len(), MOST);
        assert!(!has_ended(there.handle().as_ref()));
        let handle = there.handle();
        drop(there);
        assert!(has_ended(handle.as_ref()));
    }
}
