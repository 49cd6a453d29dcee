//! Tasks that stay on one thread: the contract of a task, without `Send`.

use std::cell::Cell;
use std::future::pending;
use std::panic::panic_any;
use std::rc::Rc;
use std::sync::mpsc;
use std::time::Duration;

use dormouse_core::{BlockOn, LocalSpawner, Sleeper, Task};

use crate::cases::block_on::{ends, inner};
use crate::cases::handle::panics_when_polled;
use crate::endless::{keeping, never_ends};
use crate::limit::{LIMIT, at_once, eventually, within};
use crate::results::{gives, has_ended, panics_with};
use crate::witness::{Bomb, Signal, Witness};

const SHORT: Duration = Duration::from_millis(5);

/// A local task need not be `Send`, runs without being awaited, and its handle gives its value.
pub async fn a_local_task_gives_a_value_that_is_not_send<R>(runtime: &R)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner,
{
    const PROMISE: &str = "a local task gives a value that is not Send";
    let steps = Rc::new(Cell::new(0));
    let task = runtime.spawn_local({
        let (sleep, steps) = (runtime.sleep(SHORT), Rc::clone(&steps));
        async move {
            steps.set(1);
            sleep.await;
            steps.set(2);
            steps
        }
    });
    assert!(
        eventually(runtime, || steps.get() == 2).await,
        "{PROMISE}: nobody awaited it, and it came to step {} of 2",
        steps.get()
    );
    let result = within(runtime, task).await;
    assert!(
        matches!(&result, Some(Ok(given)) if Rc::ptr_eq(given, &steps)),
        "{PROMISE}: its handle gave {result:?}"
    );
}

/// A local task that was spawned outside of `block_on` runs in the next one, with the handle that it
/// holds.
pub fn a_local_task_spawned_outside_of_block_on_runs_in_it<R, B>(runtime: &R, driver: &B)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + Clone + 'static,
    B: BlockOn,
{
    const PROMISE: &str = "a local task spawned outside of block_on runs in it";
    let inside = runtime.clone();
    let task = runtime.spawn_local(async move {
        inside.sleep(SHORT).await;
        drop(inside.spawn_local(async {}));
        42
    });
    driver.block_on(gives(PROMISE, "its handle", runtime, task, 42));
}

/// Local tasks run at once, not one after the other: each ends when all have begun.
pub async fn local_tasks_run_at_once<R: Sleeper<Sleep: 'static> + LocalSpawner>(runtime: &R) {
    const PROMISE: &str = "local tasks run at once";
    const TASKS: usize = 200;
    let (begun, all) = <(Witness, Signal)>::default();
    let tasks = (0..TASKS).map(|_| {
        let (begun, all) = (begun.clone(), all.clone());
        let task = runtime.spawn_local(async move {
            begun.see();
            if begun.times() == TASKS {
                all.tell();
            }
            all.told().await;
        });
        within(runtime, task)
    });
    let ended = at_once(tasks).await;
    assert!(
        ended.iter().all(|task| matches!(task, Some(Ok(())))),
        "{PROMISE}: of {TASKS} tasks that end when all have begun, {} have begun within {LIMIT:?}",
        begun.times()
    );
}

/// Dropping its handle, or calling `detach`, lets a local task finish.
pub async fn dropping_a_local_handle_lets_the_task_finish<R>(runtime: &R)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner,
{
    const PROMISE: &str = "dropping a local handle lets the task finish";
    let ended = Witness::default();
    let task = || {
        let (sleep, ended) = (runtime.sleep(SHORT), ended.clone());
        runtime.spawn_local(async move {
            sleep.await;
            ended.see();
        })
    };
    drop(task());
    task().detach();
    assert!(
        eventually(runtime, || ended.times() == 2).await,
        "{PROMISE}: of one dropped and one detached, {} came to the end",
        ended.times()
    );
}

/// A local task's panic reaches its handle with its payload, and the others go on.
pub async fn a_local_panic_reaches_the_handle<R>(runtime: &R)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner,
{
    const PROMISE: &str = "a local panic reaches the handle";
    let sleep = runtime.sleep(SHORT);
    let task = runtime.spawn_local(async {
        sleep.await;
        panic_any(7_u32)
    });
    let other = runtime.spawn_local(runtime.sleep(2 * SHORT));
    panics_with(PROMISE, runtime, task, 7_u32).await;
    gives(PROMISE, "another task", runtime, other, ()).await;
}

/// Aborting a local task drops its future before its handle resolves to a cancellation; aborting a
/// task that has ended keeps its value.
pub async fn aborting_a_local_task_drops_its_future_first<R>(runtime: &R)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner,
{
    const PROMISE: &str = "aborting a local task drops its future first";
    let dropped = Witness::default();
    let sleep = runtime.sleep(Duration::MAX);
    let mut task = runtime.spawn_local(keeping(dropped.of_drop(), sleep));
    runtime.sleep(SHORT).await;
    assert!(!task.is_finished(), "{PROMISE}: it had ended by itself");
    task.abort();
    task.abort();
    let result = within(runtime, &mut task).await;
    assert!(
        matches!(&result, Some(Err(error)) if error.is_cancelled()),
        "{PROMISE}: its handle gave {result:?}"
    );
    assert!(dropped.seen(), "{PROMISE}: the future was still there then");

    let mut task = runtime.spawn_local(async { 42 });
    has_ended(PROMISE, runtime, &mut task).await;
    task.abort();
    gives(
        PROMISE,
        "aborted after its end, its handle",
        runtime,
        task,
        42,
    )
    .await;
}

/// A panic in the destructor of a local task's future is the panic of the task: on abort, and at
/// the drop of a future that has ended.
pub async fn a_local_destructor_that_panics_is_the_panic_of_the_task<R>(runtime: &R)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner,
{
    const PROMISE: &str = "a local destructor that panics is the panic of the task";
    let mut task = runtime.spawn_local(never_ends(Bomb(7), Witness::default()));
    runtime.sleep(SHORT).await;
    task.abort();
    panics_with(PROMISE, runtime, task, 7_u32).await;
    // An output that is not taken.
    runtime.spawn_local(async { Bomb(8) }).detach();
    gives(
        PROMISE,
        "the next task",
        runtime,
        runtime.spawn_local(runtime.sleep(SHORT)),
        (),
    )
    .await;
}

/// A local task's handle that is polled again after it has resolved panics.
pub async fn a_local_handle_polled_after_its_end_panics<R>(runtime: &R)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner,
{
    const PROMISE: &str = "a local handle polled after its end panics";
    let value = runtime.spawn_local(async {});
    let mut cancelled = runtime.spawn_local(pending());
    cancelled.abort();
    for (end, mut task) in [("a value", value), ("a cancellation", cancelled)] {
        let result = within(runtime, &mut task).await;
        assert!(result.is_some(), "{PROMISE}: not resolved within {LIMIT:?}");
        panics_when_polled(PROMISE, &mut task, &format!("after {end}"));
    }
}

/// `block_on` inside a local task ends, with the value or with a panic that has a message, even if it waits
/// for another task that was about to run.
pub fn block_on_inside_of_a_local_task_ends<R, B>(runtime: R, driver: B)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + 'static,
    B: BlockOn + 'static,
{
    const PROMISE: &str = "block_on inside of a local task ends";
    let driver = Rc::new(driver);
    driver.block_on(async {
        let (inside, (give, other)) = (Rc::clone(&driver), mpsc::channel());
        let nests = async move {
            let other: R::LocalTask<()> = other.recv().expect("it is sent before this is polled");
            inner(&*inside, async { _ = other.await })
        };
        let nests = runtime.spawn_local(nests);
        let sent = give.send(runtime.spawn_local(async {}));
        assert!(sent.is_ok(), "{PROMISE}: it was dropped");
        match within(&runtime, nests).await {
            Some(Ok(nested)) => ends(PROMISE, nested),
            other => panic!("{PROMISE}: the task gave {other:?} within {LIMIT:?}"),
        }
    });
}
