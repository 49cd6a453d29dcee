//! n tasks that do short operations under a timeout that hardly ever fires, as a server does for each
//! request.

use std::future::pending;
use std::time::Duration;

use dormouse::{Sleeper, timeout_at};

use crate::error::Error;
use crate::figures::Unit;
use crate::workload::tasks::{join, on_tasks};
use crate::workload::{About, Done, Setup};

/// One operation in this number never ends, so that its timeout fires.
const FIRES: u64 = 1_000;

/// How many operations all tasks do together, at least; each task does at least one.
const OPERATIONS: u64 = 50_000;

pub(super) fn about(about: About) -> About {
    about
        .title("short operations under a timeout that hardly ever fires")
        .counting("tasks")
        .ranks("late_p99_s", "late p99", "fires on time")
        .change("per_operation_s", |figure| {
            figure.concern = Some("does the most operations".into());
        })
        .last("fired", "fired", Unit::Count)
        .late()
}

pub(super) fn operations(setup: &Setup) -> u64 {
    each(setup) * setup.n as u64
}

on_tasks! {
    |runtime, setup, turn| {
        let each = each(setup);
        let tasks = (0..setup.n as u64).map(|number| {
            let first = number * each;
            runtime.start(work(runtime.clone(), turn(), setup.clone(), first..first + each))
        });
        let counts = join(tasks.collect()).await?;
        let (done, fired) = counts
            .iter()
            .fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        let due = (0..operations(setup))
            .filter(|number| fires(*number))
            .count() as u64;
        if fired != due {
            return Err(Error::run(format_args!("{fired} timeouts fired of {due}")));
        }
        Ok(Done::new(done + fired).figure("fired", fired as f64))
    }
}

/// Does these operations, and returns how many were done and how many timeouts fired.
async fn work<S: Sleeper>(
    runtime: S,
    turn: impl AsyncFn(),
    setup: Setup,
    operations: std::ops::Range<u64>,
) -> (u64, u64) {
    let (mut done, mut fired) = (0, 0);
    for number in operations {
        if fires(number) {
            let deadline = runtime.now() + setup.max_delay / 10;
            if timeout_at(&runtime, deadline, pending::<()>())
                .await
                .is_err()
            {
                setup.record(deadline, runtime.now());
                fired += 1;
            }
        } else {
            // Far enough ahead that the timeout does not fire even on a busy machine.
            let deadline = runtime.now() + setup.max_delay + Duration::from_secs(30);
            let operation = timeout_at(&runtime, deadline, turn());
            done += u64::from(operation.await.is_ok());
        }
    }
    (done, fired)
}

fn fires(number: u64) -> bool {
    number % FIRES == FIRES / 2
}

/// How long the timeouts of one task that fire take together.
pub(super) fn waits_for(setup: &Setup) -> Duration {
    let fired = u32::try_from(each(setup).div_ceil(FIRES)).unwrap_or(u32::MAX);
    (setup.max_delay / 10).saturating_mul(fired)
}

fn each(setup: &Setup) -> u64 {
    OPERATIONS.div_ceil(setup.n.max(1) as u64)
}
