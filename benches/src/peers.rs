//! What people write by hand, each a small function: the delays come back in the order in which
//! the runtime completed them.

pub mod async_std;
pub mod scripts;
pub mod smol;
pub mod tokio;

use std::time::Duration;

use crate::measure::{Figures, Run};
use crate::ours::THREADS;

/// A peer in this language: its name, and a run of it in this process.
pub type Peer = (&'static str, fn(Run) -> Figures);

/// Every peer in this language.
pub const ALL: [Peer; 15] = [
    ("tokio JoinSet", |run| {
        on_tokio(run, multi_thread(), tokio::join_set)
    }),
    ("tokio JoinSet, current thread", |run| {
        on_tokio(run, current_thread(), tokio::join_set)
    }),
    ("tokio FuturesUnordered", |run| {
        on_tokio(run, multi_thread(), tokio::futures_unordered)
    }),
    ("tokio FuturesUnordered, current thread", |run| {
        on_tokio(run, current_thread(), tokio::futures_unordered)
    }),
    ("tokio DelayQueue", |run| {
        on_tokio(run, multi_thread(), tokio::delay_queue)
    }),
    ("tokio DelayQueue, current thread", |run| {
        on_tokio(run, current_thread(), tokio::delay_queue)
    }),
    ("tokio spawn + channel", |run| {
        on_tokio(run, multi_thread(), tokio::spawn_and_channel)
    }),
    ("tokio futures-buffered", |run| {
        on_tokio(run, multi_thread(), tokio::futures_buffered)
    }),
    ("smol spawn", |run| {
        run.measure(|| ::smol::block_on(smol::spawn(run.delays())))
    }),
    ("smol spawn + channel", |run| {
        run.measure(|| ::smol::block_on(smol::spawn_and_channel(run.delays())))
    }),
    ("smol FuturesUnordered", |run| {
        run.measure(|| ::smol::block_on(smol::futures_unordered(run.delays())))
    }),
    ("smol futures-buffered", |run| {
        run.measure(|| ::smol::block_on(smol::futures_buffered(run.delays())))
    }),
    ("async-std spawn", |run| {
        run.measure(|| ::async_std::task::block_on(async_std::spawn(run.delays())))
    }),
    ("async-std spawn + channel", |run| {
        run.measure(|| ::async_std::task::block_on(async_std::spawn_and_channel(run.delays())))
    }),
    ("async-std FuturesUnordered", |run| {
        run.measure(|| ::async_std::task::block_on(async_std::futures_unordered(run.delays())))
    }),
];

fn on_tokio<F>(run: Run, runtime: ::tokio::runtime::Runtime, waits: fn(Delays) -> F) -> Figures
where
    F: Future<Output = Vec<f64>>,
{
    run.measure(|| runtime.block_on(waits(Box::new(run.delays()))))
}

type Delays = Box<dyn Iterator<Item = Duration> + Send>;

fn multi_thread() -> ::tokio::runtime::Runtime {
    let mut builder = ::tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(THREADS).enable_time().build();
    runtime.expect("threads for a runtime")
}

fn current_thread() -> ::tokio::runtime::Runtime {
    let mut builder = ::tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().build();
    runtime.expect("a runtime in this thread")
}
