//! Which shard a thread uses.

#[cfg(loom)]
pub(crate) use self::modelled::{shard_of_this_thread, shards};
#[cfg(not(loom))]
pub(crate) use self::real::{shard_of_this_thread, shards};

#[cfg(not(loom))]
mod real {
    use std::cell::Cell;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::thread::available_parallelism;

    /// How many shards there are.
    ///
    /// Threads are numbered as they come, modulo the number of shards, so two threads may share a
    /// shard even if there are fewer threads than shards. Eight shards for each processor make that
    /// rare.
    pub(crate) fn shards() -> usize {
        static SHARDS: OnceLock<usize> = OnceLock::new();
        *SHARDS.get_or_init(|| {
            let threads = available_parallelism().map_or(1, usize::from);
            (8 * threads).next_power_of_two().clamp(16, 256)
        })
    }

    /// The number of the calling thread's shard.
    #[inline]
    pub(crate) fn shard_of_this_thread() -> usize {
        thread_local! {
            static SHARD: Cell<usize> = const { Cell::new(usize::MAX) };
        }
        // A thread that is ending has no such variable any more: any shard will do.
        SHARD
            .try_with(|shard| {
                if shard.get() == usize::MAX {
                    shard.set(number());
                }
                shard.get()
            })
            .unwrap_or(0)
    }

    #[cold]
    fn number() -> usize {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        THREADS.fetch_add(1, Relaxed) % shards()
    }
}

#[cfg(loom)]
mod modelled {
    use loom::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    pub(crate) fn shards() -> usize {
        2
    }

    /// Loom runs its threads on one thread of the system; each of them has a number of its own.
    pub(crate) fn shard_of_this_thread() -> usize {
        loom::lazy_static! {
            static ref THREADS: AtomicUsize = AtomicUsize::new(0);
        }
        loom::thread_local! {
            static SHARD: usize = THREADS.fetch_add(1, Relaxed) % shards();
        }
        SHARD.with(|shard| *shard)
    }
}
