//! What becomes of local tasks when their runtime goes.

use std::future::pending;
use std::time::Duration;

use dormouse_core::{BlockOn, LocalSpawner, Sleeper};

use crate::ending::{gives_a_handle, result_of};
use crate::results::is_cancelled;
use crate::witness::Witness;

const SHORT: Duration = Duration::from_millis(5);

/// A local task whose runtime is gone is cancelled; its handle does not panic.
pub fn a_local_task_whose_runtime_is_gone_is_cancelled<R, B>(runtime: R, driver: B)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + 'static,
    B: BlockOn,
{
    const PROMISE: &str = "a local task whose runtime is gone is cancelled";
    let dropped = Witness::default();
    // Inside, as a runtime may need a context for its sleeps.
    let [sleep] = driver.block_on(async { [runtime.sleep(Duration::MAX)] });
    let seen = dropped.of_drop();
    let mut task = runtime.spawn_local(async move {
        let _seen = seen;
        sleep.await;
    });
    driver.block_on(async { runtime.sleep(SHORT).await });
    drop((driver, runtime));
    is_cancelled(PROMISE, result_of(PROMISE, &mut task));
    assert!(dropped.seen(), "{PROMISE}: its future is still there");
}

/// A local task that holds a handle of its runtime does not keep the runtime alive.
pub fn a_local_task_that_holds_a_handle_keeps_no_runtime<R, B>(runtime: R, driver: B)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + Clone + 'static,
    B: BlockOn,
{
    const PROMISE: &str = "a local task that holds a handle keeps no runtime";
    let inside = runtime.clone();
    let mut task = runtime.spawn_local(async move { inside.sleep(Duration::MAX).await });
    driver.block_on(async { runtime.sleep(SHORT).await });
    drop(driver);
    is_cancelled(PROMISE, result_of(PROMISE, &mut task));
    drop(runtime);
}

/// A spawn of a local task on a runtime that is gone gives a cancelled task.
pub fn a_local_spawn_on_a_runtime_that_is_gone_is_cancelled<R, B>(runtime: R, driver: B)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + 'static,
    B: BlockOn,
{
    const PROMISE: &str = "a local spawn on a runtime that is gone is cancelled";
    drop(driver);
    let mut task = runtime.spawn_local(pending::<()>());
    is_cancelled(PROMISE, result_of(PROMISE, &mut task));
    gives_a_handle(PROMISE, "spawn_local", |bomb| {
        runtime.spawn_local(async move {
            pending::<()>().await;
            drop(bomb);
        })
    });
}
