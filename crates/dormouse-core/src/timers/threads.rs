//! Which shard is a thread's.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread::available_parallelism;

/// How many shards there are.
///
/// Threads are numbered as they come, so those that live at one time share shards, even where there
/// are fewer of them: eight for each processor make that rare.
#[cfg(not(loom))]
pub(crate) fn shards() -> usize {
    static SHARDS: OnceLock<usize> = OnceLock::new();
    *SHARDS.get_or_init(|| {
        let threads = available_parallelism().map_or(1, usize::from);
        (8 * threads).next_power_of_two().clamp(16, 256)
    })
}

/// The number of the calling thread's shard.
#[cfg(not(loom))]
#[inline]
pub(crate) fn shard_of_this_thread() -> usize {
    thread_local! {
        static SHARD: Cell<usize> = const { Cell::new(usize::MAX) };
    }
    // A thread that ends has none any more: any will do.
    SHARD
        .try_with(|shard| match shard.get() {
            usize::MAX => {
                shard.set(number());
                shard.get()
            }
            number => number,
        })
        .unwrap_or(0)
}

#[cfg(not(loom))]
#[cold]
fn number() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    THREADS.fetch_add(1, Relaxed) % shards()
}

#[cfg(loom)]
pub(crate) fn shards() -> usize {
    2
}

/// Loom's threads are one of the system's: each of them has a number of its own.
#[cfg(loom)]
pub(crate) fn shard_of_this_thread() -> usize {
    loom::lazy_static! {
        static ref THREADS: loom::sync::atomic::AtomicUsize = loom::sync::atomic::AtomicUsize::new(0);
    }
    loom::thread_local! {
        static SHARD: usize = THREADS.fetch_add(1, loom::sync::atomic::Ordering::Relaxed) % shards();
    }
    SHARD.with(|shard| *shard)
}
