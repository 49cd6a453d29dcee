//! The idioms of async-std.

use std::time::Duration;

use async_std::channel;
use async_std::task::{self, sleep};
use futures::StreamExt;
use futures::stream::FuturesUnordered;

/// A task each, whose handles wait in a `FuturesUnordered`.
pub async fn spawn(delays: impl Iterator<Item = Duration>) -> Vec<f64> {
    let tasks: FuturesUnordered<_> = delays.map(|delay| task::spawn(wait(delay))).collect();
    tasks.collect().await
}

/// A task each, which sends its delay when it has ended.
pub async fn spawn_and_channel(delays: impl Iterator<Item = Duration>) -> Vec<f64> {
    let (sender, receiver) = channel::unbounded();
    for delay in delays {
        let sender = sender.clone();
        task::spawn(async move {
            sleep(delay).await;
            // An error is a receiver that is gone.
            let _ = sender.send(delay.as_secs_f64()).await;
        });
    }
    drop(sender);
    receiver.collect().await
}

/// All in one task, in the `FuturesUnordered` of the crate futures.
pub async fn futures_unordered(delays: impl Iterator<Item = Duration>) -> Vec<f64> {
    let waits: FuturesUnordered<_> = delays.map(wait).collect();
    waits.collect().await
}

async fn wait(delay: Duration) -> f64 {
    sleep(delay).await;
    delay.as_secs_f64()
}
