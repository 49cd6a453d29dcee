//! n pairs of tasks that pass a token back and forth.

use async_channel::{Receiver, Sender};

use crate::workload::tasks::{join, on_tasks};
use crate::workload::{About, Done, Setup};

/// How often all pairs together pass their tokens, at least.
const SWITCHES: u64 = 20_000;

pub(super) fn about(about: About) -> About {
    about
        .title("pairs of tasks that pass a token back and forth")
        .counting("pairs")
        .change("per_switch_s", |figure| {
            figure.concern = Some("switches tasks the fastest".into());
        })
}

pub(super) fn operations(setup: &Setup) -> u64 {
    2 * trips(setup) * setup.n as u64
}

on_tasks! {
    |runtime, setup| {
        let trips = trips(setup);
        let mut tasks = Vec::with_capacity(2 * setup.n);
        for _ in 0..setup.n {
            let (to, from) = (async_channel::bounded(1), async_channel::bounded(1));
            tasks.push(runtime.start(pong(to.1, from.0)));
            tasks.push(runtime.start(ping(to.0, from.1, trips)));
        }
        let counts = join(tasks).await?;
        Ok(Done::new(counts.into_iter().sum()))
    }
}

/// Sends a token and waits until it comes back incremented; returns how often it did.
async fn ping(to: Sender<u64>, from: Receiver<u64>, trips: u64) -> u64 {
    let mut token = 0;
    for _ in 0..trips {
        if to.send(token).await.is_err() {
            break;
        }
        match from.recv().await {
            Ok(back) if back == token + 1 => token = back,
            _ => break,
        }
    }
    token
}

/// Sends each token back incremented; returns how many.
async fn pong(from: Receiver<u64>, to: Sender<u64>) -> u64 {
    let mut count = 0;
    while let Ok(token) = from.recv().await {
        if to.send(token + 1).await.is_err() {
            break;
        }
        count += 1;
    }
    count
}

fn trips(setup: &Setup) -> u64 {
    SWITCHES.div_ceil(2 * setup.n.max(1) as u64)
}
