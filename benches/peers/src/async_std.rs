//! The idioms of async-std.

use std::time::Duration;

use async_std::channel;
use async_std::task::{self, sleep};
use futures::StreamExt;
use futures::stream::FuturesUnordered;

use crate::{Delays, Ended};

/// A task per delay; the handles are awaited in a `FuturesUnordered`.
pub async fn spawn(delays: Delays, ended: impl Ended) -> Vec<f64> {
    let tasks: FuturesUnordered<_> = delays
        .map(|delay| task::spawn(wait(delay, ended)))
        .collect();
    tasks.collect().await
}

/// A task per delay, which sends it when the wait has ended.
pub async fn spawn_and_channel(delays: Delays, ended: impl Ended) -> Vec<f64> {
    let (sender, receiver) = channel::unbounded();
    for delay in delays {
        let sender = sender.clone();
        task::spawn(async move {
            sleep(delay).await;
            ended(delay);
            // An error means that the receiver is gone.
            let _ = sender.send(delay.as_secs_f64()).await;
        });
    }
    drop(sender);
    receiver.collect().await
}

/// All waits in one task, in the `FuturesUnordered` of the crate futures.
pub async fn futures_unordered(delays: Delays, ended: impl Ended) -> Vec<f64> {
    let waits: FuturesUnordered<_> = delays.map(|delay| wait(delay, ended)).collect();
    waits.collect().await
}

async fn wait(delay: Duration, ended: impl Ended) -> f64 {
    sleep(delay).await;
    ended(delay);
    delay.as_secs_f64()
}
