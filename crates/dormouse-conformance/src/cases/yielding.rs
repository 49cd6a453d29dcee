//! `yield_now` lets other tasks run.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use dormouse_core::adapter::YieldNow;
use dormouse_core::{Runtime, Spawner, Task};

use crate::clock::passes_by_itself;
use crate::limit::{LIMIT, at_once, within};
use crate::witness::{Witness, poll_once};

/// More tasks than a runtime has threads.
const BUSY: usize = 64;

/// Tasks that never wait but call `yield_now` let another task run.
pub async fn yield_now_lets_another_task_run<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "yield_now lets another task run";
    another_task_runs(PROMISE, runtime, yields(runtime)).await;
}

/// Tasks that never wait but wake themselves let another task run: the yields of other libraries do
/// that, and streams after some items in a row.
pub async fn a_task_that_wakes_itself_lets_another_task_run<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a task that wakes itself lets another task run";
    another_task_runs(PROMISE, runtime, YieldNow::default).await;
}

/// Tasks that wake each other in turn, and never themselves, let another task run: a queue that takes
/// the latest wake-up first would never come to it.
pub async fn tasks_that_wake_each_other_let_another_task_run<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "tasks that wake each other let another task run";
    let ran = Witness::default();
    let (start, limit) = (Instant::now(), LIMIT.get());
    // Before the pairs and after them: a queue may have two ends.
    let spawn_other = || {
        let see = ran.clone();
        runtime.spawn(async move { see.see() }).detach();
    };
    spawn_other();
    let pairs: Vec<_> = (0..BUSY / 2)
        .flat_map(|_| {
            let pair = Arc::new(Mutex::new(([None::<Waker>, None], false)));
            [0, 1].map(|own| {
                let (pair, ran) = (Arc::clone(&pair), ran.clone());
                runtime.spawn(poll_fn(move |cx| {
                    let mut state = pair.lock().unwrap_or_else(PoisonError::into_inner);
                    let (wakers, over) = &mut *state;
                    // The other one may be woken already, and polled after this one has ended.
                    let seen = ran.times() == 2;
                    *over |= seen || start.elapsed() > limit;
                    let is_over = *over;
                    let former = wakers[own].replace(cx.waker().clone());
                    let other = wakers[1 - own].take();
                    drop(state);
                    drop(former);
                    other.into_iter().for_each(Waker::wake);
                    if is_over {
                        Poll::Ready(seen)
                    } else {
                        Poll::Pending
                    }
                }))
            })
        })
        .collect();
    spawn_other();
    let rounds = at_once(pairs).await;
    check(PROMISE, &rounds);
}

async fn another_task_runs<R: Runtime, Y: Future<Output = ()> + Send + 'static>(
    promise: &str,
    runtime: &R,
    turn: impl Fn() -> Y + Clone + Send + 'static,
) {
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
        let busy = spawn_busy(runtime, &ran, &turn);
        spawn(true);
        let rounds = at_once(busy).await;
        check(promise, &rounds);
    }
}

/// Tasks that never wait but call `yield_now` let the timers run.
pub async fn yield_now_lets_the_timers_run<R: Runtime>(runtime: &R) {
    if !passes_by_itself(runtime) {
        // Virtual time stands still while a task is busy, as it should.
        return;
    }
    let ran = Witness::default();
    let (sleeping, see) = (runtime.clone(), ran.clone());
    let busy = spawn_busy(runtime, &ran, &yields(runtime));
    // Spawned last and armed by its first poll: its timer can't end before all tasks are busy.
    let sleeper = async move {
        sleeping.sleep(Duration::from_millis(5)).await;
        see.see();
    };
    runtime.spawn(sleeper).detach();
    let rounds = at_once(busy).await;
    check("yield_now lets the timers run", &rounds);
}

/// A loop of `yield_now` in the future of `block_on` lets tasks run, and timers.
pub async fn yield_now_in_block_on_lets_others_run<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "yield_now in block_on lets others run";
    // Virtual time stands still while a task is busy, as it should.
    let real_time = passes_by_itself(runtime);
    let ran = Witness::default();
    let (sleeping, see) = (runtime.clone(), ran.clone());
    let other = async move {
        if real_time {
            sleeping.sleep(Duration::from_millis(5)).await;
        }
        see.see();
    };
    runtime.spawn(other).detach();
    let seen = within(runtime, yielding_until(yields(runtime), ran)).await;
    assert!(
        seen == Some(true),
        "{PROMISE}: a task has not run within {LIMIT:?}, or a yield has not ended"
    );
}

/// A task that spawns and awaits one task after another lets the future of `block_on` run, and its
/// sleeps end.
pub async fn a_chain_of_tasks_lets_block_on_run<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a chain of tasks lets block_on run";
    // Virtual time stands still while a task is busy, as it should.
    let real_time = passes_by_itself(runtime);
    let ran = Witness::default();
    let (spawning, length) = (runtime.clone(), Witness::default());
    let (link, next) = (length.clone(), move || spawning.spawn(async {}));
    let awaits = move || {
        let task = next();
        link.see();
        async { _ = task.await }
    };
    let chain = runtime.spawn(yielding_until(awaits, ran.clone()));
    runtime.yield_now().await;
    if real_time {
        runtime.sleep(Duration::from_millis(5)).await;
    }
    ran.see();
    let ended = within(runtime, chain).await;
    assert!(
        matches!(ended, Some(Ok(true))),
        "{PROMISE}: of the chain, {} tasks have run, and its future has not within {LIMIT:?}",
        length.times()
    );
}

/// A yield is pending at its first poll, each time: otherwise a loop of them does not let others
/// run at each step.
pub async fn yield_now_is_pending_at_its_first_poll<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "yield_now is pending at its first poll";
    async fn ten<R: Runtime>(runtime: R) -> usize {
        let mut pending = 0;
        for _ in 0..10 {
            let mut turn = pin!(runtime.yield_now());
            pending += usize::from(poll_once(turn.as_mut()).await.is_pending());
        }
        pending
    }
    let in_block_on = ten(runtime.clone()).await;
    let in_a_task = within(runtime, runtime.spawn(ten(runtime.clone()))).await;
    assert_eq!(
        in_block_on, 10,
        "{PROMISE}: in `block_on`, {in_block_on} of 10 were"
    );
    assert!(
        matches!(in_a_task, Some(Ok(10))),
        "{PROMISE}: in a task, expected 10 of 10, got {in_a_task:?}"
    );
}

/// More tasks than threads that yield in a loop until `seen` has counted, or the limit has passed.
fn spawn_busy<R: Runtime, Y: Future<Output = ()> + Send + 'static>(
    runtime: &R,
    seen: &Witness,
    turn: &(impl Fn() -> Y + Clone + Send + 'static),
) -> Vec<<R as Spawner>::Task<bool>> {
    let busy = || yielding_until(turn.clone(), seen.clone());
    (0..BUSY).map(|_| runtime.spawn(busy())).collect()
}

/// Yields in a loop until `seen` has counted, or the limit has passed: in real time, as the
/// runtime's own may stand still.
fn yielding_until<Y: Future<Output = ()> + Send + 'static>(
    turn: impl Fn() -> Y + Send + 'static,
    seen: Witness,
) -> impl Future<Output = bool> + Send + 'static {
    let (start, limit) = (Instant::now(), LIMIT.get());
    async move {
        while !seen.seen() {
            if start.elapsed() > limit {
                return false;
            }
            turn().await;
        }
        true
    }
}

/// Makes yields of the runtime.
fn yields<R: Runtime>(
    runtime: &R,
) -> impl Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Clone + Send + 'static {
    let runtime = runtime.clone();
    move || {
        let runtime = runtime.clone();
        Box::pin(async move { runtime.yield_now().await })
    }
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
