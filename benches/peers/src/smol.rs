//! The idioms of smol.

use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use futures_buffered::FuturesUnorderedBounded;
use smol::Timer;
use smol::channel;

use crate::{Delays, Ended};

/// A task per delay; the handles are kept in a `FuturesUnordered`, as dropping them cancels the tasks.
pub async fn spawn(delays: Delays, ended: impl Ended) -> Vec<f64> {
    let tasks: FuturesUnordered<_> = delays
        .map(|delay| smol::spawn(wait(delay, ended)))
        .collect();
    tasks.collect().await
}

/// A task per delay, which sends it when the wait has ended.
pub async fn spawn_and_channel(delays: Delays, ended: impl Ended) -> Vec<f64> {
    let (sender, receiver) = channel::unbounded();
    for delay in delays {
        let sender = sender.clone();
        smol::spawn(async move {
            Timer::after(delay).await;
            ended(delay);
            // An error means that the receiver is gone.
            let _ = sender.send(delay.as_secs_f64()).await;
        })
        .detach();
    }
    drop(sender);
    receiver.collect().await
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

async fn wait(delay: Duration, ended: impl Ended) -> f64 {
    Timer::after(delay).await;
    ended(delay);
    delay.as_secs_f64()
}
