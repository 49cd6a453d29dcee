//! Two runtimes of one type in one program.

use std::future::pending;
use std::time::Duration;

use dormouse_core::{BlockOn, Runtime};

use crate::limit::{LIMIT, within};
use crate::panics::elsewhere;
use crate::results::gives;
use crate::witness::{Signal, poll_once};

/// The end of a runtime harms no other one: its tasks and sleeps that are under way go on.
pub fn the_end_of_a_runtime_harms_no_other<R: Runtime, B: BlockOn, A: Runtime, D: BlockOn>(
    runtime: R,
    driver: B,
    other: A,
    other_driver: D,
) {
    const PROMISE: &str = "the end of a runtime harms no other";
    let go_on = Signal::default();
    let (sleep, [sleeps, told]) = other_driver.block_on(async {
        let (sleep, told) = (other.sleep(SHORT), go_on.clone());
        let sleeps = other.spawn(async move {
            sleep.await;
            42
        });
        let told = other.spawn(async move {
            told.told().await;
            42
        });
        let mut sleep = Box::pin(other.sleep(SHORT));
        let _ = poll_once(sleep.as_mut()).await;
        (sleep, [sleeps, told])
    });
    driver.block_on(async { drop(runtime.spawn(pending::<()>())) });
    drop((driver, runtime));
    go_on.tell();
    other_driver.block_on(async {
        assert!(
            within(&other, sleep).await.is_some(),
            "{PROMISE}: a sleep of the other has not ended within {LIMIT:?}"
        );
        gives(
            PROMISE,
            "a task of the other that slept",
            &other,
            sleeps,
            42,
        )
        .await;
        gives(PROMISE, "a task of the other that waited", &other, told, 42).await;
    });
}

const SHORT: Duration = Duration::from_millis(20);

/// A task that is spawned or woken by a task of another runtime stays in its own: it goes on when that
/// other one has gone.
pub fn a_task_woken_in_another_runtime_stays_in_its_own<
    R: Runtime,
    B: BlockOn,
    A: Runtime,
    D: BlockOn,
>(
    runtime: R,
    driver: B,
    other: A,
    other_driver: D,
) {
    const PROMISE: &str = "a task woken in another runtime stays in its own";
    let (go_on, over) = <(Signal, Signal)>::default();
    let waits = |first: Signal, second: Signal| async move {
        first.told().await;
        second.told().await;
        42
    };
    let tasks = other_driver.block_on(async {
        let task = other.spawn(waits(go_on.clone(), over.clone()));
        other.sleep(Duration::from_millis(2)).await;
        [task]
    });
    // One that needs a context is the runtime of that context.
    let needs_a_context = elsewhere(|| drop(other.spawn(async {}))).is_err();
    let spawned = driver.block_on(async {
        let (tells, spawner) = (go_on.clone(), other.clone());
        let future = waits(go_on.clone(), over.clone());
        // Both wait until this poll is over, if they are queued here.
        let task = runtime.spawn(async move {
            tells.tell();
            (!needs_a_context).then(|| spawner.spawn(future))
        });
        within(&runtime, task).await
    });
    drop((driver, runtime));
    over.tell();
    let Some(Ok(spawned)) = spawned else {
        panic!("{PROMISE}: the task that wakes it has not ended within {LIMIT:?}");
    };
    other_driver.block_on(async {
        for task in tasks.into_iter().chain(spawned) {
            gives(
                PROMISE,
                "awaited when that one had gone, it",
                &other,
                task,
                42,
            )
            .await;
        }
    });
}
