//! `yield_now` lets other tasks run.

use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Runtime, Spawner, Task};

use crate::clock::passes_by_itself;
use crate::limit::{LIMIT, at_once};
use crate::witness::Witness;

/// More tasks than a runtime has threads.
const BUSY: usize = 64;

/// Tasks that never wait but call `yield_now` let another task run.
pub fn yield_now_lets_another_task_run<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    driver.block_on(async {
        // Spawned before the busy ones, or after them: a queue may have two ends.
        for first in [true, false] {
            let ran = Witness::default();
            let see = ran.clone();
            let mut other = Some(async move { see.see() });
            let mut spawn = |now| {
                if let Some(other) = other.take_if(|_| now) {
                    runtime.spawn(other).detach();
                }
            };
            spawn(first);
            let busy = spawn_busy(runtime, &ran);
            spawn(true);
            let rounds = at_once(busy).await;
            check("yield_now lets another task run", &rounds);
        }
    });
}

/// Tasks that never wait but call `yield_now` let the timers run.
pub fn yield_now_lets_the_timers_run<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    if !passes_by_itself(runtime) {
        // Virtual time stands still while a task is busy, as it should.
        return;
    }
    driver.block_on(async {
        let ran = Witness::default();
        let (sleeping, see) = (runtime.clone(), ran.clone());
        let busy = spawn_busy(runtime, &ran);
        // Spawned last and armed by its first poll: its timer can't end before all tasks are busy.
        let sleeper = async move {
            sleeping.sleep(Duration::from_millis(5)).await;
            see.see();
        };
        runtime.spawn(sleeper).detach();
        let rounds = at_once(busy).await;
        check("yield_now lets the timers run", &rounds);
    });
}

/// Tasks that yield in a loop until `seen` has counted, or the limit has passed: in real time, as
/// the runtime's own may stand still.
fn spawn_busy<R: Runtime>(runtime: &R, seen: &Witness) -> Vec<<R as Spawner>::Task<bool>> {
    let (start, limit) = (Instant::now(), LIMIT.get());
    let busy = || {
        let (runtime, seen) = (runtime.clone(), seen.clone());
        async move {
            while !seen.seen() {
                if start.elapsed() > limit {
                    return false;
                }
                runtime.yield_now().await;
            }
            true
        }
    };
    (0..BUSY).map(|_| runtime.spawn(busy())).collect()
}

fn check<E>(promise: &str, rounds: &[Result<bool, E>]) {
    let never = rounds
        .iter()
        .filter(|round| !matches!(round, Ok(true)))
        .count();
    assert!(
        never == 0,
        "{promise}: of {BUSY} tasks that yield in a loop, {never} have not seen it happen within {LIMIT:?}"
    );
}
