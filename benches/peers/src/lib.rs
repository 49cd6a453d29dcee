#![doc = include_str!("../README.md")]

use std::time::Duration;

pub use crate::scripts::{Missing, Script, Scripts};

pub mod async_std;
mod scripts;
pub mod smol;
pub mod tokio;

/// An idiom in Rust.
///
/// ```
/// use std::time::Duration;
/// use dormouse_peers::Peer;
///
/// let delays = [0.02, 0.01].map(Duration::from_secs_f64).into_iter();
/// let ended = Peer::TokioJoinSet.run(2, Box::new(delays), |_| (), |waits| waits());
/// assert_eq!(ended, [0.01, 0.02]);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs)] // The names say everything.
pub enum Peer {
    TokioJoinSet,
    TokioJoinSetCurrentThread,
    TokioFuturesUnordered,
    TokioFuturesUnorderedCurrentThread,
    TokioDelayQueue,
    TokioDelayQueueCurrentThread,
    TokioSpawnAndChannel,
    TokioFuturesBuffered,
    SmolSpawn,
    SmolSpawnAndChannel,
    SmolFuturesUnordered,
    SmolFuturesBuffered,
    AsyncStdSpawn,
    AsyncStdSpawnAndChannel,
    AsyncStdFuturesUnordered,
}

/// How an idiom runs its waits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// All waits in one task.
    Join,
    /// One task per wait.
    Spawn,
    /// All waits on one timer of the runtime.
    Coalesced,
}

/// The delays to wait, in the order in which they are drawn.
pub type Delays = Box<dyn Iterator<Item = Duration> + Send>;

/// A function that is called with each delay when its wait has ended, in the task that waited.
pub trait Ended: Fn(Duration) + Copy + Send + Sync + 'static {}

impl<E: Fn(Duration) + Copy + Send + Sync + 'static> Ended for E {}

impl Peer {
    /// Every peer in Rust.
    pub const ALL: [Self; 15] = [
        Self::TokioJoinSet,
        Self::TokioJoinSetCurrentThread,
        Self::TokioFuturesUnordered,
        Self::TokioFuturesUnorderedCurrentThread,
        Self::TokioDelayQueue,
        Self::TokioDelayQueueCurrentThread,
        Self::TokioSpawnAndChannel,
        Self::TokioFuturesBuffered,
        Self::SmolSpawn,
        Self::SmolSpawnAndChannel,
        Self::SmolFuturesUnordered,
        Self::SmolFuturesBuffered,
        Self::AsyncStdSpawn,
        Self::AsyncStdSpawnAndChannel,
        Self::AsyncStdFuturesUnordered,
    ];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name_and_way().0
    }

    /// The name of its runtime's crate.
    #[must_use]
    pub fn runtime(self) -> &'static str {
        let name = self.name();
        name.split_once(' ').map_or(name, |(runtime, _)| runtime)
    }

    /// How it runs its waits.
    #[must_use]
    pub fn way(self) -> Way {
        self.name_and_way().1
    }

    fn name_and_way(self) -> (&'static str, Way) {
        use Way::{Coalesced, Join, Spawn};
        match self {
            Self::TokioJoinSet => ("tokio JoinSet", Spawn),
            Self::TokioJoinSetCurrentThread => ("tokio JoinSet, current thread", Spawn),
            Self::TokioFuturesUnordered => ("tokio FuturesUnordered", Join),
            Self::TokioFuturesUnorderedCurrentThread => {
                ("tokio FuturesUnordered, current thread", Join)
            }
            Self::TokioDelayQueue => ("tokio DelayQueue", Coalesced),
            Self::TokioDelayQueueCurrentThread => ("tokio DelayQueue, current thread", Coalesced),
            Self::TokioSpawnAndChannel => ("tokio spawn + channel", Spawn),
            Self::TokioFuturesBuffered => ("tokio futures-buffered", Join),
            Self::SmolSpawn => ("smol spawn", Spawn),
            Self::SmolSpawnAndChannel => ("smol spawn + channel", Spawn),
            Self::SmolFuturesUnordered => ("smol FuturesUnordered", Join),
            Self::SmolFuturesBuffered => ("smol futures-buffered", Join),
            Self::AsyncStdSpawn => ("async-std spawn", Spawn),
            Self::AsyncStdSpawnAndChannel => ("async-std spawn + channel", Spawn),
            Self::AsyncStdFuturesUnordered => ("async-std FuturesUnordered", Join),
        }
    }

    /// Whether it runs on the calling thread alone, however many threads are asked for.
    #[must_use]
    pub fn is_current_thread(self) -> bool {
        self.name().ends_with("current thread")
    }

    /// Waits the delays, and returns them in seconds in the order in which the idiom collects them.
    ///
    /// `measure` must time the call of its argument. By then the runtime has run a first task.
    /// `ended` is called after each wait. `threads` sets only tokio's threads; those of smol and
    /// async-std are set by `SMOL_THREADS` and `ASYNC_STD_THREAD_COUNT`.
    ///
    /// # Panics
    ///
    /// If the system refuses the threads of a runtime.
    pub fn run<E: Ended, T>(
        self,
        threads: usize,
        delays: Delays,
        ended: E,
        measure: impl FnOnce(Box<dyn FnOnce() -> Vec<f64> + '_>) -> T,
    ) -> T {
        let threads = if self.is_current_thread() { 0 } else { threads };
        match self {
            Self::TokioJoinSet | Self::TokioJoinSetCurrentThread => {
                on_tokio(threads, tokio::join_set(delays, ended), measure)
            }
            Self::TokioFuturesUnordered | Self::TokioFuturesUnorderedCurrentThread => {
                on_tokio(threads, tokio::futures_unordered(delays, ended), measure)
            }
            Self::TokioDelayQueue | Self::TokioDelayQueueCurrentThread => {
                on_tokio(threads, tokio::delay_queue(delays, ended), measure)
            }
            Self::TokioSpawnAndChannel => {
                on_tokio(threads, tokio::spawn_and_channel(delays, ended), measure)
            }
            Self::TokioFuturesBuffered => {
                on_tokio(threads, tokio::futures_buffered(delays, ended), measure)
            }
            Self::SmolSpawn => on_smol(smol::spawn(delays, ended), measure),
            Self::SmolSpawnAndChannel => on_smol(smol::spawn_and_channel(delays, ended), measure),
            Self::SmolFuturesUnordered => on_smol(smol::futures_unordered(delays, ended), measure),
            Self::SmolFuturesBuffered => on_smol(smol::futures_buffered(delays, ended), measure),
            Self::AsyncStdSpawn => on_async_std(async_std::spawn(delays, ended), measure),
            Self::AsyncStdSpawnAndChannel => {
                on_async_std(async_std::spawn_and_channel(delays, ended), measure)
            }
            Self::AsyncStdFuturesUnordered => {
                on_async_std(async_std::futures_unordered(delays, ended), measure)
            }
        }
    }
}

fn on_tokio<T>(
    threads: usize,
    waits: impl Future<Output = Vec<f64>>,
    measure: impl FnOnce(Box<dyn FnOnce() -> Vec<f64> + '_>) -> T,
) -> T {
    let mut builder = match threads {
        0 => ::tokio::runtime::Builder::new_current_thread(),
        _ => ::tokio::runtime::Builder::new_multi_thread(),
    };
    // A runtime of the current thread has no workers, whatever their number.
    let runtime = builder.worker_threads(threads.max(1)).enable_all().build();
    let runtime = runtime.expect("threads for a runtime");
    runtime
        .block_on(async { ::tokio::spawn(::tokio::time::sleep(SHORT)).await })
        .expect("a sleep does not panic");
    measure(Box::new(|| runtime.block_on(waits)))
}

fn on_smol<T>(
    waits: impl Future<Output = Vec<f64>>,
    measure: impl FnOnce(Box<dyn FnOnce() -> Vec<f64> + '_>) -> T,
) -> T {
    ::smol::block_on(::smol::spawn(::smol::Timer::after(SHORT)));
    measure(Box::new(|| ::smol::block_on(waits)))
}

fn on_async_std<T>(
    waits: impl Future<Output = Vec<f64>>,
    measure: impl FnOnce(Box<dyn FnOnce() -> Vec<f64> + '_>) -> T,
) -> T {
    ::async_std::task::block_on(::async_std::task::spawn(::async_std::task::sleep(SHORT)));
    measure(Box::new(|| ::async_std::task::block_on(waits)))
}

/// How long a runtime sleeps in a first task, so that it has started before it is measured.
const SHORT: Duration = Duration::from_nanos(1);
