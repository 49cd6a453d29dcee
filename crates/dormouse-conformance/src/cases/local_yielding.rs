//! `yield_local` lets other tasks of its thread run.

use std::pin::pin;
use std::time::Duration;

use dormouse_core::{Instant, LocalSpawner, Sleeper, Task};

use crate::clock::passes_by_itself;
use crate::limit::{LIMIT, at_once, within};
use crate::witness::{Witness, poll_once};

/// How many tasks yield in a loop: one more than it takes for them to wake each other.
const BUSY: usize = 3;

/// Local tasks that never wait but call `yield_local` let another task run.
pub async fn yield_local_lets_another_task_run<R>(runtime: &R)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + Clone + 'static,
{
    // Spawned before the busy ones, or after them: a queue may have two ends.
    for first in [true, false] {
        let ran = Witness::default();
        let other = || {
            let see = ran.clone();
            runtime.spawn_local(async move { see.see() }).detach();
        };
        if first {
            other();
        }
        let busy = spawn_busy(runtime, &ran);
        if !first {
            other();
        }
        check("yield_local lets another task run", at_once(busy).await);
    }
}

/// Local tasks that never wait but call `yield_local` let the timers run.
pub async fn yield_local_lets_the_timers_run<R>(runtime: &R)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + Clone + 'static,
{
    if !passes_by_itself(runtime) {
        // Virtual time stands still while a task is busy, as it should.
        return;
    }
    let ran = Witness::default();
    let (sleeping, see) = (runtime.clone(), ran.clone());
    let busy = spawn_busy(runtime, &ran);
    // Spawned last and armed by its first poll: its timer can't end before all tasks are busy.
    let sleeper = async move {
        sleeping.sleep(Duration::from_millis(5)).await;
        see.see();
    };
    runtime.spawn_local(sleeper).detach();
    check("yield_local lets the timers run", at_once(busy).await);
}

/// A yield is pending at its first poll, each time: otherwise a loop of them does not let others
/// run at each step.
pub async fn yield_local_is_pending_at_its_first_poll<R>(runtime: &R)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + Clone + 'static,
{
    const PROMISE: &str = "yield_local is pending at its first poll";
    let yielding = runtime.clone();
    let task = runtime.spawn_local(async move {
        let mut pending = 0;
        for _ in 0..10 {
            let mut turn = pin!(yielding.yield_local());
            pending += usize::from(poll_once(turn.as_mut()).await.is_pending());
        }
        pending
    });
    let pending = within(runtime, task).await;
    assert!(
        matches!(pending, Some(Ok(10))),
        "{PROMISE}: expected 10 of 10, got {pending:?}"
    );
}

/// Tasks that yield in a loop until `seen` has counted, or the limit has passed: in real time, as
/// the runtime's own may stand still.
fn spawn_busy<R>(runtime: &R, seen: &Witness) -> Vec<R::LocalTask<bool>>
where
    R: LocalSpawner + Clone + 'static,
{
    let (start, limit) = (Instant::now(), LIMIT.get());
    let busy = |(runtime, seen): (R, Witness)| async move {
        while !seen.seen() {
            if start.elapsed() > limit {
                return false;
            }
            runtime.yield_local().await;
        }
        true
    };
    (0..BUSY)
        .map(|_| runtime.spawn_local(busy((runtime.clone(), seen.clone()))))
        .collect()
}

fn check<E>(promise: &str, ended: Vec<Result<bool, E>>) {
    let tasks = ended.into_iter();
    let never = tasks.filter(|task| !matches!(task, Ok(true))).count();
    assert!(
        never == 0,
        "{promise}: of {BUSY} tasks that yield in a loop, {never} have not seen it happen within {LIMIT:?}"
    );
}
