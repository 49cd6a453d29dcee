//! The idioms of tokio.

use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use futures_buffered::FuturesUnorderedBounded;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::time::DelayQueue;

use crate::{Delays, Ended};

/// A task per delay, in a `JoinSet`.
///
/// # Panics
///
/// If a task panics.
pub async fn join_set(delays: Delays, ended: impl Ended) -> Vec<f64> {
    let mut tasks = JoinSet::new();
    for delay in delays {
        tasks.spawn(wait(delay, ended));
    }
    let mut delays = Vec::with_capacity(tasks.len());
    while let Some(delay) = tasks.join_next().await {
        delays.push(delay.expect("no wait panics"));
    }
    delays
}

/// A task per delay, which sends it when the wait has ended.
pub async fn spawn_and_channel(delays: Delays, ended: impl Ended) -> Vec<f64> {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    for delay in delays {
        let sender = sender.clone();
        tokio::spawn(async move {
            sleep(delay).await;
            ended(delay);
            // An error means that the receiver is gone.
            let _ = sender.send(delay.as_secs_f64());
        });
    }
    drop(sender);
    let mut delays = Vec::new();
    while let Some(delay) = receiver.recv().await {
        delays.push(delay);
    }
    delays
}

/// All waits in one task, in the `FuturesUnordered` of the crate futures.
pub async fn futures_unordered(delays: Delays, ended: impl Ended) -> Vec<f64> {
    let waits: FuturesUnordered<_> = delays.map(|delay| wait(delay, ended)).collect();
    waits.collect().await
}

/// All waits in one task, in the collection of the crate futures-buffered.
pub async fn futures_buffered(delays: Delays, ended: impl Ended) -> Vec<f64> {
    let waits: FuturesUnorderedBounded<_> = delays.map(|delay| wait(delay, ended)).collect();
    waits.collect().await
}

/// All waits in one task, in the `DelayQueue` of the crate tokio-util.
pub async fn delay_queue(delays: Delays, ended: impl Ended) -> Vec<f64> {
    let mut queue = DelayQueue::new();
    for delay in delays {
        queue.insert(delay, delay);
    }
    let mut delays = Vec::with_capacity(queue.len());
    while let Some(delay) = queue.next().await {
        let delay = delay.into_inner();
        ended(delay);
        delays.push(delay.as_secs_f64());
    }
    delays
}

async fn wait(delay: Duration, ended: impl Ended) -> f64 {
    sleep(delay).await;
    ended(delay);
    delay.as_secs_f64()
}
