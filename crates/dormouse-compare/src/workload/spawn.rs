//! Short tasks, spawned and joined in waves of n.

use crate::workload::tasks::{join, on_tasks};
use crate::workload::{About, Done, Setup};

/// How many tasks all waves have together, at least.
const TASKS: u64 = 20_000;

pub(super) fn about(about: About) -> About {
    about.title("short tasks, spawned and joined in waves of n")
}

pub(super) fn operations(setup: &Setup) -> u64 {
    waves(setup) * setup.n as u64
}

on_tasks! {
    |runtime, setup| {
        let mut done = 0;
        for wave in 0..waves(setup) {
            let tasks = (0..setup.n as u64).map(|number| runtime.start(async move { wave ^ number }));
            let values = join(tasks.collect()).await?;
            let right = values
                .iter()
                .zip(0..)
                .filter(|(value, number)| **value == wave ^ number);
            done += right.count() as u64;
        }
        Ok(Done::new(done))
    }
}

fn waves(setup: &Setup) -> u64 {
    TASKS.div_ceil(setup.n.max(1) as u64)
}
